import { normalise } from './folding.ts';
import { CONCEPT_MARK } from './occurrences.ts';
import type { IndexData } from './snapshot.ts';

/** One term of the index that an unknown word may have meant. */
export interface Guess {
  term: number;
  spelling: string;
  /** How many documents have it. */
  count: number;
}

const MIN_LENGTH = 4;
/** Up to this length one slip is forgiven, beyond it two. */
const ONE_SLIP_UP_TO = 7;
const MAX_GUESSES = 3;
/** How much commoner than the next one, as near, a guess must be to be offered. */
const CLEARLY = 3;
const DIGIT = /\d/;
const NONE: ReadonlySet<number> = new Set();

/** Finds the words of an index that are a slip or two away from one it does not know. */
export class SpellingGuesser {
  readonly #data: IndexData;
  /** Every spelling of every term, in the order of the terms; codes and the made-up terms of concepts have none. */
  readonly #spellings: string[] = [];
  readonly #terms: number[] = [];
  /** Which letters each of them has, one bit each: most candidates are refused by that. */
  readonly #letters: Uint32Array;

  constructor(data: IndexData) {
    this.#data = data;
    const { terms, spellings } = data;
    for (let term = 0; term < terms.size; term++) {
      if (isNoWord(terms.bytes.subarray(terms.offsets[term], terms.offsets[term + 1]))) continue;
      for (const spelling of (spellings.at(term) || terms.at(term)).split(' ')) {
        this.#spellings.push(spelling);
        this.#terms.push(term);
      }
    }
    this.#letters = Uint32Array.from(this.#spellings, (spelling) => lettersOf(normalise(spelling)));
  }

  /**
   * Nearest first, commoner ones first among equals; nothing for part numbers, where one digit is another product.
   * @param except terms that are not meant
   */
  guess(word: string, except: ReadonlySet<number> = NONE): Guess[] {
    let limit = slipsForgivenIn(word);
    if (limit === 0) return [];
    const letters = lettersOf(word);
    let best: (Guess & { distance: number })[] = [];
    for (let i = 0; i < this.#spellings.length; i++) {
      if (bitCount(letters ^ this.#letters[i]!) > 2 * limit) continue;
      const spelling = this.#spellings[i]!;
      if (Math.abs(spelling.length - word.length) > limit + 1) continue;
      const term = this.#terms[i]!;
      if (except.has(term)) continue;
      const distance = editDistance(word, normalise(spelling), limit);
      if (distance > limit) continue;
      if (distance < limit) {
        limit = distance;
        best = best.filter((guess) => guess.distance <= limit);
      }
      best.push({ term, spelling, distance, count: this.#data.documentCounts[term] ?? 0 });
    }
    return best.sort((a, b) => a.distance - b.distance || b.count - a.count).slice(0, MAX_GUESSES);
  }
}

/** The spelling to offer instead of a word: none where it may as well be a slip of another word, as `foud` is of `found` and `four`. */
export function clearSpelling([first, ...others]: readonly Guess[]): string | undefined {
  const next = others.find(({ term }) => term !== first?.term);
  return first === undefined || first.count < CLEARLY * (next?.count ?? 0) ? undefined : first.spelling;
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

function lettersOf(word: string): number {
  let letters = 0;
  for (let i = 0; i < word.length; i++) letters |= 1 << (word.charCodeAt(i) & 31);
  return letters;
}

/** A code, or the made-up term of a concept. */
function isNoWord(utf8: Uint8Array): boolean {
  return utf8[0] === CONCEPT_MARK.charCodeAt(0) || utf8.some((byte) => byte >= 0x30 && byte <= 0x39);
}

function bitCount(bits: number): number {
  let n = bits - ((bits >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return (((n + (n >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}
