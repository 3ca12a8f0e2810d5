import { encodeUtf8, lowerBound } from './bytes.ts';
import { bestOf, byScore, type Scored } from './best-of.ts';
import { corrected } from './corrections.ts';
import { isAnswered, unknownNames } from './coverage.ts';
import { isLikeValue, resolveFilters } from './facet-filters.ts';
import { feedbackBonuses } from './feedback.ts';
import { isStemTerm } from './inflections.ts';
import { missingWords } from './missing-words.ts';
import { nearestIds } from './nearest-ids.ts';
import { documentsWithPhrase } from './phrases.ts';
import { FACET_NAMES, type Facets, type IndexedDocument } from './port.ts';
import type { SearchIndex, SearchOptions, SearchResult } from './port.ts';
import { parseQuery } from './query-language.ts';
import { MAX_QUERY_TOKENS, queryTermsOf, type QueryTerms } from './query-terms.ts';
import { RANKING } from './ranking.ts';
import { addTermScores, adjacencyBonuses, lengthNorms, mentionsIn, type Places, toldBy } from './scoring.ts';
import { decodeSnapshot, type IndexData } from './snapshot.ts';
import { slipsOfRealWords } from './real-word-slips.ts';
import { snippetOf } from './snippet.ts';
import { SpellingGuesser } from './spelling.ts';
import { tokenise } from './tokens.ts';

const DEFAULT_LIMIT = 5;
const TOP = 5;

type Page = Required<SearchOptions>;

interface Found {
  total: number;
  /** How many of these are within reach of the best. */
  found: number;
  page: Scored[];
  /** The mentions of the query that each of the best hits has, as bits. */
  best: number[];
  /** The best hits, whichever page is shown, in the order of the documents. */
  top: number[];
  /** The mentions of the query that each of these has, as bits. */
  topMentions: number[];
  /** The score of the best hit against what the query tells. */
  nearness: number;
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
    const { facetValues } = this.#data;
    const parsed = parseQuery(query, (name, typed) => isLikeValue(typed, facetValues[name]));
    const { filters, unknownFilters, accepts, corrections } = resolveFilters(this.#data, parsed.filters);
    const tokens = tokenise(parsed.words).slice(0, MAX_QUERY_TOKENS);
    const queryTerms = queryTermsOf(this.#data, tokens, this.#guesserOf);
    const phrases = parsed.phrases
      .map((phrase) => documentsWithPhrase(this.#data, phrase))
      .filter((set) => set !== undefined);
    const conditions = phrases.map((documents) => (document: number) => documents.has(document));
    if (accepts !== undefined) conditions.push(accepts);
    const isAccepted =
      conditions.length === 0
        ? undefined
        : (document: number) => conditions.every((holds) => holds(document));
    const { total, found, page, best, nearness } =
      queryTerms.asksForWords || isAccepted === undefined || accepts === undefined
        ? this.#rankBesideSlips(queryTerms, isAccepted, { limit, offset })
        : this.#list(isAccepted, { limit, offset });
    const didYouMean = corrected(parsed.text, [...corrections, ...queryTerms.corrections], {
      dropQuotes: total === 0 && phrases.length > 0,
    });
    const { mentions, isLanguageKnown } = queryTerms;
    return {
      total,
      found,
      isAnswer: total > 0 && isAnswered(this.#data, mentions, { found: best, nearness, isLanguageKnown }),
      hits: page.map(({ document, score }) => ({ ...this.document(document), score })),
      terms: queryTerms.terms.flatMap(({ term }) => this.#termsInTexts(term)),
      ...(didYouMean === undefined ? {} : { didYouMean }),
      filters,
      unknownFilters,
      missing: missingWords(parsed.text, queryTerms.unknown),
      unknownNames: missingWords(parsed.text, unknownNames(this.#data, mentions, isLanguageKnown)),
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
    return new Uint8Array(this.#snapshot);
  }

  /** A stem stands for the words that have it. */
  #termsInTexts(number: number): string[] {
    const { terms, spellings } = this.#data;
    const term = terms.at(number);
    return isStemTerm(term) ? spellings.at(number).split(' ') : [term];
  }

  /** Every accepted document, in the order in which they were added. */
  #list(isAccepted: (document: number) => boolean, { limit, offset }: Page): Found {
    const page: Scored[] = [];
    let total = 0;
    for (let document = 0; document < this.size; document++) {
      if (!isAccepted(document)) continue;
      if (total >= offset && total < offset + limit) page.push({ document, score: 0 });
      total++;
    }
    return { total, found: total, page, best: [], top: [], topMentions: [], nearness: 0 };
  }

  readonly #guesserOf = (): SpellingGuesser => (this.#guesser ??= new SpellingGuesser(this.#data));

  /** {@link #rank}, and once more where a word of the query seems to be a slip of another. */
  #rankBesideSlips(
    asked: QueryTerms,
    isAccepted: ((document: number) => boolean) | undefined,
    page: Page,
  ): Found {
    const ranked = this.#rank(asked, isAccepted, page);
    const slips = slipsOfRealWords(this.#data, asked, ranked, this.#guesserOf);
    if (slips.terms.length === 0) return ranked;
    const beside = {
      ...asked,
      terms: [...asked.terms, ...slips.terms],
      sequence: [...asked.sequence, ...slips.sequence],
    };
    const { best, nearness } = ranked;
    // Whether that answers the question is judged by what was typed.
    return { ...this.#rank(beside, isAccepted, page), best, nearness };
  }

  /** Every accepted document with one of the terms, best first. */
  #rank(
    { terms, sequence }: QueryTerms,
    isAccepted: ((document: number) => boolean) | undefined,
    { limit, offset }: Page,
  ): Found {
    const scores = new Float32Array(this.size);
    const places = addTermScores(this.#data, this.#norms, terms, scores);
    const depth = RANKING.rerankDepth;
    // Which documents are reranked must not depend on the page, or a hit could be on two pages or on none.
    const { total, ranked } = bestOf(scores, Math.max(depth, offset + limit), isAccepted);
    const top = this.#rerank(ranked.slice(0, depth), { terms, sequence, places });
    const { hits, reach } = RANKING.answer;
    const best = top.slice(0, TOP).map(({ document }) => document);
    const inOrder = [...best].sort(rising);
    const mentions = mentionsIn(this.#data, terms, inOrder, places);
    const least = reach * (top[0]?.score ?? 0);
    return {
      total,
      found: top.filter(({ score }) => score >= least).length,
      page: [...top, ...ranked.slice(depth)].slice(offset, offset + limit),
      best: best.slice(0, hits).map((document) => mentions[inOrder.indexOf(document)]!),
      top: inOrder,
      topMentions: mentions,
      nearness: (top[0]?.score ?? 0) / toldBy(this.#data, terms),
    };
  }

  #rerank(
    candidates: readonly Scored[],
    { terms, sequence, places }: Pick<QueryTerms, 'terms' | 'sequence'> & { places: Places },
  ): Scored[] {
    const inOrder = [...candidates].sort((a, b) => rising(a.document, b.document));
    const documents = inOrder.map(({ document }) => document);
    const adjacency = adjacencyBonuses(this.#data, this.#norms, sequence, { documents, places });
    const scored = inOrder.map(({ document, score }, i) => ({ document, score: score + adjacency[i]! }));
    const feedback = feedbackBonuses(this.#data, this.#norms, scored, toldBy(this.#data, terms));
    return scored.map(({ document, score }, i) => ({ document, score: score + feedback[i]! })).sort(byScore);
  }
}

function rising(a: number, b: number): number {
  return a - b;
}
