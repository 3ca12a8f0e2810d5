/** How long an unanswered search is kept. */
export const GAP_KEPT_MS = 90 * 24 * 3_600_000;

const MAX_GAP_CHARACTERS = 200;
const DAY_MS = 24 * 3_600_000;

export interface Gap {
  query: string;
  count: number;
  /** `2026-11-23`, UTC */
  lastDay: string;
}

/** Searches that found nothing, or only what is near to them. The asker is neither given nor kept. */
export interface GapStore {
  /** Counted again with the same update id it changes nothing. @throws StoreUnavailableError */
  record(gap: {
    day: string;
    query: string;
    updateId: number;
    keepUntilMs: number;
    /** When the record is of no use any more. */
    signal?: AbortSignal;
  }): Promise<void>;
  /** Over the given days, the most frequent first, equals by name. @throws StoreUnavailableError */
  list(options: { days: readonly string[]; limit: number; nowMs: number }): Promise<Gap[]>;
}

/** One form for all spellings of a query; `undefined` when there is nothing to learn from it. */
export function gapQuery(query: string): string | undefined {
  const text = [...query.toLowerCase().replace(/\s+/g, ' ').trim()]
    .slice(0, MAX_GAP_CHARACTERS)
    .join('')
    .trim();
  return /[\p{L}\p{N}]/u.test(text) ? text : undefined;
}

export function dayOf(nowMs: number): string {
  return new Date(nowMs).toISOString().slice(0, 10);
}

/** The last `count` days, today first. */
export function lastDays(count: number, nowMs: number): string[] {
  return Array.from({ length: count }, (_, i) => dayOf(nowMs - i * DAY_MS));
}
