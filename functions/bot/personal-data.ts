import { DEAD_KEPT_MS } from '../lease/limits.ts';
import type { Settings } from '../settings/settings.ts';
import { FEEDBACK_KEPT_MS } from './feedback-store.ts';
import { GAP_KEPT_MS } from './gap-store.ts';
import { QUERY_KEPT_MS } from './query-store.ts';
import { COUNT_KEPT_MS, LONGEST_WINDOW_MS } from './rate-limiter.ts';

const DAY_MS = 24 * 3_600_000;

/** The kinds of data that are kept under a user's id, so that they can be found again and deleted. */
export const NAMED = ['scripts', 'votes', 'parked', 'counts', 'language'] as const;
/** The kinds of data that are kept without their user: nobody can tell whose they were. */
const NAMELESS = ['gaps', 'queries', 'voted'] as const;

export type NamedData = (typeof NAMED)[number];
export type NamelessData = (typeof NAMELESS)[number];

/** How far back a table's backups reach: what is deleted stays in them for as long. */
export const BACKUP_DAYS = 35;

export interface Kept<Kind> {
  kind: Kind;
  /** Absent: until the person undoes it. */
  days?: number;
}

type KeepingSettings = Pick<Settings, 'scriptTtlDays' | 'recordGaps'>;

/**
 * Everything that is kept of people, and for how many days. `/privacy`, `/forgetme`, `bot users forget` and README.md
 * tell of what stands here; the adapter sorts every kind of item into it.
 */
export function keptOf(settings: KeepingSettings): {
  named: Kept<NamedData>[];
  nameless: Kept<NamelessData>[];
} {
  const days: Record<Exclude<NamedData | NamelessData, 'language'>, number> = {
    scripts: settings.scriptTtlDays,
    votes: FEEDBACK_KEPT_MS / DAY_MS,
    parked: DEAD_KEPT_MS / DAY_MS,
    counts: (LONGEST_WINDOW_MS + COUNT_KEPT_MS) / DAY_MS,
    gaps: GAP_KEPT_MS / DAY_MS,
    queries: QUERY_KEPT_MS / DAY_MS,
    voted: FEEDBACK_KEPT_MS / DAY_MS,
  };
  return {
    named: NAMED.map((kind) => (kind === 'language' ? { kind } : { kind, days: days[kind] })),
    nameless: NAMELESS.filter((kind) => kind !== 'gaps' || settings.recordGaps).map((kind) => ({
      kind,
      days: days[kind],
    })),
  };
}

/** How many of each kind were deleted. */
export interface Forgotten extends Record<NamedData, number> {
  /** Parked updates that are being handled again at this moment, and were left. */
  atWork: number;
}

export interface PersonalData {
  /**
   * Deletes everything that is kept under this id; repeated, it finds nothing more.
   * @param userId a person's, or that of a chat on whose behalf somebody wrote
   * @param options.signal when it is of no use any more
   * @throws StoreUnavailableError
   */
  forget(userId: number, options: { nowMs: number; signal?: AbortSignal }): Promise<Forgotten>;
}
