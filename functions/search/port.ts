/** The source of the index: the searchable fields of an atom, and the facets that filters match. */
export interface SearchDocument {
  id: string;
  title: string;
  summary: string;
  content: string;
  keywords: readonly string[];
  facets: Facets;
  /** The language that it is declared to be in, as a tag or a name; found out where that is absent or no known one. */
  language?: string;
}

/** The values that `manufacturer: family: type: difficulty: safety:` filter on, as stored in the atom. */
export interface Facets {
  manufacturer: string;
  family?: string;
  type: string;
  difficulty?: string;
  safety: string;
}

/** The manufacturer of what is nobody's in particular. */
export const NO_MAKER = 'generic';

export type FacetName = keyof Facets;
export const FACET_NAMES = [
  'manufacturer',
  'family',
  'type',
  'difficulty',
  'safety',
] as const satisfies readonly FacetName[];

export interface SearchOptions {
  /** How many hits to return; default 5. */
  limit?: number;
  /** How many of the best hits to skip; default 0. */
  offset?: number;
}

export interface SearchHit {
  id: string;
  title: string;
  facets: Facets;
  score: number;
}

export interface SearchResult {
  /** All documents that match, not only those on this page. */
  total: number;
  /** How many of them are within reach of the best, which is what a person calls found; of many the first 128. All where only filters were asked for. */
  found: number;
  /**
   * False when the hits are only near to what was asked: every maker, model and code in it is unknown, or the best of them have too little
   * of its telling words. Also false when there are none.
   */
  isAnswer: boolean;
  hits: SearchHit[];
  /** The terms that the query came down to, for `snippet`; not for people, since words are stemmed and synonyms share a made-up term. */
  terms: string[];
  /** A query worth offering when words or filter values were unknown or nothing matched, e.g. `did you mean "motor"`. */
  didYouMean?: string;
  /** Filters as understood, with their completed values: `type:proc` -> `{name: 'type', value: 'procedure'}`. */
  filters: { name: FacetName; value: string }[];
  /** Filters whose value no document has, as typed; they are ignored in the search. */
  unknownFilters: { name: FacetName; typed: string; known: string[] }[];
  /** Words and part numbers, as typed, that no document has; a guess at one of them does not hide that. */
  missing: string[];
  /** Those of `missing` that are names and codes, of a maker or a model, say. */
  unknownNames: string[];
}

export interface IndexedDocument {
  id: string;
  title: string;
  facets: Facets;
}

/** An immutable index, safe to share between concurrent searches. */
export interface SearchIndex {
  readonly size: number;
  search(query: string, options?: SearchOptions): SearchResult;
  /** Documents in the order in which they were added. */
  document(ordinal: number): IndexedDocument;
  /** Position of a document by its exact id, or -1. */
  ordinalOf(id: string): number;
  /** Ids most like a mistyped one, nearest first. */
  nearestIds(id: string, limit: number): string[];
  /** The part of `text` that best shows why it matched, at most `maxLength` characters, on word boundaries. */
  snippet(text: string, terms: readonly string[], maxLength: number): string;
  /** Binary snapshot with a checksum; `SearchEngine.load` reads it back. */
  serialise(): Uint8Array;
}

export interface SearchIndexBuilder {
  add(document: SearchDocument): void;
  build(): SearchIndex;
}

export interface SearchEngine {
  /** To be waited for before something is built, where the engine has to read word lists for that. */
  ready?(): Promise<void>;
  builder(): SearchIndexBuilder;
  /** @throws CorruptSnapshotError when the bytes are not a whole snapshot of a format this version reads. */
  load(snapshot: Uint8Array): SearchIndex;
}

export class CorruptSnapshotError extends Error {
  override readonly name = 'CorruptSnapshotError';
}

/** The documents hold more different terms than an index takes. */
export class IndexTooLargeError extends Error {
  override readonly name = 'IndexTooLargeError';
  readonly forOperator = true;
}
