export type Vote = 'up' | 'down';

/** How long one user's opinion of an atom is kept. */
export const FEEDBACK_KEPT_MS = 365 * 24 * 3_600_000;

export interface Tally {
  up: number;
  down: number;
}

/** The votes of users on one atom. */
export interface AtomTally extends Tally {
  atomId: string;
}

/** How many atoms a list counts the votes of; each is read by itself. */
export const MAX_TALLIED_ATOMS = 500;

/** The votes of users on atoms: one per atom and user, a later one replaces an earlier. */
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
  /**
   * Atoms that were voted on in the given days and that somebody found not useful, the worst first, with all their
   * votes; of more than {@link MAX_TALLIED_ATOMS} voted on, those of the latest days. @throws StoreUnavailableError
   */
  listBad(options: { days: readonly string[]; limit: number; nowMs: number }): Promise<AtomTally[]>;
}
