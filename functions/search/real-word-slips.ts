import { MAX_MENTIONS } from './coverage.ts';
import { normalise } from './folding.ts';
import { isEverydayEnglish } from './languages.ts';
import { PostingCursor } from './postings.ts';
import type { QueryTerms } from './query-terms.ts';
import { RANKING } from './ranking.ts';
import { isRealWord } from './real-words.ts';
import type { IndexData } from './snapshot.ts';
import { editDistance, type SpellingGuesser } from './spelling.ts';

const WORD = /^\p{Ll}{4,7}$/u;
/** A commoner word of the index is meant as it stands, and so is one that the best hit has. */
const MAX_DOCUMENTS = 32;
const MAX_SHARE = 0.1;
const MAX_WORDS = 2;
/** How many other words of the query must stand beside the neighbour in one of the best hits. */
const MIN_COMPANY = 2;
/** Nothing follows it. */
const BREAK = { term: undefined, position: 0 };

/**
 * Words that a slip made of others, and that are words all the same: `safety relay wont rest`. A neighbour with the same first letter is asked for
 * beside such a word where a hit has it together with other words of the query, and more often than what was typed. It is
 * never offered, and says nothing about what is known.
 * @param hits the best documents without that, in their order, and which of the mentions each has, as bits
 */
export function slipsOfRealWords(
  data: IndexData,
  { mentions, isLanguageKnown, sequence }: Pick<QueryTerms, 'mentions' | 'isLanguageKnown' | 'sequence'>,
  { top, topMentions, best: [first = 0] }: { top: number[]; topMentions: number[]; best: number[] },
  guesser: () => SpellingGuesser,
): Pick<QueryTerms, 'terms' | 'sequence'> {
  const count = (terms: ReadonlySet<number>): number =>
    [...terms].reduce((sum, term) => sum + (data.documentCounts[term] ?? 0), 0);
  const most = Math.min(MAX_DOCUMENTS, MAX_SHARE * data.lengths.length);
  const doubtful = mentions.slice(0, MAX_MENTIONS).flatMap((mention, i) => {
    const { token, terms } = mention;
    const isDoubtful = WORD.test(token.raw) && count(terms) <= most && (first & (1 << i)) === 0;
    return isDoubtful && isReal(data, token.word) ? [{ mention, bit: 1 << i }] : [];
  });
  const slips = doubtful.slice(0, isLanguageKnown ? MAX_WORDS : 0).flatMap(({ mention, bit }) => {
    const places = top.filter((_, at) => bitCount(topMentions[at]! & ~bit) >= MIN_COMPANY);
    if (places.length === 0) return [];
    const { word } = mention.token;
    const typed = frequenciesIn(data, mention.terms, places);
    return guesser()
      .guess(word, mention.terms)
      .filter(
        ({ term, spelling }) =>
          normalise(spelling)[0] === word[0] &&
          editDistance(word, normalise(spelling), 1) <= 1 &&
          (data.documentCounts[term] ?? 0) > count(mention.terms) &&
          frequenciesIn(data, [term], places).some((frequency, at) => frequency > typed[at]!),
      )
      .map(({ term }) => ({ term, start: mention.token.start }));
  });
  return {
    terms: slips.map(({ term }) => ({ term, weight: RANKING.guessWeight, mentions: 0 })),
    sequence: slips.flatMap(({ term, start }) => {
      const at = sequence.findIndex((word) => word.start === start);
      const around = at < 0 ? [] : sequence.slice(Math.max(0, at - 1), at + 2);
      const isTyped = (word: (typeof around)[number]): boolean => word.start === start;
      return [BREAK, ...around.map((word) => (isTyped(word) ? { ...word, term } : word))];
    }),
  };
}

function isReal(data: IndexData, word: string): boolean {
  return isEverydayEnglish(word) || isRealWord(data.realWords, word);
}

/** How often `terms` are in each of `documents`, which rise. */
function frequenciesIn(data: IndexData, terms: Iterable<number>, documents: readonly number[]): number[] {
  const frequencies = documents.map(() => 0);
  for (const term of terms) {
    const cursor = new PostingCursor(data, term);
    documents.forEach((document, at) => {
      if (cursor.seek(document)) frequencies[at]! += cursor.frequency;
    });
  }
  return frequencies;
}

function bitCount(bits: number): number {
  let count = 0;
  for (let left = bits; left !== 0; left &= left - 1) count++;
  return count;
}
