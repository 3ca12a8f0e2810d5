import { hasParticle } from './compounds.ts';
import type { Correction } from './corrections.ts';
import { mentionBits, type Mention } from './coverage.ts';
import { isPlace, occurrencesOf, type Occurrence } from './occurrences.ts';
import { everydayWordsIn } from './languages.ts';
import { isCode } from './part-numbers.ts';
import { RANKING } from './ranking.ts';
import { readQuery, type Reading } from './reading.ts';
import type { IndexData } from './snapshot.ts';
import { clearSpelling, type Guess, type SpellingGuesser } from './spelling.ts';
import type { Token } from './tokens.ts';
import { completionsOf, findStem, findTerm } from './vocabulary.ts';

/** A term of the index that a query asks for. */
export interface QueryTerm {
  term: number;
  /** How often, and how surely, it was asked for. */
  weight: number;
  /** The mentions that it stands for, as bits. */
  mentions: number;
  /** The word as it was typed, for which this stem stands where a text has another form of it. */
  unlessIn?: number | undefined;
}

type Wanted = Omit<QueryTerm, 'mentions'>;

export interface QueryTerms {
  terms: QueryTerm[];
  /** Terms of the words as they follow one another in the query, and where; undefined where a word is not in the index. */
  sequence: { term: number | undefined; position: number; start?: number }[];
  /** False when there are only function words. */
  asksForWords: boolean;
  corrections: Correction[];
  /** The words of which no reading is in the index; an everyday word that no document happens to use is none. */
  unknown: Token[];
  /** All that it asks for, in order. */
  mentions: Mention[];
  /** Whether its other words are English, as far as the index can tell, so that an unknown one is a name. */
  isLanguageKnown: boolean;
}

/** A query has as many words as a long sentence; the rest of a longer one is not looked at. */
export const MAX_QUERY_TOKENS = 96;
const MAX_GUESSED_WORDS = 6;

/** The words that a text asks for, with those of its terms that the index has. */
interface Asked {
  text: readonly Token[];
  occurrences: readonly (Occurrence & { known: number | undefined })[];
  /** By position, the stem of a word in the texts of another language. */
  stems: ReadonlyMap<number, number>;
  /** Tokens that are (part of) a term of the trade that the index knows, in whatever spelling. */
  covered: ReadonlySet<number>;
  /** Where the words start that name a maker or a program, and how many such a name has. */
  places: ReadonlyMap<number, number>;
  /** Tokens that are (part of) any term that the index knows. */
  known: ReadonlySet<Token>;
}

/** Which terms of the index a tokenised query means; a word it does not know is guessed at, and only such a word. */
export function queryTermsOf(
  data: IndexData,
  tokens: readonly Token[],
  guesser: () => SpellingGuesser,
): QueryTerms {
  const { synonymShare, codeShare, guessWeight } = RANKING;
  const weights = new Map<number, number>();
  const ask = (term: number, weight: number): void =>
    void weights.set(term, (weights.get(term) ?? 0) + weight);
  const asWritten = askedBy(data, tokens);
  const reading = readQuery(data, tokens, asWritten.known);
  const query = isSame(reading.tokens, tokens) ? asWritten : askedBy(data, reading.tokens);
  const guesses = guessesFor(reading, query, guesser);

  const completed = new Set<number>();
  const standing: Standing[] = [];
  const besides = reading.besides.map((text) => askedBy(data, text));
  for (const asked of [query, ...besides]) {
    const shares = mentionShares(asked);
    for (const [i, { term, kind, position, count, known }] of asked.occurrences.entries()) {
      if (kind === 'character') continue;
      const words = asked.text.slice(position, position + count);
      if (known !== undefined) {
        standing.push({ words, term: known });
        const hasSynonyms = asked.covered.has(position);
        const share = kind === 'concept' ? synonymShare : hasSynonyms ? 1 - synonymShare : 1;
        const isNamed = words.some(({ start, word }) => asked.places.has(start) || isCode(word));
        ask(known, shares[i]! * share * (isNamed ? codeShare : 1));
      } else if (isCode(term)) {
        const completions = completionsOf(data, term);
        for (const completion of completions) {
          standing.push({ words, term: completion });
          ask(completion, guessWeight);
        }
        if (asked !== query || completions.length === 0) continue;
        for (let i = position; i < position + count; i++) completed.add(i);
      }
    }
  }
  const stems = [query, ...besides].flatMap((asked) => stemsIn(asked, standing));
  const corrections = [...reading.corrections];
  for (const [position, candidates] of guesses) {
    const word = reading.tokens[position]!;
    const { start, end } = word;
    for (const { term } of candidates) {
      standing.push({ words: [word], term });
      ask(term, guessWeight);
    }
    const spelling = clearSpelling(candidates);
    if (spelling !== undefined) corrections.push({ start, end, spelling });
  }
  const isEveryday = everydayWordsIn(tokens);
  const mentions = mentionsOf(tokens, reading, { standing, isEveryday, places: query.places });
  const bits = mentionBits(mentions);
  return {
    terms: [...[...weights].map(([term, weight]) => ({ term, weight })), ...stems].map((asked: Wanted) => ({
      ...asked,
      mentions: bits.get(asked.term) ?? 0,
    })),
    sequence: sequenceOf(query, guesses),
    asksForWords: query.occurrences.length > 0,
    corrections,
    mentions,
    isLanguageKnown: !reading.isGerman,
    unknown: unknownIn(data, query, completed).filter(
      (token) => !isEveryday(token) && !besides.some((asked) => isKnownThere(asked, token)),
    ),
  };
}

/** The stems of the words that have one in the texts of another language; what they stand for is added to `standing`. */
function stemsIn({ text, occurrences, stems }: Asked, standing: Standing[]): Wanted[] {
  return occurrences.flatMap(({ kind, position, known: unlessIn }) => {
    const term = kind === 'word' ? stems.get(position) : undefined;
    if (term === undefined) return [];
    standing.push({ words: [text[position]!], term });
    return [{ term, weight: RANKING.inflectionShare, unlessIn }];
  });
}

/** The pieces of one number, and the words of a name, are no neighbours: the terms that join them say that they belong together. */
function sequenceOf(
  { text, occurrences, stems }: Asked,
  guesses: ReadonlyMap<number, Guess[]>,
): QueryTerms['sequence'] {
  const joined = occurrences.filter(
    ({ term, kind, known }) => known !== undefined && (kind === 'joined' || isPlace(term)),
  );
  const isPiece = (at: number): boolean =>
    joined.some(({ position, count }) => at >= position && at < position + count);
  return occurrences
    .filter(({ kind }) => kind === 'word')
    .map(({ known, position }) => ({
      term: isPiece(position)
        ? undefined
        : (known ?? stems.get(position) ?? guesses.get(position)?.[0]?.term),
      position,
      start: text[position]!.start,
    }));
}

/** The words of which neither the index nor a completion in it knows anything. */
function unknownIn(
  data: IndexData,
  { text, occurrences, known }: Asked,
  completed: ReadonlySet<number>,
): Token[] {
  return occurrences
    .filter(({ kind, position }) => kind === 'word' && !completed.has(position))
    .map(({ position }) => text[position]!)
    .filter((token) => !known.has(token) && !hasParticle(data, token) && !isHalfKnown(token, known));
}

/** Whether another reading of a word is known, which stands where the word does. */
function isKnownThere({ known }: Asked, { start, end }: Token): boolean {
  return [...known].some((token) => token.start < end && token.end > start);
}

/**
 * The possible meanings of the unknown words, by position. None when the index makes sense of half of the words or fewer, guesses
 * included: a question about something else, or in another language, has a word now and then that looks like one of ours.
 */
function guessesFor(
  { tokens, slips }: Reading,
  { occurrences, covered, stems }: Asked,
  guesser: () => SpellingGuesser,
): ReadonlyMap<number, Guess[]> {
  const guesses = new Map<number, Guess[]>();
  let tried = 0;
  let meaningful = 0;
  let meaningless = 0;
  for (const { kind, position, known } of occurrences) {
    const token = tokens[position]!;
    if (kind !== 'word') continue;
    if (known !== undefined || covered.has(position) || stems.has(position)) meaningful++;
    else if (slips.has(token)) {
      const candidates = tried++ < MAX_GUESSED_WORDS ? guesser().guess(token.word) : [];
      if (candidates.length > 0) guesses.set(position, candidates);
      else meaningless++;
    }
  }
  return meaningful + guesses.size > meaningless ? guesses : new Map();
}

/**
 * The share of its weight that each occurrence keeps: a part number or a program is one thing asked for, however many terms its pieces and
 * their joined spellings are, so that all of them share the weight of one word.
 */
function mentionShares({ occurrences }: Asked): number[] {
  const shares = occurrences.map(() => 1);
  for (let i = 0; i < occurrences.length; i++) {
    const { term, kind, position, count } = occurrences[i]!;
    if (kind !== 'joined' && !isPlace(term)) continue;
    let end = position + count;
    const members = new Set<number>();
    occurrences.forEach((one, j) => {
      if (
        (one.kind === 'concept' && !isPlace(one.term)) ||
        one.kind === 'character' ||
        one.position < position ||
        one.position >= end
      )
        return;
      if (one.kind === 'joined') end = Math.max(end, one.position + one.count);
      members.add(j);
    });
    const known = [...members].filter((j) => occurrences[j]!.known !== undefined).length;
    for (const j of members) if (shares[j] === 1) shares[j] = 1 / Math.max(1, known);
  }
  return shares;
}

function askedBy(data: IndexData, text: readonly Token[]): Asked {
  const occurrences = occurrencesOf(text).map((found) => ({ ...found, known: findTerm(data, found.term) }));
  const covered = new Set<number>();
  const places = new Map<number, number>();
  const knownTokens = new Set<Token>();
  const stems = new Map<number, number>();
  for (const { term, kind, position, count, known } of occurrences) {
    const stem = kind === 'word' ? findStem(data, text[position]!.word) : undefined;
    if (stem !== undefined) {
      stems.set(position, stem);
      knownTokens.add(text[position]!);
    }
    if (known === undefined || kind === 'character') continue;
    for (let i = position; i < position + count; i++) {
      if (kind === 'concept') covered.add(i);
      if (isPlace(term)) places.set(text[i]!.start, count);
      knownTokens.add(text[i]!);
    }
  }
  return { text, occurrences, stems, covered, places, known: knownTokens };
}

/** A term of the index, and the words that it stands for. */
interface Standing {
  words: readonly Token[];
  term: number;
}

/** Every word of the query that asks for something, with the terms of all its readings. */
function mentionsOf(
  tokens: readonly Token[],
  reading: Reading,
  {
    standing,
    isEveryday,
    places,
  }: { standing: readonly Standing[]; isEveryday: (token: Token) => boolean; places: Asked['places'] },
): Mention[] {
  const ignored = new Set(reading.tokens.filter(({ term }) => term === '').map(({ start }) => start));
  const typed = new Set(tokens);
  // A word that was read otherwise is known by its place; the two parts of `T04` have one place, and are known by themselves.
  const isFor = (token: Token, words: readonly Token[]): boolean =>
    words.some((word) =>
      typed.has(word) ? word === token : word.start < token.end && word.end > token.start,
    );
  return tokens
    .filter(({ term, start }) => term !== '' && !ignored.has(start))
    .map((token) => ({
      token,
      isEveryday: isEveryday(token),
      placeWords: places.get(token.start) ?? 0,
      terms: new Set(standing.filter(({ words }) => isFor(token, words)).map(({ term }) => term)),
    }));
}

function isSame(a: readonly Token[], b: readonly Token[]): boolean {
  return a.length === b.length && a.every((token, i) => token === b[i]);
}

/** Whether a pair that the index knows overlaps this one, as words do that end and begin in it, in a script without spaces. */
function isHalfKnown({ start, end, characters }: Token, known: ReadonlySet<Token>): boolean {
  return (
    characters !== undefined &&
    [...known].some((token) => token.characters !== undefined && token.start < end && token.end > start)
  );
}
