import type { DeferralReason } from './events.ts';

/** The end of one delivery. Only the first three are durably settled, and only they are answered 2xx. */
export type Outcome =
  | { kind: 'done' }
  | { kind: 'duplicate'; of: 'done' | 'dead' }
  /** `mayHaveArrived`: its answer was sent as often as it may be, and never confirmed. */
  | { kind: 'parked'; error: string; mayHaveArrived?: true }
  /** Counted; to be delivered again. */
  | { kind: 'failed'; error: string }
  /** Handed back; to be delivered again. */
  | { kind: 'deferred'; reason: DeferralReason; retryAfterMs?: number }
  | { kind: 'busy'; holder?: string; retryAfterMs: number }
  /** Another consumer has taken the update over. */
  | { kind: 'fenced' }
  | { kind: 'unavailable' };

export function isSettledOutcome(outcome: Outcome): boolean {
  return outcome.kind === 'done' || outcome.kind === 'duplicate' || outcome.kind === 'parked';
}

/** How long the next delivery should wait, where the outcome says so. */
export function retryAfterOf(outcome: Outcome): number | undefined {
  return outcome.kind === 'busy' || outcome.kind === 'deferred' ? outcome.retryAfterMs : undefined;
}
