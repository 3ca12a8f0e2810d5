import { Bm25IndexBuilder } from './builder.ts';
import { Bm25Index } from './bm25-index.ts';
import type { SearchEngine } from './port.ts';

/** The compact BM25 engine; README.md has its design and what was measured. */
export const bm25Engine: SearchEngine = {
  builder: () => new Bm25IndexBuilder(),
  load: (snapshot) => new Bm25Index(snapshot),
};
