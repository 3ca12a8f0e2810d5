import { encodeUtf8, lowerBound } from './bytes.ts';
import { occurrencesOf, type Occurrence } from './occurrences.ts';
import { isCode } from './part-numbers.ts';
import { RANKING } from './ranking.ts';
import type { IndexData } from './snapshot.ts';
import type { SpellingGuesser } from './spelling.ts';
import type { Token } from './tokens.ts';

/** A term of the index that a query asks for. */
export interface QueryTerm {
  term: number;
  /** How often, and how surely, it was asked for. */
  weight: number;
}

export interface QueryTerms {
  terms: QueryTerm[];
  /** Terms of the words as they follow one another in the query; undefined where a word is not in the index. */
  sequence: { term: number | undefined; position: number }[];
  /** Spellings to offer, by token of the query. */
  corrections: Map<number, string>;
}

/** A query has as many words as a long sentence; the rest of a longer one is not looked at. */
export const MAX_QUERY_TOKENS = 96;
const MAX_GUESSED_WORDS = 6;
const MAX_COMPLETIONS = 8;
const MIN_COMPLETED_LENGTH = 3;

/** Which terms of the index a tokenised query means; a word it does not know is guessed at, and only such a word. */
export function queryTermsOf(
  data: IndexData,
  tokens: readonly Token[],
  guesser: () => SpellingGuesser,
): QueryTerms {
  const { synonymShare, guessWeight } = RANKING;
  const weights = new Map<number, number>();
  const ask = (term: number, weight: number): void =>
    void weights.set(term, (weights.get(term) ?? 0) + weight);
  const occurrences = occurrencesOf(tokens);
  const found = occurrences.map((occurrence) => ({ ...occurrence, known: findTerm(data, occurrence.term) }));
  const covered = positionsWithSynonyms(found);
  const sequence: QueryTerms['sequence'] = [];
  const corrections: QueryTerms['corrections'] = new Map();
  let guessed = 0;

  for (const { term, kind, position, known } of found) {
    let meant = known;
    if (known !== undefined)
      ask(known, kind === 'concept' ? synonymShare : covered.has(position) ? 1 - synonymShare : 1);
    else if (isCode(term)) completionsOf(data, term).forEach((completion) => ask(completion, guessWeight));
    else if (kind === 'word' && !covered.has(position) && guessed++ < MAX_GUESSED_WORDS) {
      const guesses = guesser().guess(tokens[position]?.word ?? '');
      guesses.forEach((guess) => ask(guess.term, guessWeight));
      meant = guesses[0]?.term;
      if (guesses[0] !== undefined) corrections.set(position, guesses[0].spelling);
    }
    if (kind === 'word') sequence.push({ term: meant, position });
  }
  return { terms: [...weights].map(([term, weight]) => ({ term, weight })), sequence, corrections };
}

/** Number of a term in the index, if it is there. */
export function findTerm({ terms }: IndexData, term: string): number | undefined {
  const key = encodeUtf8(term);
  const i = lowerBound(terms.size, (candidate) => terms.compare(candidate, key) < 0);
  return i < terms.size && terms.compare(i, key) === 0 ? i : undefined;
}

/** A part number typed in part: `1756-L7` stands for 1756-L71 and its sisters. */
function completionsOf({ terms }: IndexData, prefix: string): number[] {
  if (prefix.length < MIN_COMPLETED_LENGTH) return [];
  const first = lowerBound(terms.size, (candidate) => terms.compare(candidate, encodeUtf8(prefix)) < 0);
  const found: number[] = [];
  for (let i = first; i < terms.size && found.length < MAX_COMPLETIONS && terms.at(i).startsWith(prefix); i++)
    found.push(i);
  return found;
}

/** Tokens that are (part of) a term of the trade that the index knows, in whatever spelling. */
function positionsWithSynonyms(found: readonly (Occurrence & { known: number | undefined })[]): Set<number> {
  const covered = new Set<number>();
  for (const { kind, position, count, known } of found) {
    if (kind !== 'concept' || known === undefined) continue;
    for (let i = position; i < position + count; i++) covered.add(i);
  }
  return covered;
}
