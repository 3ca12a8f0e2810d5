import MiniSearch from 'minisearch';
import { stem } from 'porter2';
import { eng } from 'stopword/src/stopwords_eng.js';

export interface Collection {
  name: string;
  documents: { id: string; title: string; text: string }[];
  /** Gains by query, by document. */
  judgments: Map<string, Map<string, number>>;
  querySets: Map<string, { id: string; text: string }[]>;
}

/** Ids of the best documents, best first. */
export type Ranker = (query: string, limit: number) => string[];

const STOPWORDS = new Set(eng);

/** The search of the bot that this one replaces: the query, as a whole, somewhere in the text. */
export function ilike({ documents }: Collection): Ranker {
  const texts = lowerCaseTexts(documents);
  return (query, limit) => {
    const phrase = query.toLowerCase();
    return texts
      .filter(({ text }) => text.includes(phrase))
      .slice(0, limit)
      .map(({ id }) => id);
  };
}

/** The same, kinder: any word of the query, documents with more of the words first. */
export function ilikeAnyWord({ documents }: Collection): Ranker {
  const texts = lowerCaseTexts(documents);
  return (query, limit) => {
    const words = [...new Set(wordsOf(query))].filter((word) => !STOPWORDS.has(word));
    return texts
      .map(({ id, text }) => ({ id, found: words.filter((word) => text.includes(word)).length }))
      .filter(({ found }) => found > 0)
      .sort((a, b) => b.found - a.found)
      .slice(0, limit)
      .map(({ id }) => id);
  };
}

/** MiniSearch as well as it can be made to rank: its own multiplication by matched terms, which hurts questions, is undone. */
export function miniSearchTuned({ documents }: Collection): Ranker {
  const index = new MiniSearch<{ id: string; title: string; all: string }>({
    fields: ['title', 'all'],
    tokenize: wordsOf,
    processTerm: (word) => (STOPWORDS.has(word) ? null : stem(word)),
    searchOptions: { boost: { title: 0.25 }, bm25: { k: 1.6, b: 0.75, d: 0 } },
  });
  index.addAll(documents.map(({ id, title, text }) => ({ id, title, all: `${title} ${text}` })));
  return (query, limit) =>
    index
      .search(query)
      .map(({ id, score, queryTerms }) => ({ id: id as string, score: score / queryTerms.length }))
      .sort((a, b) => b.score - a.score)
      .slice(0, limit)
      .map(({ id }) => id);
}

function lowerCaseTexts(documents: Collection['documents']): { id: string; text: string }[] {
  return documents.map(({ id, title, text }) => ({ id, text: `${title} ${text}`.toLowerCase() }));
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}
