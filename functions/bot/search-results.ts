import type { KnowledgeVersion } from '../knowledge/port.ts';
import type { SearchHit, SearchResult } from '../search/port.ts';
import { type Html, rich, joinHtml } from '../telegram/limits-html.ts';
import { shorten } from '../telegram/limits.ts';
import { button, type Keyboard, type View } from './answer.ts';
import { atomKeyOf } from './atom-keys.ts';
import { encodePress, type ResultsPlace } from './callbacks.ts';
import { labelledTitle } from './names.ts';
import { pagerRow } from './pager.ts';
import type { QueryRef } from './query-refs.ts';
import type { Texts } from './texts/catalogue.ts';

export const PAGE_SIZE = 5;
/** Nobody leafs further; who has not found it refines the search. */
export const MAX_PAGES = 20;

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
  /** Stores a query where the data of a button cannot hold it. */
  keepQuery: (query: string) => Promise<QueryRef>;
}

/** One page of a search, as one message. */
export async function resultsView(request: ResultsRequest): Promise<View & { total: number }> {
  const { version, query, texts, keepQuery } = request;
  const { result, page, pages } = searchPage(request);
  const { hits, total, didYouMean } = result;
  const suggested: Keyboard =
    didYouMean === undefined
      ? []
      : [
          [
            button(
              `💡 ${texts.search.didYouMean(didYouMean)}`,
              encodePress({ op: 'results', page: 0, query: await keepQuery(didYouMean) }),
            ),
          ],
        ];
  const notes = filterNotes(result, texts);
  if (total === 0) {
    const text = joinHtml([texts.search.nothingFound(shorten(query, SHOWN.query)), ...notes], '\n\n');
    return { text, keyboard: suggested, total };
  }
  const ref = await keepQuery(query);
  const excerpts = await version.excerptsOf(hits.map(({ id }) => id));
  const first = page * PAGE_SIZE + 1;
  const entries = hits.map((hit, i) =>
    entry({ hit, position: first + i, excerpt: excerpts[i] ?? '', request, result }),
  );
  const text = joinHtml(
    [
      rich`🔍 <b>${texts.search.title}:</b> ${shorten(query, SHOWN.query)}`,
      rich`${texts.search.found(total)}`,
      ...notes,
      ...missingNote(result, texts),
      ...entries,
      texts.search.hint,
    ],
    '\n\n',
  );
  const open = (place: ResultsPlace): Keyboard =>
    hits.map(({ id, title }, i) => [
      button(
        `${first + i}. ${title}`,
        encodePress({ op: 'atom', atomKey: atomKeyOf(id), part: 0, from: place }),
      ),
    ]);
  const toPage = (target: number): string => encodePress({ op: 'results', page: target, query: ref });
  const keyboard = [...open({ query: ref, page }), ...pagerRow({ page, pages, toPage }), ...suggested];
  return { text, keyboard, total };
}

function searchPage({ version, query, page }: ResultsRequest): {
  result: SearchResult;
  page: number;
  pages: number;
} {
  const search = (wanted: number): SearchResult =>
    version.index.search(query, { limit: PAGE_SIZE, offset: wanted * PAGE_SIZE });
  const asked = Math.min(page, MAX_PAGES - 1);
  const result = search(asked);
  const pages = Math.min(Math.ceil(result.total / PAGE_SIZE), MAX_PAGES);
  if (asked < pages || pages === 0) return { result, page: asked, pages };
  return { result: search(pages - 1), page: pages - 1, pages };
}

function entry(options: {
  hit: SearchHit;
  position: number;
  excerpt: string;
  request: ResultsRequest;
  result: SearchResult;
}): Html {
  const { hit, position, excerpt, request, result } = options;
  const { version, texts } = request;
  const { manufacturer, type } = hit.facets;
  const snippet = version.index.snippet(excerpt, result.terms, SHOWN.snippet);
  return joinHtml(
    [
      rich`${position}. <b>${labelledTitle(type, shorten(hit.title, SHOWN.title))}</b>`,
      snippet !== '' ? rich`   ${snippet}` : undefined,
      rich`   <code>${shorten(hit.id, SHOWN.id)}</code>`,
      rich`   ${texts.search.manufacturer}: ${shorten(manufacturer, SHOWN.manufacturer)}`,
    ],
    '\n',
  );
}

/** Whoever asks for a fault of a drive that no atom knows is told so, instead of being shown another drive's as if it were. */
function missingNote({ missing }: SearchResult, texts: Texts): Html[] {
  const words = missing.slice(0, MAX_WORDS_NAMED).map((word) => shorten(word, SHOWN.word));
  return words.length === 0 ? [] : [texts.search.missing(words.join(', '))];
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
