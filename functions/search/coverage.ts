import { inverseDocumentFrequency } from './inverse-document-frequency.ts';
import { isEverydayEnglish } from './languages.ts';
import { occurrencesOf } from './occurrences.ts';
import { isCode, isQuantity } from './part-numbers.ts';
import { NO_MAKER } from './port.ts';
import { RANKING } from './ranking.ts';
import { PostingCursor } from './postings.ts';
import { isRealWord } from './real-words.ts';
import type { IndexData } from './snapshot.ts';
import { tokenise, type Token } from './tokens.ts';
import { findTerm } from './vocabulary.ts';

/** A word of a query that asks for something, with the terms of the index that any reading of it stands for. */
export interface Mention {
  token: Token;
  isEveryday: boolean;
  /** The number of words in the name of a maker or a program that it is one of; 0 for others. */
  placeWords: number;
  terms: ReadonlySet<number>;
}

/** One bit each says which of the mentions a document has, and a number has no more bits. */
export const MAX_MENTIONS = 31;

const HAS_LETTER = /\p{L}/u;
const LETTERS = /^\p{L}+$/u;
/** A longer number is an order number or a code, a shorter one a quantity as often. */
const MIN_NUMBER_LENGTH = 4;

/** The bits of the mentions that each term stands for. */
export function mentionBits(mentions: readonly Mention[]): Map<number, number> {
  const bits = new Map<number, number>();
  mentions.slice(0, MAX_MENTIONS).forEach(({ terms }, i) => {
    for (const term of terms) bits.set(term, (bits.get(term) ?? 0) | (1 << i));
  });
  return bits;
}

/**
 * Whether what was found answers the question, rather than being only near to it: of all that the question says, by how telling each
 * word is, one of the best hits has its share, not every maker, model and code in it is unknown, and its subject is no word that other
 * documents mention in passing.
 * @param found the bits of the mentions that each of the best hits has
 * @param nearness the score of the best hit against what the query tells
 * @param isLanguageKnown false for a question of which an unknown word may be any word of another language, and no name
 */
export function isAnswered(
  data: IndexData,
  mentions: readonly Mention[],
  {
    found,
    nearness,
    isLanguageKnown,
  }: { found: readonly number[]; nearness: number; isLanguageKnown: boolean },
): boolean {
  if (mentions.length === 0) return true;
  if (asksOnlyForUnknownNames(data, mentions, isLanguageKnown)) return false;
  const { coverage, subject, titleNearness } = RANKING.answer;
  const weights = mentions
    .slice(0, MAX_MENTIONS)
    .map((_, i) => weightOf(data, mentions, { i, isLanguageKnown }));
  const asked = weights.reduce((sum, weight) => sum + weight, 0);
  const isAbsent = (i: number): boolean => found.every((bits) => ((bits >>> i) & 1) === 0);
  const isAside = weights.some(
    (weight, i) => weight >= subject * asked && isAbsent(i) && isOnlyMentioned(data, mentions, i),
  );
  if (isAside && nearness < titleNearness) return false;
  return found.some((bits) => {
    const has = (i: number): boolean => i < MAX_MENTIONS && ((bits >>> i) & 1) === 1;
    const share = weights.reduce((sum, weight, i) => sum + (has(i) ? weight : 0), 0);
    const isTelling = mentions.some(({ isEveryday }, i) => has(i) && !isEveryday);
    return share >= coverage * asked && (isTelling || nearness >= titleNearness);
  });
}

/** The makers, models and codes of a question that no document has. */
export function unknownNames(
  data: IndexData,
  mentions: readonly Mention[],
  isLanguageKnown: boolean,
): Token[] {
  return mentions
    .filter(({ terms, token }, i) => {
      if (terms.size > 0) return false;
      return isOfThing(numberAround(mentions, i)) || (isLanguageKnown && isUnheardOf(data, token));
    })
    .map(({ token }) => token);
}

function asksOnlyForUnknownNames(
  data: IndexData,
  mentions: readonly Mention[],
  isLanguageKnown: boolean,
): boolean {
  if (unknownNames(data, mentions, isLanguageKnown).length === 0) return false;
  const names = namesOfThings(data);
  return !mentions.some(({ terms }, i) => {
    const number = numberAround(mentions, i);
    const isKnown = number.every((piece) => piece.terms.size > 0);
    return isKnown && (isOfThing(number) || [...terms].some((term) => names.has(term)));
  });
}

/** Robertson's measure of how telling a word is. Everyday words tell little, and one that a text happens not to use nothing. */
function weightOf(
  data: IndexData,
  mentions: readonly Mention[],
  { i, isLanguageKnown }: { i: number; isLanguageKnown: boolean },
): number {
  const { everyday, unknownWord } = RANKING.answer;
  const { token, isEveryday, placeWords, terms } = mentions[i]!;
  const count = terms.size === 0 ? 0 : Math.max(...[...terms].map((term) => data.documentCounts[term]!));
  const idf = inverseDocumentFrequency(data.lengths.length, count);
  if (placeWords > 0) return (RANKING.codeShare * idf) / placeWords;
  if (terms.size > 0) return (isEveryday ? everyday * idf : idf) / numberAround(mentions, i).length;
  if (isEveryday) return 0;
  const isName = isCode(token.word) || (isLanguageKnown && isUnheardOf(data, token));
  return (isName ? idf : unknownWord * idf) / numberAround(mentions, i).length;
}

/** `compressor`: a word of some text that is in no title and no keyword, and in no text often. */
function isOnlyMentioned(data: IndexData, mentions: readonly Mention[], i: number): boolean {
  const { token, terms } = mentions[i]!;
  const isWord = terms.size > 0 && LETTERS.test(token.word) && numberAround(mentions, i).length === 1;
  if (!isWord) return false;
  const { title, keywords } = RANKING.fieldWeights;
  return [...terms].every((term) => {
    const cursor = new PostingCursor(data, term);
    while (cursor.next()) if (cursor.frequency >= Math.min(title, keywords)) return false;
    return true;
  });
}

/** The pieces of the part number or code that a mention is one of; of another word, that alone. */
function numberAround(mentions: readonly Mention[], i: number): readonly Mention[] {
  const isJoined = (at: number): boolean => {
    const left = mentions[at - 1]?.token;
    const right = mentions[at]?.token;
    if (left === undefined || right === undefined || right.start > left.end + 1) return false;
    const isOneWord = right.start === left.start || right.gap === 'none' || right.gap === 'hyphen';
    return isOneWord && (isCode(left.word) || isCode(right.word));
  };
  let first = i;
  while (isJoined(first)) first--;
  let end = i + 1;
  while (isJoined(end)) end++;
  return mentions.slice(first, end);
}

/** A number that names a thing, and no quantity: `PF525`, `L71`, `27524`. */
function isOfThing(number: readonly Mention[]): boolean {
  const written = number.map(({ token }) => token.raw).join('');
  if (!isCode(written) || number.every(({ token }) => isQuantity(token.word))) return false;
  return HAS_LETTER.test(written) || written.length >= MIN_NUMBER_LENGTH;
}

/** `Zorbtek`, `MUL`: no word of English. Where the index has no list of those, nobody can tell. */
function isUnheardOf(data: IndexData, { word }: Token): boolean {
  if (data.realWords.length === 0 || isCode(word)) return false;
  return !isEverydayEnglish(word) && !isRealWord(data.realWords, word);
}

/** The terms that name makers, and the families of a maker where they are no ordinary words. */
function namesOfThings(data: IndexData): Set<number> {
  const { facetValues, facetCodes } = data;
  const documents = data.lengths.length;
  const makers = new Set(facetValues.manufacturer.filter((value) => value !== '' && value !== NO_MAKER));
  const families = new Set<string>();
  for (let document = 0; document < documents; document++) {
    const maker = facetValues.manufacturer[(facetCodes[document] ?? 0) - 1];
    const family = facetValues.family[(facetCodes[documents + document] ?? 0) - 1];
    if (maker !== undefined && makers.has(maker) && family !== undefined) families.add(family);
  }
  const termsIn = (text: string, isTelling: (token: Token) => boolean): number[] => {
    const tokens = tokenise(text.replaceAll('_', ' '));
    return occurrencesOf(tokens).flatMap(({ term, position }) => {
      const known = isTelling(tokens[position]!) ? findTerm(data, term) : undefined;
      return known === undefined ? [] : [known];
    });
  };
  return new Set([
    ...[...makers].flatMap((maker) => termsIn(maker, () => true)),
    ...[...families].flatMap((family) =>
      termsIn(family, (token) => isCode(token.word) || isUnheardOf(data, token)),
    ),
  ]);
}
