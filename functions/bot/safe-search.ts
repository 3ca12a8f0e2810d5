import type { SearchHit, SearchIndex, SearchOptions, SearchResult } from '../search/port.ts';
import type { Hazard } from './hazard-signs.ts';
import { hazardIn } from './hazards.ts';

/** The subject of the article that comes first, beside the question itself. */
const SUBJECTS: Record<Hazard, string> = {
  person: 'emergency stop',
  fire: 'emergency stop isolate power',
  shock: 'lockout prove dead',
  bypass: 'emergency stop safety relay guard',
  live: 'lockout prove dead',
};
/** Articles about safety itself; where there are none, those with the highest level stand in. */
const SAFETY_FILTERS = ['family:safety', 'family:sicherheit', 'safety:danger'];

export interface SafeResult extends SearchResult {
  /** The danger that the question speaks of. */
  hazard?: Hazard;
}

/**
 * A search in which an article about safety comes first where the question speaks of something that can hurt somebody.
 * @param options.said the whole message, where the query is a part of it
 */
export function searchSafely(
  index: SearchIndex,
  query: string,
  { limit, offset = 0, said = query }: SearchOptions & { limit: number; said?: string },
): SafeResult {
  const hazard = hazardIn(said);
  if (hazard === undefined) return index.search(query, { limit, offset });
  const result = index.search(query, { limit: offset + limit + 1 });
  const found = result.hits.slice(0, result.found).map(({ id }) => id);
  const first = safetyArticle(index, { query, hazard, found });
  if (first === undefined) return { ...result, hazard, hits: result.hits.slice(offset, offset + limit) };
  const others = result.hits.filter(({ id }) => id !== first.id);
  return {
    ...result,
    hazard,
    isAnswer: result.isAnswer || (result.hits.length === 0 && result.missing.length === 0),
    total: Math.max(result.total, others.length + 1),
    found: found.includes(first.id) ? result.found : Math.min(result.found, others.length) + 1,
    hits: [first, ...others].slice(offset, offset + limit),
  };
}

/** One that the question finds by itself, or else the nearest to the hazard. */
function safetyArticle(
  index: SearchIndex,
  { query, hazard, found }: { query: string; hazard: Hazard; found: readonly string[] },
): SearchHit | undefined {
  const plain = query.replace(/["“”„:]/g, ' ');
  for (const filter of SAFETY_FILTERS) {
    const best = (words: string): SearchHit | undefined => {
      const { hits, filters } = index.search(`${words} ${filter}`, { limit: 1 });
      // A filter that nothing has is ignored by a search.
      return filters.length > 0 ? hits[0] : undefined;
    };
    const asked = best(plain);
    if (asked !== undefined && found.includes(asked.id)) return asked;
    const near = best(`${plain} ${SUBJECTS[hazard]}`);
    if (near !== undefined) return near;
  }
  return undefined;
}
