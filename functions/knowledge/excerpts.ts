import { CorruptSnapshotError } from '../search/port.ts';
import type { Atom } from './atom.ts';

/**
 * Together some 350 kB compressed, which is one chunk of a snapshot: a thousand atoms of prose are held whole, and the
 * excerpts of ten thousand are as short as they get.
 */
const MAX_CHARACTERS = 1_000_000;
/** The least that a snippet is cut from. */
const MIN_EXCERPT = 200;
const SPACES = /\s+/gu;
/** The first half of a surrogate pair, whose second half was cut off. */
const HALF_A_PAIR = /[\ud800-\udbff]$/;
const NEWLINE = 0x0a;

/** The text from which a list of results cuts the lines that it shows below an atom's title. */
export function readableText(atom: Atom): string {
  return `${atom.summary} ${atom.content}`.replace(SPACES, ' ').trim();
}

/**
 * How each atom of a version begins, so that a list of results reads no atom. Row n belongs to document n of the
 * search index of the same version.
 */
export class Excerpts {
  /** A line each, as UTF-8. */
  readonly #lines: Buffer;
  readonly #ends: number[] = [];

  constructor(lines: Uint8Array) {
    this.#lines = Buffer.from(lines.buffer, lines.byteOffset, lines.byteLength);
    for (let start = 0, end = 0; start < lines.length; start = end + 1) {
      end = this.#lines.indexOf(NEWLINE, start);
      if (end === -1) throw new CorruptSnapshotError('the excerpts are cut off');
      this.#ends.push(end);
    }
  }

  get size(): number {
    return this.#ends.length;
  }

  at(row: number): string | undefined {
    const end = this.#ends[row];
    return end === undefined ? undefined : this.#lines.toString('utf8', (this.#ends[row - 1] ?? -1) + 1, end);
  }

  serialise(): Uint8Array {
    return this.#lines;
  }

  static builder(): ExcerptsBuilder {
    return new ExcerptsBuilder();
  }
}

/** Takes atoms in the order in which they are added to the index. */
class ExcerptsBuilder {
  /** As bytes, since a part of a string would keep all of it in memory. */
  readonly #beginnings: Buffer[] = [];

  add(atom: Atom): void {
    const room = roomOfEach(this.#beginnings.length + 1);
    this.#beginnings.push(Buffer.from(beginningOf(readableText(atom), room)));
  }

  build(): Excerpts {
    const room = roomOfEach(this.#beginnings.length);
    const lines = this.#beginnings.map((text) => `${beginningOf(text.toString(), room)}\n`);
    return new Excerpts(Buffer.from(lines.join('')));
  }
}

/** It never grows with the number of atoms, so nothing that was cut is wanted later. */
function roomOfEach(atoms: number): number {
  return Math.max(MIN_EXCERPT, Math.floor(MAX_CHARACTERS / atoms));
}

/** Cut before a word where there is one. */
function beginningOf(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const space = text.lastIndexOf(' ', maxLength - 1);
  const end = space > 0 ? space : maxLength - 1;
  return `${text.slice(0, end).replace(HALF_A_PAIR, '')}…`;
}
