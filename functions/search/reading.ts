import { joinWords, splitWord } from './compounds.ts';
import type { Correction } from './corrections.ts';
import { germanPartsOf, germanTermAt } from './german-terms.ts';
import { isEverydayEnglish, isGermanFunctionWord, isSignOfGerman, looksEnglish } from './languages.ts';
import { isCode } from './part-numbers.ts';
import { isRealWord } from './real-words.ts';
import type { IndexData } from './snapshot.ts';
import { stem, tokenise, type Token } from './tokens.ts';
import { findStem, findTerm, partsOf } from './vocabulary.ts';

/** A query in words that the index may know. */
export interface Reading {
  /** In order; one that is to be ignored has no term, as a stopword. */
  tokens: Token[];
  /** Other readings of some of them, to be asked for as well; each is a text of its own. */
  besides: Token[][];
  corrections: Correction[];
  /** Those of `tokens` that may be slips of words that the index knows. */
  slips: Set<Token>;
  isGerman: boolean;
}

/** One reading of the next words of a query. */
interface Step {
  tokens: readonly Token[];
  /** How many words of the query that is. */
  count: number;
  beside?: Token[];
  isRespelled?: boolean;
  isSlip?: boolean;
}

interface Query {
  data: IndexData;
  tokens: readonly Token[];
  isKnown: (token: Token) => boolean;
  splittable: ReadonlySet<Token>;
  isGerman: boolean;
}

/** Trying all cuts of a word takes time, and a pasted page is no search. */
const MAX_SPLIT_WORDS = 6;
const MAX_ACRONYM_LENGTH = 5;

/**
 * Translates German terms, ignores German function words, and finds the compounds that the index spells otherwise.
 * @param known those of `tokens` that are a term of the index, or part of one
 */
export function readQuery(data: IndexData, tokens: readonly Token[], known: ReadonlySet<Token>): Reading {
  const isKnown = (token: Token): boolean => token.isStopword || known.has(token);
  const query = {
    data,
    tokens,
    isKnown,
    splittable: new Set(tokens.filter((token) => !isKnown(token)).slice(0, MAX_SPLIT_WORDS)),
    isGerman: readsAsGerman(tokens, isKnown),
  };
  const { isGerman } = query;
  const reading: Reading = { tokens: [], besides: [], corrections: [], slips: new Set(), isGerman };
  for (let i = 0; i < tokens.length;) {
    const step = germanStep(query, i) ?? compoundStep(query, i) ?? wordStep(query, i);
    reading.tokens.push(...step.tokens);
    if (step.beside !== undefined) reading.besides.push(step.beside);
    if (step.isSlip) step.tokens.forEach((token) => reading.slips.add(token));
    if (step.isRespelled) {
      const spelling = step.tokens.map(({ word }) => word).join(' ');
      reading.corrections.push({ start: tokens[i]!.start, end: tokens[i + step.count - 1]!.end, spelling });
    }
    i += step.count;
  }
  return reading;
}

function germanStep({ data, tokens, isKnown, isGerman }: Query, i: number): Step | undefined {
  const token = tokens[i]!;
  const term = germanTermAt(tokens, i);
  if (term !== undefined) {
    const words = tokens.slice(i, i + term.count);
    const translated = translation(term.english, words);
    if (words.every(isKnown)) return { tokens: words, beside: translated, count: term.count };
    const typed = words.flatMap((word) => (isKnown(word) ? [word] : (spelledOtherwise(data, word) ?? [])));
    return { tokens: translated, count: term.count, ...(typed.length > 0 && { beside: typed }) };
  }
  const next = tokens[i + 1];
  // Before a number it is a name that the index knows: "ob 35".
  const isName = isKnown(token) && (!isGerman || (next !== undefined && isCode(next.word)));
  const isIgnored = isGermanFunctionWord(token) ? !isName : isGerman && looksEnglish(token);
  return isIgnored ? { tokens: [{ ...token, isStopword: true, word: '', term: '' }], count: 1 } : undefined;
}

function compoundStep({ data, tokens, isKnown, splittable }: Query, i: number): Step | undefined {
  const token = tokens[i]!;
  const next = tokens[i + 1];
  const joined = next && joinWords(data, token, next);
  if (joined !== undefined)
    return isKnown(token) && isKnown(next!)
      ? { tokens: [token], beside: [joined], count: 1 }
      : { tokens: [joined], isRespelled: true, count: 2 };
  if (!splittable.has(token)) return undefined;
  const parts = splitWord(data, token);
  if (parts !== undefined) return { tokens: parts, isRespelled: true, count: 1 };
  const otherwise = spelledOtherwise(data, token);
  if (otherwise !== undefined) return { tokens: otherwise, count: 1 };
  const english = germanPartsOf(token.raw, (word) => findTerm(data, stem(word)) !== undefined);
  return english === undefined ? undefined : { tokens: translation(english, [token]), count: 1 };
}

/** Where the index has no umlauts for `Foerderband`, or the word only as a part of others: `Schutzschalter`. */
function spelledOtherwise(data: IndexData, token: Token): Token[] | undefined {
  const withUmlaut = token.word.replace(/([aou])e/g, '$1');
  if (withUmlaut !== token.word && findStem(data, withUmlaut) !== undefined) {
    return [{ ...token, word: withUmlaut, term: stem(withUmlaut) }];
  }
  const terms =
    withUmlaut !== token.word && findTerm(data, stem(withUmlaut)) !== undefined
      ? [stem(withUmlaut)]
      : partsOf(data, token.term);
  return terms.length === 0 ? undefined : terms.map((term) => ({ ...token, term }));
}

/** `MCCB`, `dLNs`: one letter more or less is another device. */
function isAcronym(raw: string): boolean {
  return raw.length <= MAX_ACRONYM_LENGTH && /\p{Lu}.*\p{Lu}/u.test(raw);
}

/** A German word is no slip of an English one, and neither is a word of everyday English that no text has. */
function wordStep({ data, tokens, isKnown, isGerman }: Query, i: number): Step {
  const token = tokens[i]!;
  const isWord =
    isCode(token.word) ||
    isAcronym(token.raw) ||
    isEverydayEnglish(token.word) ||
    isRealWord(data.realWords, token.word);
  const isSlip = !isKnown(token) && !isGerman && !isWord;
  return { tokens: [token], isSlip, count: 1 };
}

/**
 * Whether a query is a German one: it has more German words than English function words. Those that are indexed do not
 * count: there are German texts to be searched then, or it is a name such as "von Karman".
 */
function readsAsGerman(tokens: readonly Token[], isKnown: (token: Token) => boolean): boolean {
  let german = 0;
  let english = 0;
  tokens.forEach((token, i) => {
    if (isGermanFunctionWord(token)) german += isSignOfGerman(token) && !isKnown(token) ? 1 : 0;
    else if (token.isStopword) english++;
    else if (!isKnown(token) && germanTermAt(tokens, i) !== undefined) german++;
  });
  return german > english;
}

/** The English words stand where the German ones do. */
function translation(english: string, words: readonly Token[]): Token[] {
  const { start = 0, gap = 'other' } = words[0] ?? {};
  const end = words.at(-1)?.end ?? start;
  return tokenise(english).map((token, i) => ({ ...token, start, end, gap: i === 0 ? gap : token.gap }));
}
