import type { SearchHit, SearchIndex, SearchOptions, SearchResult } from '../search/port.ts';
import { type Hazard, hazardIn } from './hazards.ts';

/** What the article that comes first is to be about, beside the question itself. */
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
  /** What the question speaks of that can hurt somebody. */
  hazard?: Hazard;
}

/** A search in which an article about safety comes first where the question speaks of something that can hurt somebody. */
export function searchSafely(
  index: SearchIndex,
  query: string,
  { limit, offset = 0 }: SearchOptions & { limit: number },
): SafeResult {
  const hazard = hazardIn(query);
  if (hazard === undefined) return index.search(query, { limit, offset });
  const result = index.search(query, { limit: offset + limit + 1 });
  const first = safetyArticle(index, query, hazard);
  if (first === undefined) return { ...result, hazard, hits: result.hits.slice(offset, offset + limit) };
  const others = result.hits.filter(({ id }) => id !== first.id);
  const isFound = result.hits.slice(0, result.found).some(({ id }) => id === first.id);
  return {
    ...result,
    hazard,
    isAnswer: result.isAnswer || (result.hits.length === 0 && result.missing.length === 0),
    total: Math.max(result.total, others.length + 1),
    found: isFound ? result.found : Math.min(result.found, others.length) + 1,
    hits: [first, ...others].slice(offset, offset + limit),
  };
}

function safetyArticle(index: SearchIndex, query: string, hazard: Hazard): SearchHit | undefined {
  const words = `${query.replace(/["“”„:]/g, ' ')} ${SUBJECTS[hazard]}`;
  for (const filter of SAFETY_FILTERS) {
    const { hits, filters } = index.search(`${words} ${filter}`, { limit: 1 });
    // A filter that nothing has is ignored by a search.
    if (filters.length > 0 && hits[0] !== undefined) return hits[0];
  }
  return undefined;
}
