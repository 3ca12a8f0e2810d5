import type { Tenure } from './tenure.ts';
import type { IncomingUpdate } from './update.ts';

/** Handles one update; every effect it has goes through the tenure. */
export type UpdateHandler = (update: IncomingUpdate, tenure: Tenure) => Promise<void>;

/** The judgement on an attempt, which says whose fault its error was: see G5 in ./README.md. */
export type Verdict =
  /** Nothing to repeat: done, or refused in a way that a repetition would not change. */
  | { kind: 'done' }
  /** The update's own fault: the attempt counts. */
  | { kind: 'failed'; error: string }
  /** Not the update's fault: the attempt is handed back. */
  | {
      kind: 'deferred';
      reason: 'telegram' | 'store' | 'deadline' | 'lease-lost';
      error?: string;
      retryAfterMs?: number;
    };

/** Judges what a handler threw. `error` in the verdict holds no message text, no token and no secret. */
export type Judge = (error: unknown) => Verdict;
