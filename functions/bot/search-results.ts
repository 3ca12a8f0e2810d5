import type { KnowledgeVersion } from '../knowledge/port.ts';
import type { SearchHit, SearchResult } from '../search/port.ts';
import { MAX_QUERY_LENGTH } from '../search/query-language.ts';
import { type Html, rich, joinHtml } from '../telegram/limits-html.ts';
import { shorten } from '../telegram/limits.ts';
import { button, type Keyboard, type View } from './answer.ts';
import { levelSign } from './atom-article.ts';
import { atomKeyOf } from './atom-keys.ts';
import { encodePress } from './callbacks.ts';
import { labelledTitle } from './names.ts';
import { pagerRow } from './pager.ts';
import { searchAbout } from './reply-context.ts';
import { type SafeResult, searchSafely } from './safe-search.ts';
import type { QueryRef } from './query-refs.ts';
import type { Texts } from './texts/catalogue.ts';

const PAGE_SIZE = 5;
/** Pages after which a list ends: beyond them a refined search finds more than leafing does. */
const MAX_PAGES = 20;
/** The most results that are shown when they are only near to a question. */
export const MAX_NEAR = 3;

/** Five results must fit into one message whatever the atoms hold, so each part of them is bounded. */
const SHOWN = {
  query: 150,
  title: 120,
  snippet: 150,
  id: 180,
  manufacturer: 60,
  filter: 40,
  known: 100,
  word: 40,
};
const MAX_FILTERS_EXPLAINED = 3;
const MAX_WORDS_NAMED = 5;

export interface ResultsRequest {
  version: KnowledgeVersion;
  query: string;
  /** From 0; beyond the last page it is the last. */
  page: number;
  texts: Texts;
  /** Atoms that the question is about: they come first, on one page. */
  about?: readonly string[];
  /** The whole message, where the query is the beginning of it. */
  said?: string;
  /** Stores a query where the data of a button cannot hold it. */
  keepQuery: (query: string) => Promise<QueryRef>;
}

export interface ResultsView extends View {
  /** Whether the knowledge base lacks what was asked for. */
  isGap: boolean;
}

/** One page of a search, as one message; of what is only near to the question, the nearest alone, and that is said first. */
export async function resultsView(request: ResultsRequest): Promise<ResultsView> {
  const { version, query, texts, about, keepQuery } = request;
  const { result, page, pages } = searchPage(request);
  const { hits, total, found, isAnswer } = result;
  const isGap = lacks(result);
  const suggested = await suggestion(request, result);
  const cut = request.said === undefined ? [] : [texts.search.cut(MAX_QUERY_LENGTH)];
  const notes = [...filterNotes(result, texts), ...cut];
  const warning = result.hazard && texts.hazards[result.hazard];
  if (total === 0) {
    const parts = [texts.search.nothingFound(shorten(query, SHOWN.query)), ...notes];
    const text = joinHtml([warning, ...unknownNote(result, texts), ...parts], '\n\n');
    return { text, keyboard: suggested, isGap };
  }
  const ref = about === undefined ? await keepQuery(query) : undefined;
  const excerpts = await version.excerptsOf(hits.map(({ id }) => id));
  const first = page * PAGE_SIZE + 1;
  const entries = hits.map((hit, i) =>
    entry({ hit, position: first + i, excerpt: excerpts[i] ?? '', request, result }),
  );
  const counted = about === undefined ? texts.search.found(found) : texts.search.about;
  const heading = rich`🔍 <b>${texts.search.title}:</b> ${shorten(query, SHOWN.query)}`;
  const text = joinHtml(
    [
      warning,
      ...(isAnswer
        ? [heading, rich`${counted}`, ...notes, ...missingNote(result, texts)]
        : [...unknownNote(result, texts), heading, rich`${texts.search.near}`, ...notes]),
      ...entries,
      texts.search.hint,
    ],
    '\n\n',
  );
  const from = ref === undefined ? {} : { from: { query: ref, page } };
  const open = hits.map(({ id, title }, i) => [
    button(`${first + i}. ${title}`, encodePress({ op: 'atom', atomKey: atomKeyOf(id), part: 0, ...from })),
  ]);
  const toPage = (target: number): string => encodePress({ op: 'results', page: target, query: ref ?? '' });
  const keyboard = [...open, ...pagerRow({ page, pages, toPage }), ...suggested];
  return { text, keyboard, isGap };
}

/** A hit among others does not answer for a name or a code that nobody here knows; filler words alone ask for nothing. */
function lacks({ total, isAnswer, missing, unknownNames, filters }: SearchResult): boolean {
  if (total === 0) return missing.length > 0 || filters.length > 0;
  return !isAnswer || unknownNames.length > 0;
}

async function suggestion(
  { texts, keepQuery }: ResultsRequest,
  { didYouMean }: SearchResult,
): Promise<Keyboard> {
  if (didYouMean === undefined) return [];
  const press = encodePress({ op: 'results', page: 0, query: await keepQuery(didYouMean) });
  return [[button(`💡 ${texts.search.didYouMean(didYouMean)}`, press)]];
}

function searchPage({ version, query, page, about, said = query }: ResultsRequest): {
  result: SafeResult;
  page: number;
  pages: number;
} {
  if (about !== undefined) {
    const result = searchAbout(version.index, query, { ids: about, limit: PAGE_SIZE, said });
    return { result, page: 0, pages: 1 };
  }
  const search = (wanted: number): SafeResult => {
    const result = searchSafely(version.index, query, { limit: PAGE_SIZE, offset: wanted * PAGE_SIZE, said });
    const shown = result.isAnswer ? result.found - wanted * PAGE_SIZE : MAX_NEAR;
    return { ...result, hits: result.hits.slice(0, Math.max(0, shown)) };
  };
  const pagesOf = ({ isAnswer, found }: SearchResult): number =>
    isAnswer ? Math.min(Math.ceil(found / PAGE_SIZE), MAX_PAGES) : 1;
  const asked = Math.min(page, MAX_PAGES - 1);
  const result = search(asked);
  const pages = pagesOf(result);
  if (asked < pages) return { result, page: asked, pages };
  return { result: search(pages - 1), page: pages - 1, pages };
}

function entry(options: {
  hit: SearchHit;
  position: number;
  excerpt: string;
  request: ResultsRequest;
  result: SafeResult;
}): Html {
  const { hit, position, excerpt, request, result } = options;
  const { version, texts } = request;
  const { manufacturer, type, safety } = hit.facets;
  const level = levelSign(safety, texts);
  const snippet = version.index.snippet(excerpt, result.terms, SHOWN.snippet);
  return joinHtml(
    [
      rich`${position}. <b>${labelledTitle(type, shorten(hit.title, SHOWN.title))}</b>`,
      snippet !== '' ? rich`   ${snippet}` : undefined,
      rich`   <code>${shorten(hit.id, SHOWN.id)}</code>`,
      rich`   ${texts.search.manufacturer}: ${shorten(manufacturer, SHOWN.manufacturer)}${level !== '' && ` · ${level}`}`,
    ],
    '\n',
  );
}

function missingNote({ missing }: SearchResult, texts: Texts): Html[] {
  return missing.length === 0 ? [] : [texts.search.missing(named(missing))];
}

/** The answer to a question about a fault that no atom knows says so, instead of showing another drive's as if it were that one. */
function unknownNote({ missing, hits }: SearchResult, texts: Texts): Html[] {
  if (missing.length === 0 && hits.length === 0) return [];
  return [texts.search.unknown(named(missing))];
}

function named(words: readonly string[]): string {
  return words
    .slice(0, MAX_WORDS_NAMED)
    .map((word) => shorten(word, SHOWN.word))
    .join(', ');
}

function filterNotes({ filters, unknownFilters }: SearchResult, texts: Texts): Html[] {
  const understood = filters.map(({ name, value }) => `${name}:${value}`).join(' ');
  const unknown = unknownFilters.slice(0, MAX_FILTERS_EXPLAINED).map(({ name, typed, known }) =>
    texts.search.unknownFilter({
      name,
      typed: shorten(typed, SHOWN.filter),
      known: shorten(known.join(', '), SHOWN.known),
    }),
  );
  return [
    ...(understood === '' ? [] : [rich`${texts.search.filters}: ${shorten(understood, SHOWN.known)}`]),
    ...unknown,
  ];
}
