export type Vote = 'up' | 'down';

/** How long one user's opinion of an atom is kept. */
export const FEEDBACK_KEPT_MS = 365 * 24 * 3_600_000;

export interface Tally {
  up: number;
  down: number;
}

/** What users think of atoms: one vote per atom and user, a later one replaces an earlier. */
export interface FeedbackStore {
  /** @throws StoreUnavailableError */
  record(feedback: {
    atomId: string;
    userId: number;
    vote: Vote;
    updateId: number;
    nowMs: number;
    keepUntilMs: number;
    /** When the record is of no use any more. */
    signal?: AbortSignal;
  }): Promise<void>;
  /** @throws StoreUnavailableError */
  tally(atomId: string, nowMs: number): Promise<Tally>;
}
