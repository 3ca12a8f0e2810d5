import { describe, expect, it } from 'vitest';
import { PostingCursor, PostingPlaces } from '../../functions/search/postings.ts';
import { decodeSnapshot } from '../../functions/search/snapshot.ts';
import { findTerm } from '../../functions/search/vocabulary.ts';
import { indexOf } from './small-corpus.ts';

const DOCUMENTS = 1000;

describe('a walk along the postings of a term', () => {
  // `motor` in all documents, `pump` in some, at other places and more often in some of them.
  const data = decodeSnapshot(
    indexOf(
      ...Array.from({ length: DOCUMENTS }, (_, i) => ({
        id: `${i}`,
        content: `${'line '.repeat(i % 7)}motor ${i % 3 === 0 ? 'pump '.repeat(1 + (i % 40)) : ''}`,
      })),
    ).serialise(),
  );

  it.each(['motor', 'pump', 'line'])('finds the same of %s where it skips by noted places', (word) => {
    const term = findTerm(data, word)!;
    const places = new PostingPlaces(data, term);
    const whole = new PostingCursor(data, term);
    for (let walked = 1; whole.next(); walked++) if (walked % 64 === 0) whole.noteIn(places);
    expect(places.size).toBe(Math.floor(data.documentCounts[term]! / 64));
    for (const step of [1, 5, 64, 65, 250, 999]) {
      const plain = new PostingCursor(data, term);
      const skipping = new PostingCursor(data, term, places);
      for (let document = 0; document < DOCUMENTS; document += step) {
        const isThere = plain.seek(document);
        expect(skipping.seek(document)).toBe(isThere);
        if (!isThere) continue;
        expect(skipping.frequency).toBe(plain.frequency);
        expect(skipping.positions()).toEqual(plain.positions());
      }
    }
  });
});
