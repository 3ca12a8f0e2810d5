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

/** In a line: ends the excerpt, where the length of the summary that it begins with and the warning follow. */
const PART = '\t';

/** The parts of an atom that are shared beside its title. */
export interface Brief {
  summary: string;
  /** Empty where nothing can hurt anybody. */
  safetyNotes: string;
  /** How its text begins. */
  excerpt: string;
}

export function briefOf({ summary, content, safety_level: level, safety_notes: notes = '' }: Atom): Brief {
  const isHazardous = level === 'warning' || level === 'danger';
  return {
    summary: folded(summary),
    safetyNotes: isHazardous ? folded(notes) : '',
    excerpt: folded(`${summary} ${content}`),
  };
}

/**
 * How each atom of a version begins, and its warning, so that a list of results and what is shared of it read no atom. Row
 * n belongs to document n of the search index of the same version.
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
    return this.#lineAt(row)?.split(PART, 1)[0];
  }

  /** `undefined` where the excerpt had all the room: of many atoms, or of one with a long warning. */
  briefAt(row: number): Brief | undefined {
    const line = this.#lineAt(row);
    return line === undefined ? undefined : briefIn(line);
  }

  serialise(): Uint8Array {
    return this.#lines;
  }

  static builder(): ExcerptsBuilder {
    return new ExcerptsBuilder();
  }

  #lineAt(row: number): string | undefined {
    const end = this.#ends[row];
    return end === undefined ? undefined : this.#lines.toString('utf8', (this.#ends[row - 1] ?? -1) + 1, end);
  }
}

/** Takes atoms in the order in which they are added to the index. */
class ExcerptsBuilder {
  /** As bytes, since a part of a string would keep all of it in memory. */
  readonly #beginnings: Buffer[] = [];

  add(atom: Atom): void {
    const room = roomOfEach(this.#beginnings.length + 1);
    this.#beginnings.push(Buffer.from(lineOf(briefOf(atom), room)));
  }

  build(): Excerpts {
    const room = roomOfEach(this.#beginnings.length);
    const lines = this.#beginnings.map((beginning) => {
      const line = beginning.toString();
      const brief = briefIn(line);
      return `${brief === undefined ? beginningOf(line, room) : lineOf(brief, room)}\n`;
    });
    return new Excerpts(Buffer.from(lines.join('')));
  }
}

/** It never grows with the number of atoms, so nothing that was cut is wanted later. */
function roomOfEach(atoms: number): number {
  return Math.max(MIN_EXCERPT, Math.floor(MAX_CHARACTERS / atoms));
}

/** Summary and warning whole, or neither; they take no room from a snippet. */
function lineOf({ excerpt, summary, safetyNotes }: Brief, room: number): string {
  const left = room - safetyNotes.length;
  if (left < MIN_EXCERPT || left <= summary.length) return beginningOf(excerpt, room);
  return [beginningOf(excerpt, left), summary.length, safetyNotes].join(PART);
}

function briefIn(line: string): Brief | undefined {
  const [excerpt = '', length, safetyNotes] = line.split(PART);
  if (length === undefined || safetyNotes === undefined) return undefined;
  return { summary: excerpt.slice(0, Number(length)), safetyNotes, excerpt };
}

function folded(text: string): string {
  return text.replace(SPACES, ' ').trim();
}

/** Cut before a word where there is one. */
function beginningOf(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const space = text.lastIndexOf(' ', maxLength - 1);
  const end = space > 0 ? space : maxLength - 1;
  return `${text.slice(0, end).replace(HALF_A_PAIR, '')}…`;
}
