import { PostingCursor } from './postings.ts';
import { findTerm } from './vocabulary.ts';
import { occurrencesOf } from './occurrences.ts';
import type { IndexData } from './snapshot.ts';
import { tokenise } from './tokens.ts';

/** Documents that hold a quoted phrase, word by word (as stems, stopwords being any word); undefined when it has no words. */
export function documentsWithPhrase(data: IndexData, phrase: string): Set<number> | undefined {
  const occurrences = occurrencesOf(tokenise(phrase)).filter(({ kind }) => kind !== 'concept');
  const words = occurrences.filter(({ kind }) => kind === 'word');
  if (words.length === 0) return undefined;
  const found = new Set(documentsInOrder(data, words));
  // A part number that the document joins otherwise than the maker does has other pieces.
  const whole = occurrences.find(
    ({ kind, position, count }) => kind === 'joined' && position === 0 && count === words.length,
  );
  const wholeTerm = whole === undefined ? undefined : findTerm(data, whole.term);
  if (wholeTerm !== undefined) {
    const cursor = new PostingCursor(data, wholeTerm);
    while (cursor.next()) found.add(cursor.document);
  }
  return found;
}

/** How many documents have two terms as neighbours; not counted beyond `limit`. */
export function countNeighbours(data: IndexData, left: string, right: string, limit: number): number {
  const documents = documentsInOrder(
    data,
    [left, right].map((term, position) => ({ term, position })),
  );
  let count = 0;
  while (count < limit && documents.next().done !== true) count++;
  return count;
}

function* documentsInOrder(
  data: IndexData,
  words: readonly { term: string; position: number }[],
): Generator<number, void> {
  const parts: { cursor: PostingCursor; position: number; count: number }[] = [];
  for (const { term, position } of words) {
    const number = findTerm(data, term);
    if (number === undefined) return;
    parts.push({ cursor: new PostingCursor(data, number), position, count: data.documentCounts[number]! });
  }
  // The rarest word leads, so that the others skip to where it is.
  parts.sort((a, b) => a.count - b.count);
  const [lead, ...others] = parts;
  while (lead?.cursor.next()) {
    if (!others.every(({ cursor }) => cursor.seek(lead.cursor.document))) continue;
    const starts = lead.cursor.positions().map((position) => position - lead.position);
    const places = others.map(({ cursor, position }) => ({ at: new Set(cursor.positions()), position }));
    if (starts.some((start) => places.every(({ at, position }) => at.has(start + position))))
      yield lead.cursor.document;
  }
}
