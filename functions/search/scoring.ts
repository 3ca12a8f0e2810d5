import { inverseDocumentFrequency } from './inverse-document-frequency.ts';
import { NOTED_EVERY, PostingCursor, PostingPlaces } from './postings.ts';
import type { QueryTerm, QueryTerms } from './query-terms.ts';
import { RANKING } from './ranking.ts';
import type { IndexData } from './snapshot.ts';

/** The part of BM25 that is the same for every query: how much each document's length holds it back. */
export function lengthNorms(lengths: Uint32Array): Float32Array {
  const { k1, b } = RANKING;
  const norms = new Float32Array(lengths.length);
  let sum = 0;
  for (const length of lengths) sum += length;
  const mean = sum / Math.max(1, lengths.length) || 1;
  for (let i = 0; i < lengths.length; i++) norms[i] = k1 * (1 - b + (b * lengths[i]!) / mean);
  return norms;
}

/** The sum of how telling each term of a query is. */
export function toldBy(data: IndexData, terms: readonly QueryTerm[]): number {
  const documents = data.lengths.length;
  return terms.reduce(
    (sum, { term, weight, unlessIn }) =>
      unlessIn !== undefined
        ? sum
        : sum + weight * inverseDocumentFrequency(documents, data.documentCounts[term]!),
    0,
  );
}

/** The places that a walk along the postings of each term noted. */
export type Places = ReadonlyMap<number, PostingPlaces>;

/** Adds the BM25 weight of every term to `scores`, and notes places in their postings. */
export function addTermScores(
  data: IndexData,
  norms: Float32Array,
  terms: readonly QueryTerm[],
  scores: Float32Array,
): Places {
  const gain = RANKING.k1 + 1;
  const places = new Map<number, PostingPlaces>();
  for (const { term, weight, unlessIn } of terms) {
    const most = weight * inverseDocumentFrequency(norms.length, data.documentCounts[term]!) * gain;
    const cursor = new PostingCursor(data, term);
    const asTyped = unlessIn === undefined ? undefined : new PostingCursor(data, unlessIn);
    const noted = new PostingPlaces(data, term);
    let walked = 0;
    while (cursor.next()) {
      if (++walked % NOTED_EVERY === 0) cursor.noteIn(noted);
      const { document, frequency } = cursor;
      if (asTyped?.seek(document)) continue;
      scores[document]! += (most * frequency) / (frequency + norms[document]!);
    }
    places.set(term, noted);
  }
  return places;
}

/** Which mentions of the query each of `documents` (rising ordinals) has, as bits. */
export function mentionsIn(
  data: IndexData,
  terms: readonly QueryTerm[],
  documents: readonly number[],
  places: Places,
): number[] {
  const found = documents.map(() => 0);
  for (const { term, mentions } of terms) {
    const cursor = new PostingCursor(data, term, places.get(term));
    documents.forEach((document, i) => {
      if (cursor.seek(document)) found[i]! |= mentions;
    });
  }
  return found;
}

/**
 * The bonus of each of `documents` (rising ordinals) for neighbours: two words that follow one another in the query and
 * in the document score as a term of their own, a fraction of what its two words weigh.
 */
export function adjacencyBonuses(
  data: IndexData,
  norms: Float32Array,
  sequence: QueryTerms['sequence'],
  { documents, places: noted }: { documents: readonly number[]; places: Places },
): Float32Array {
  const { k1, adjacencyBonus } = RANKING;
  const bonuses = new Float32Array(documents.length);
  const places = new Map<number, (readonly number[] | undefined)[]>();
  const placesOf = (term: number): (readonly number[] | undefined)[] => {
    const known = places.get(term) ?? positionsIn(data, term, { documents, places: noted });
    places.set(term, known);
    return known;
  };
  for (let i = 0; i + 1 < sequence.length; i++) {
    const left = sequence[i]!;
    const right = sequence[i + 1]!;
    if (left.term === undefined || right.term === undefined || left.term === right.term) continue;
    const idfs = [left.term, right.term].map((term) =>
      inverseDocumentFrequency(norms.length, data.documentCounts[term]!),
    );
    const weight = adjacencyBonus * (idfs[0]! + idfs[1]!) * (k1 + 1);
    const leftPlaces = placesOf(left.term);
    const rightPlaces = placesOf(right.term);
    documents.forEach((document, k) => {
      const leftPositions = leftPlaces[k];
      const rightPositions = rightPlaces[k];
      if (leftPositions === undefined || rightPositions === undefined) return;
      const meetings = countFollowing(leftPositions, rightPositions, right.position - left.position);
      if (meetings > 0) bonuses[k]! += (weight * meetings) / (meetings + norms[document]!);
    });
  }
  return bonuses;
}

/** Positions of a term in each of some documents, which rise; undefined where it is not in the document. */
function positionsIn(
  data: IndexData,
  term: number,
  { documents, places }: { documents: readonly number[]; places: Places },
): (readonly number[] | undefined)[] {
  const cursor = new PostingCursor(data, term, places.get(term));
  return documents.map((document) => (cursor.seek(document) ? cursor.positions() : undefined));
}

/** How many of `left` are followed by one of `right` at most `reach` later; both rise. */
function countFollowing(left: readonly number[], right: readonly number[], reach: number): number {
  let count = 0;
  let j = 0;
  for (const position of left) {
    while (j < right.length && right[j]! <= position) j++;
    if (j < right.length && right[j]! - position <= reach) count++;
  }
  return count;
}
