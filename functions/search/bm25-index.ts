import { encodeUtf8, lowerBound } from './bytes.ts';
import { resolveFilters } from './facet-filters.ts';
import { nearestIds } from './nearest-ids.ts';
import { documentsWithPhrase } from './phrases.ts';
import { FACET_NAMES, type Facets, type IndexedDocument } from './port.ts';
import type { SearchIndex, SearchOptions, SearchResult } from './port.ts';
import { parseQuery, type ParsedQuery } from './query-language.ts';
import { MAX_QUERY_TOKENS, queryTermsOf, type QueryTerms } from './query-terms.ts';
import { RANKING } from './ranking.ts';
import { addTermScores, adjacencyBonuses, lengthNorms } from './scoring.ts';
import { decodeSnapshot, type IndexData } from './snapshot.ts';
import { snippetOf } from './snippet.ts';
import { SpellingGuesser } from './spelling.ts';
import { tokenise, type Token } from './tokens.ts';

const DEFAULT_LIMIT = 5;

interface Ranked {
  document: number;
  score: number;
}

/** BM25 over a snapshot, in place. */
export class Bm25Index implements SearchIndex {
  readonly #snapshot: Uint8Array;
  readonly #data: IndexData;
  readonly #norms: Float32Array;
  #guesser: SpellingGuesser | undefined;

  /** @throws CorruptSnapshotError */
  constructor(snapshot: Uint8Array) {
    this.#snapshot = snapshot;
    this.#data = decodeSnapshot(snapshot);
    this.#norms = lengthNorms(this.#data.lengths);
  }

  get size(): number {
    return this.#data.ids.size;
  }

  search(query: string, { limit = DEFAULT_LIMIT, offset = 0 }: SearchOptions = {}): SearchResult {
    const parsed = parseQuery(query);
    const { filters, unknownFilters, accepts } = resolveFilters(this.#data, parsed.filters);
    const tokens = tokenise(parsed.words).slice(0, MAX_QUERY_TOKENS);
    const queryTerms = queryTermsOf(
      this.#data,
      tokens,
      () => (this.#guesser ??= new SpellingGuesser(this.#data)),
    );
    const phrases = parsed.phrases
      .map((phrase) => documentsWithPhrase(this.#data, phrase))
      .filter((set) => set !== undefined);
    const isAccepted = (document: number): boolean =>
      (accepts === undefined || accepts(document)) && phrases.every((documents) => documents.has(document));

    const asksForWords = tokens.some((token) => token.term !== '');
    const ranked =
      asksForWords || accepts === undefined ? this.#rank(queryTerms, isAccepted) : this.#list(isAccepted);
    const didYouMean = suggestion(parsed, tokens, queryTerms, ranked.length === 0 && phrases.length > 0);
    return {
      total: ranked.length,
      hits: ranked
        .slice(offset, offset + limit)
        .map(({ document, score }) => ({ ...this.document(document), score })),
      terms: queryTerms.terms.map(({ term }) => this.#data.terms.at(term)),
      ...(didYouMean === undefined ? {} : { didYouMean }),
      filters,
      unknownFilters,
    };
  }

  /** @throws RangeError */
  document(ordinal: number): IndexedDocument {
    if (!Number.isInteger(ordinal) || ordinal < 0 || ordinal >= this.size) {
      throw new RangeError(`document ${ordinal} is not one of ${this.size}`);
    }
    const { ids, titles, facetCodes, facetValues } = this.#data;
    const facets: Facets = { manufacturer: '', type: '', safety: '' };
    FACET_NAMES.forEach((name, i) => {
      const code = facetCodes[i * this.size + ordinal] ?? 0;
      const value = facetValues[name][code - 1];
      if (value !== undefined) facets[name] = value;
    });
    return { id: ids.at(ordinal), title: titles.at(ordinal), facets };
  }

  ordinalOf(id: string): number {
    const { ids, idOrder } = this.#data;
    const key = encodeUtf8(id);
    const rank = lowerBound(this.size, (i) => ids.compare(idOrder[i]!, key) < 0);
    const ordinal = idOrder[rank];
    return ordinal !== undefined && ids.compare(ordinal, key) === 0 ? ordinal : -1;
  }

  nearestIds(id: string, limit: number): string[] {
    return nearestIds(this.#data.ids, id, limit);
  }

  snippet(text: string, terms: readonly string[], maxLength: number): string {
    return snippetOf(text, terms, maxLength);
  }

  serialise(): Uint8Array {
    return this.#snapshot.slice();
  }

  #list(isAccepted: (document: number) => boolean): Ranked[] {
    const listed: Ranked[] = [];
    for (let document = 0; document < this.size; document++)
      if (isAccepted(document)) listed.push({ document, score: 0 });
    return listed;
  }

  /** Every accepted document with one of the terms, best first; equals in the order in which they were added. */
  #rank({ terms, sequence }: QueryTerms, isAccepted: (document: number) => boolean): Ranked[] {
    const scores = new Float32Array(this.size);
    addTermScores(this.#data, this.#norms, terms, scores);
    const ranked: Ranked[] = [];
    scores.forEach((score, document) => {
      if (score > 0 && isAccepted(document)) ranked.push({ document, score });
    });
    ranked.sort(byScore);
    const top = ranked.slice(0, RANKING.rerankDepth).sort((a, b) => a.document - b.document);
    const bonuses = adjacencyBonuses(
      this.#data,
      this.#norms,
      sequence,
      top.map(({ document }) => document),
    );
    top.forEach((entry, i) => (entry.score += bonuses[i]!));
    return [...top.sort(byScore), ...ranked.slice(RANKING.rerankDepth)];
  }
}

function byScore(a: Ranked, b: Ranked): number {
  return b.score - a.score || a.document - b.document;
}

/** The query with its unknown words respelled, or without its quotes when nothing has the phrase. */
function suggestion(
  { text }: ParsedQuery,
  tokens: readonly Token[],
  { corrections }: QueryTerms,
  isPhraseUnknown: boolean,
): string | undefined {
  if (corrections.size === 0 && !isPhraseUnknown) return undefined;
  let suggested = '';
  let done = 0;
  for (const [position, spelling] of [...corrections].sort((a, b) => a[0] - b[0])) {
    const token = tokens[position];
    if (token === undefined) continue;
    suggested += text.slice(done, token.start) + spelling;
    done = token.end;
  }
  suggested += text.slice(done);
  if (isPhraseUnknown) suggested = suggested.replaceAll('"', ' ');
  return suggested.replace(/\s+/gu, ' ').trim();
}
