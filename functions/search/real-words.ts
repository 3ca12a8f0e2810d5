import { normalise } from './folding.ts';

/**
 * Which words are real, so that none of them is taken for a slip of another one: `hopper` is no `chopper`. Tens of thousands of words are
 * kept as a Bloom filter in the index: a word of the list is always known as one, and of other words one in a hundred passes for real.
 */
const BITS_PER_WORD = 10;
const HASHES = 7;

export function realWordFilter(words: readonly string[]): Uint8Array {
  const filter = new Uint8Array(Math.ceil((words.length * BITS_PER_WORD) / 8));
  for (const word of words)
    for (const bit of bitsOf(normalise(word), filter)) filter[bit >>> 3]! |= 1 << (bit & 7);
  return filter;
}

/** @param word normalised; nothing is real where the index was built without a list */
export function isRealWord(filter: Uint8Array, word: string): boolean {
  if (filter.length === 0) return false;
  for (const bit of bitsOf(word, filter)) if ((filter[bit >>> 3]! & (1 << (bit & 7))) === 0) return false;
  return true;
}

/** Two FNV hashes, combined as Kirsch and Mitzenmacher do. */
function bitsOf(word: string, { length }: Uint8Array): number[] {
  let first = 0x811c9dc5;
  let second = 0x9e3779b9;
  for (let i = 0; i < word.length; i++) {
    first = Math.imul(first ^ word.charCodeAt(i), 0x01000193);
    second = Math.imul(second ^ word.charCodeAt(i), 0x01000197);
  }
  const bits: number[] = [];
  for (let i = 0; i < HASHES; i++) bits.push(((first + Math.imul(i, second | 1)) >>> 0) % (length * 8));
  return bits;
}
