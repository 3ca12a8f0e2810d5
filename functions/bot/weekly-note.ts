import type { Pointer } from '../knowledge/store.ts';
import type { AdminNotes } from './admin-notes.ts';
import type { FeedbackStore } from './feedback-store.ts';
import { type GapStore, lastDays } from './gap-store.ts';
import type { Week } from './texts/week.ts';

const WEEK_DAYS = 7;
export const WEEK_MS = WEEK_DAYS * 24 * 3_600_000;
/** How often a process looks whether the week is over. */
const LOOK_EVERY_MS = 15 * 60_000;
const MAX_GAPS = 5;
const MAX_ATOMS = 5;

/** Remembers when the last weekly note went to administrators. */
export interface WeeklyStore {
  /**
   * Takes the week that ends now, so that nobody else tells of it.
   * @returns how many atoms there were when the last one was taken; `undefined` when it is not over yet, or when this
   *   is the first: then there is no week to tell of
   * @throws StoreUnavailableError
   */
  take(week: { nowMs: number; atoms: number }): Promise<{ atomsBefore: number } | undefined>;
}

export interface WeeklyNoteOptions {
  isWanted: boolean;
  readPointer: () => Promise<Pointer | undefined>;
  store: WeeklyStore;
  gaps: Pick<GapStore, 'list'>;
  feedback: Pick<FeedbackStore, 'listBad'>;
  admins: Pick<AdminNotes, 'tell' | 'userIds'>;
  nowMs: () => number;
}

/**
 * Tells administrators once a week what the knowledge base gained and lacks. At most once: a process that takes the
 * week and then dies has told nobody, which is better than telling twice. A week without news is not told.
 */
export class WeeklyNote {
  readonly #options: WeeklyNoteOptions;
  #nextLookMs = 0;

  constructor(options: WeeklyNoteOptions) {
    this.#options = options;
  }

  /** One look; most of them cost nothing. @throws StoreUnavailableError */
  async look(): Promise<void> {
    const { isWanted, readPointer, store, gaps, feedback, admins, nowMs: now } = this.#options;
    const nowMs = now();
    if (!isWanted || admins.userIds.length === 0 || nowMs < this.#nextLookMs) return;
    const atoms = (await readPointer())?.current.atoms ?? 0;
    const taken = await store.take({ nowMs, atoms });
    this.#nextLookMs = nowMs + LOOK_EVERY_MS;
    if (taken === undefined) return;
    const days = lastDays(WEEK_DAYS, nowMs);
    const week: Week = {
      atoms,
      added: atoms - taken.atomsBefore,
      gaps: await gaps.list({ days, limit: MAX_GAPS, nowMs }),
      badlyVoted: await feedback.listBad({ days, limit: MAX_ATOMS, nowMs }),
    };
    if (week.added === 0 && week.gaps.length === 0 && week.badlyVoted.length === 0) return;
    await admins.tell((texts) => texts.admin.week(week));
  }
}
