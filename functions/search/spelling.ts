import { CONCEPT_MARK } from './occurrences.ts';
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
  /** For every term, how long its spelling is, which refuses most of the others; 0 for what is no word. */
  readonly #lengths: Uint8Array;

  constructor(data: IndexData) {
    this.#data = data;
    const { terms, spellings } = data;
    this.#letters = new Uint32Array(terms.size);
    this.#lengths = new Uint8Array(terms.size);
    for (let i = 0; i < terms.size; i++) {
      const own = spellings.offsets[i] !== spellings.offsets[i + 1];
      const { bytes, offsets } = own ? spellings : terms;
      const spelling = bytes.subarray(offsets[i], offsets[i + 1]);
      this.#letters[i] = lettersOf(spelling);
      this.#lengths[i] = Math.min(0xff, wordLength(spelling));
    }
  }

  /** Nearest first, commoner ones first among equals; nothing for part numbers, where one digit is another product. */
  guess(word: string): Guess[] {
    let limit = slipsForgivenIn(word);
    if (limit === 0) return [];
    const letters = lettersOf(Buffer.from(word));
    let best: (Guess & { distance: number; count: number })[] = [];
    const { terms, spellings, documentCounts } = this.#data;
    for (let term = 0; term < terms.size; term++) {
      if (bitCount(letters ^ this.#letters[term]!) > 2 * limit) continue;
      if (Math.abs(this.#lengths[term]! - word.length) > limit) continue;
      const spelling = spellings.at(term) || terms.at(term);
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

/** How many slips a word may have and still be recognised: none in a short one and in a number. */
export function slipsForgivenIn(word: string): number {
  if (word.length < MIN_LENGTH || DIGIT.test(word)) return 0;
  return word.length <= ONE_SLIP_UP_TO ? 1 : 2;
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

/** In UTF-16 units, as strings count; 0 for a code and for the made-up term of a concept. */
function wordLength(utf8: Uint8Array): number {
  if (utf8[0] === CONCEPT_MARK.charCodeAt(0)) return 0;
  let length = 0;
  for (const byte of utf8) {
    if (byte >= 0x30 && byte <= 0x39) return 0;
    length += byte >= 0xf0 ? 2 : (byte & 0xc0) === 0x80 ? 0 : 1;
  }
  return length;
}

function bitCount(bits: number): number {
  let n = bits - ((bits >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return (((n + (n >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}
