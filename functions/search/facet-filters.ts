import { FACET_NAMES, type FacetName, type SearchResult } from './port.ts';
import type { ParsedQuery } from './query-language.ts';
import type { IndexData } from './snapshot.ts';
import { normalise } from './tokens.ts';

const MAX_KNOWN_VALUES = 12;

export interface ResolvedFilters {
  filters: SearchResult['filters'];
  unknownFilters: SearchResult['unknownFilters'];
  /** Whether a document passes; undefined when there is nothing to filter by. */
  accepts: ((document: number) => boolean) | undefined;
}

/** Values of one filter are alternatives, different filters must all hold, and a value that nothing has is set aside. */
export function resolveFilters(data: IndexData, parsed: ParsedQuery['filters']): ResolvedFilters {
  const wanted = new Map<FacetName, Set<string>>();
  const unknownFilters: SearchResult['unknownFilters'] = [];
  for (const { name, typed } of parsed) {
    const values = completeValue(typed, data.facetValues[name]);
    if (values.length === 0) {
      unknownFilters.push({ name, typed, known: data.facetValues[name].slice(0, MAX_KNOWN_VALUES) });
      continue;
    }
    wanted.set(name, new Set([...(wanted.get(name) ?? []), ...values]));
  }
  const filters = [...wanted].flatMap(([name, values]) => [...values].map((value) => ({ name, value })));
  const documentCount = data.ids.size;
  const columns = [...wanted].map(([name, values]) => {
    const start = FACET_NAMES.indexOf(name) * documentCount;
    const allowed = [false, ...data.facetValues[name].map((value) => values.has(value))];
    return { codes: data.facetCodes.subarray(start, start + documentCount), allowed };
  });
  const accepts = (document: number): boolean =>
    columns.every(({ codes, allowed }) => allowed[codes[document] ?? 0] === true);
  return { filters, unknownFilters, accepts: columns.length === 0 ? undefined : accepts };
}

/** `allen`, `Allen Bradley`, `allen-brad`, `bradley` and `ab` all complete to `allen_bradley`. The strictest reading wins. */
export function completeValue(typed: string, known: readonly string[]): string[] {
  const key = squeeze(typed);
  if (key === '') return [];
  const readings: ((value: string) => boolean)[] = [
    (value) => value === typed,
    (value) => squeeze(value) === key,
    (value) => squeeze(value).startsWith(key),
    (value) => initials(value) === key,
    (value) => wordsOf(value).some((word) => word.startsWith(key)),
  ];
  for (const reading of readings) {
    const matching = known.filter(reading);
    if (matching.length > 0) return matching;
  }
  return [];
}

function wordsOf(value: string): string[] {
  return normalise(value).match(/[\p{L}\p{N}]+/gu) ?? [];
}

function squeeze(value: string): string {
  return wordsOf(value).join('');
}

function initials(value: string): string {
  const words = wordsOf(value);
  return words.length > 1 ? words.map((word) => word.charAt(0)).join('') : '';
}
