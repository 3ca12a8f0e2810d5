import { expect, it } from 'vitest';
import { Bm25IndexBuilder } from '../../functions/search/builder.ts';
import { IndexTooLargeError } from '../../functions/search/port.ts';
import { documentOf } from './small-corpus.ts';

it('refuses more different words than it takes, and says after how many atoms', () => {
  const builder = new Bm25IndexBuilder(undefined, undefined, 20);
  builder.add(documentOf({ id: 'few', content: 'motor drive belt' }));
  const many = documentOf({ id: 'many', content: Array.from({ length: 30 }, (_, i) => `w${i}`).join(' ') });
  expect(() => builder.add(many)).toThrow(IndexTooLargeError);
  expect(() => builder.add({ ...many, id: 'again' })).toThrow(
    /^The first \d atoms hold more than 20 different words/,
  );
});
