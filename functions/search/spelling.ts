import type { IndexData } from './snapshot.ts';

/** One term of the index that an unknown word may have meant. */
export interface Guess {
  term: number;
  spelling: string;
}

const MIN_LENGTH = 4;
/** Up to this length one slip is forgiven, beyond it two. */
const ONE_SLIP_UP_TO = 7;
const MAX_GUESSES = 3;
const DIGIT = /\d/;

/** Finds the words of an index that are a slip or two away from one it does not know. */
export class SpellingGuesser {
  readonly #data: IndexData;
  /** For every term, which letters its spelling has, one bit each: most candidates are refused without decoding them. */
  readonly #letters: Uint32Array;

  constructor(data: IndexData) {
    this.#data = data;
    const { terms, spellings } = data;
    this.#letters = new Uint32Array(terms.size);
    for (let i = 0; i < terms.size; i++) {
      const own = spellings.offsets[i] !== spellings.offsets[i + 1];
      const { bytes, offsets } = own ? spellings : terms;
      this.#letters[i] = lettersOf(bytes.subarray(offsets[i], offsets[i + 1]));
    }
  }

  /** Nearest first, commoner ones first among equals; nothing for part numbers, where one digit is another product. */
  guess(word: string): Guess[] {
    if (word.length < MIN_LENGTH || DIGIT.test(word)) return [];
    let limit = word.length <= ONE_SLIP_UP_TO ? 1 : 2;
    const letters = lettersOf(Buffer.from(word));
    let best: (Guess & { distance: number; count: number })[] = [];
    const { terms, spellings, documentCounts } = this.#data;
    for (let term = 0; term < terms.size; term++) {
      if (bitCount(letters ^ this.#letters[term]!) > 2 * limit) continue;
      const spelling = spellings.at(term) || terms.at(term);
      if (Math.abs(spelling.length - word.length) > limit || spelling.startsWith('#') || DIGIT.test(spelling))
        continue;
      const distance = editDistance(word, spelling, limit);
      if (distance > limit) continue;
      if (distance < limit) {
        limit = distance;
        best = best.filter((guess) => guess.distance <= limit);
      }
      best.push({ term, spelling, distance, count: documentCounts[term] ?? 0 });
    }
    return best.sort((a, b) => a.distance - b.distance || b.count - a.count).slice(0, MAX_GUESSES);
  }
}

/** Slips between two words: letters added, dropped, changed, or two swapped. Anything above `limit` may be reported as `limit + 1`. */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    let smallest = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a.charCodeAt(i - 1) === b.charCodeAt(j - 1);
      let cost = Math.min(previous[j]! + 1, current[j - 1]! + 1, previous[j - 1]! + (same ? 0 : 1));
      const isSwap =
        i > 1 &&
        j > 1 &&
        a.charCodeAt(i - 1) === b.charCodeAt(j - 2) &&
        a.charCodeAt(i - 2) === b.charCodeAt(j - 1);
      if (isSwap) cost = Math.min(cost, beforePrevious[j - 2]! + 1);
      current.push(cost);
      smallest = Math.min(smallest, cost);
    }
    if (smallest > limit) return limit + 1;
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length]!;
}

function lettersOf(utf8: Uint8Array): number {
  let letters = 0;
  for (const byte of utf8) letters |= 1 << (byte & 31);
  return letters;
}

function bitCount(bits: number): number {
  let n = bits - ((bits >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return (((n + (n >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}
