import { createHash } from 'node:crypto';
import { bytesOf, MAX_ID_BYTES } from './atom.ts';
import { cleanLine } from './characters.ts';

/** Hexadecimal digits: enough for ids that look alike when what cannot stand in them is gone. */
const MARK_LENGTH = 12;

/**
 * An id instead of one that cannot be a key: what is left of it, and a mark of the whole, so that each such id has one
 * of its own, and always the same.
 */
export function idInsteadOf(given: string): string {
  const mark = `~${createHash('sha256').update(given, 'utf16le').digest('hex').slice(0, MARK_LENGTH)}`;
  // As long as the limit in characters, it is at least as long in bytes.
  const characters = [...cleanLine(given.slice(0, MAX_ID_BYTES))];
  while (bytesOf(characters.join('')) + mark.length > MAX_ID_BYTES) characters.pop();
  return characters.join('').trimEnd() + mark;
}

/** Ids that were made of titles: two articles with the same title are two, and the same article is one. */
export class MadeIds {
  readonly #byHash = new Map<string, Map<string, number>>();

  /** @param hash the hash of what the article says */
  unique(id: string, hash: string): string {
    const known = this.#byHash.get(id) ?? new Map<string, number>();
    this.#byHash.set(id, known);
    const number = known.get(hash) ?? known.size + 1;
    known.set(hash, number);
    return number === 1 ? id : `${id}-${number}`;
  }
}
