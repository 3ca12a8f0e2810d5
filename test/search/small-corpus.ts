import { bm25Engine } from '../../functions/search/engine.ts';
import type { SearchDocument, SearchEngine, SearchIndex } from '../../functions/search/port.ts';

/** A document of which only what a test is about needs saying. */
export function documentOf(partial: Partial<SearchDocument> & { id: string }): SearchDocument {
  const facets = { manufacturer: 'siemens', type: 'concept', safety: 'info' };
  return { title: '', summary: '', content: '', keywords: [], facets, ...partial };
}

/** An index that has been through a snapshot, as the one in production has. */
export function indexOf(...documents: (Partial<SearchDocument> & { id: string })[]): SearchIndex {
  return indexBy(bm25Engine, documents);
}

export function indexBy(
  engine: SearchEngine,
  documents: readonly (Partial<SearchDocument> & { id: string })[],
): SearchIndex {
  const builder = engine.builder();
  for (const document of documents) builder.add(documentOf(document));
  return engine.load(builder.build().serialise());
}

/** An index whose documents are named by their text. */
export function indexOfTexts(...texts: string[]): SearchIndex {
  return indexOf(...texts.map((content) => ({ id: content, content })));
}

export function idsFor(index: SearchIndex, query: string): string[] {
  return index.search(query, { limit: 100 }).hits.map(({ id }) => id);
}
