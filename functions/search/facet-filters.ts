import type { Correction } from './corrections.ts';
import { FACET_NAMES, type FacetName, type SearchResult } from './port.ts';
import type { TypedFilter } from './query-language.ts';
import type { IndexData } from './snapshot.ts';
import { editDistance, slipsForgivenIn } from './spelling.ts';
import { normalise } from './folding.ts';
import { stem } from './tokens.ts';

const MAX_KNOWN_VALUES = 12;

export interface ResolvedFilters {
  filters: SearchResult['filters'];
  unknownFilters: SearchResult['unknownFilters'];
  /** Whether a document passes; undefined when there is nothing to filter by. */
  accepts: ((document: number) => boolean) | undefined;
  /** Values to offer in place of misspelt ones. */
  corrections: Correction[];
}

/** Values of one filter are alternatives, different filters must all hold, and a value that nothing has is set aside. */
export function resolveFilters(data: IndexData, parsed: readonly TypedFilter[]): ResolvedFilters {
  const wanted = new Map<FacetName, Set<string>>();
  const unknownFilters: SearchResult['unknownFilters'] = [];
  const corrections: Correction[] = [];
  for (const { name, typed, start, end } of parsed) {
    const known = data.facetValues[name];
    const values = completeValue(typed, known);
    if (values.length === 0) {
      unknownFilters.push({ name, typed, known: known.slice(0, MAX_KNOWN_VALUES) });
      const meant = nearestValue(typed, known);
      // Spaces and commas end a value that is not in quotes; a hyphen is read as either.
      if (meant !== undefined) corrections.push({ start, end, spelling: meant.replace(/[\s,"]+/gu, '-') });
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
  return { filters, unknownFilters, accepts: columns.length === 0 ? undefined : accepts, corrections };
}

/**
 * `allen`, `Allen Bradley`, `allen-brad`, `bradley` and `ab` all complete to `allen_bradley`, `faults` to `fault`. The
 * strictest reading wins.
 */
function completeValue(typed: string, known: readonly string[]): string[] {
  const key = squeeze(typed);
  if (key === '') return [];
  const readings: ((value: string) => boolean)[] = [
    (value) => value === typed,
    (value) => squeeze(value) === key,
    (value) => squeeze(value).startsWith(key),
    (value) => initials(value) === key,
    (value) => wordsOf(value).some((word) => word.startsWith(key)),
    (value) => key.endsWith('s') && stem(squeeze(value)) === stem(key),
  ];
  for (const reading of readings) {
    const matching = known.filter(reading);
    if (matching.length > 0) return matching;
  }
  return [];
}

/** Whether a typed value means, or misspells, one that there is. */
export function isLikeValue(typed: string, known: readonly string[]): boolean {
  return completeValue(typed, known).length > 0 || nearestValue(typed, known) !== undefined;
}

/** The value that is, or has a word that is, a slip or two away from a typed one. */
function nearestValue(typed: string, known: readonly string[]): string | undefined {
  const key = squeeze(typed);
  let limit = slipsForgivenIn(key);
  let nearest: string | undefined;
  for (const value of known) {
    const spellings = new Set([squeeze(value), ...wordsOf(value)]);
    const distance = Math.min(...[...spellings].map((spelling) => editDistance(key, spelling, limit)));
    if (distance > limit) continue;
    nearest = value;
    limit = distance - 1;
  }
  return nearest;
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
