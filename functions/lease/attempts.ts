import type { AttemptNote, LedgerRecord } from './ledger-store.ts';
import { MAX_HISTORY } from './limits.ts';
import { NOTHING_SENT, type Progress } from './outbox.ts';

/** The past of one update before this attempt, as its claim found it. */
export interface AttemptState {
  /** Counted attempts, this one included. */
  attempts: number;
  failures: number;
  /** Counted attempts of which nobody saw the end, or that used up their time by themselves, without this one. */
  vanished: number;
  firstAttemptAtMs: number;
  history: AttemptNote[];
  progress: Progress;
}

export interface AttemptLimits {
  maxAttempts: number;
  /** An attempt can vanish through no fault of the update (a bad deployment, an outage), so it gets this long. */
  vanishedGraceMs: number;
}

/**
 * When several attempts vanish in a row, the history keeps the last: the claim counts them, but it is the next
 * outcome that writes them down.
 *
 * @param before the record that the claim replaced; `undefined` for a first attempt
 */
export function attemptStateAfterClaim(before: LedgerRecord | undefined, nowMs: number): AttemptState {
  if (before === undefined) {
    return {
      attempts: 1,
      failures: 0,
      vanished: 0,
      firstAttemptAtMs: nowMs,
      history: [],
      progress: NOTHING_SENT,
    };
  }
  const history = [...before.history];
  if (before.status === 'claimed') {
    const { claimedAtMs, fencingToken, holder } = before;
    history.push({ startedAtMs: claimedAtMs, ended: 'vanished', fencingToken, holder });
  }
  return {
    attempts: before.attempts + 1,
    failures: before.failures,
    vanished: Math.max(0, before.attempts - before.failures),
    firstAttemptAtMs: before.firstAttemptAtMs ?? nowMs,
    history,
    progress: before.progress,
  };
}

/** The state of our own claim whose response was lost: what it replaced is no longer to be seen. */
export function attemptStateOfOwnClaim(claimed: LedgerRecord): AttemptState {
  return {
    attempts: claimed.attempts,
    failures: claimed.failures,
    vanished: Math.max(0, claimed.attempts - 1 - claimed.failures),
    firstAttemptAtMs: claimed.firstAttemptAtMs ?? claimed.claimedAtMs,
    history: [...claimed.history],
    progress: claimed.progress,
  };
}

export type Admission = { kind: 'handle' } | { kind: 'park' } | { kind: 'cool'; forMs: number };

/**
 * Whether an update that was just claimed is handled at all. Where attempts have vanished, the last one is made after the
 * grace period: what made them vanish may have been an outage, and what kills its process does not do so at once again.
 */
export function admit(state: AttemptState, limits: AttemptLimits, nowMs: number): Admission {
  if (state.vanished === 0 || state.attempts < limits.maxAttempts) return { kind: 'handle' };
  const forMs = state.firstAttemptAtMs + limits.vanishedGraceMs - nowMs;
  if (forMs > 0) return { kind: 'cool', forMs };
  return { kind: state.attempts === limits.maxAttempts ? 'handle' : 'park' };
}

/**
 * One that is handed back to wait out the grace period has one attempt left: claims that the ledger did not confirm may
 * have counted more than were made.
 */
export function whileCooling(state: AttemptState, { maxAttempts }: AttemptLimits): AttemptState {
  // One that vanished has to stay visible beside the failures, or the grace period would be forgotten.
  const fewest = state.failures + 2;
  return { ...state, attempts: Math.max(fewest, Math.min(state.attempts, maxAttempts)) };
}

export function withNote(history: readonly AttemptNote[], note: AttemptNote): AttemptNote[] {
  const all = [...history, note];
  // The first attempt tells how it began; of the rest the latest matter.
  return all.length <= MAX_HISTORY ? all : [...all.slice(0, 1), ...all.slice(1 - MAX_HISTORY)];
}
