const MAX_RETRY_AFTER_S = 3_600;
const SLOWEST_RETRY_S = 60;

/** Telegram's memory of an update that its webhook did not take. */
export interface RetryState {
  readonly failures: number;
  /** The wait that the next one doubles. */
  readonly delayS: number;
}

export const FIRST_ATTEMPT: RetryState = { failures: 0, delayS: 1 };

/**
 * The wait in seconds before the next attempt: none after the first failure, then 2, 4, 8, 16, 32, from then on
 * somewhere in 60 to 120. A `Retry-After` (at most an hour is honoured) takes the place of one wait and leaves the
 * series where it was.
 */
export function afterFailure(
  state: RetryState,
  options: { retryAfterS: number; random: () => number },
): { waitS: number; next: RetryState } {
  const retryAfterS = Math.min(Math.max(options.retryAfterS, 0), MAX_RETRY_AFTER_S);
  const failures = state.failures + 1;
  if (retryAfterS > 0 || state.failures === 0) {
    return { waitS: retryAfterS, next: { failures, delayS: state.delayS } };
  }
  const ceilingS = SLOWEST_RETRY_S + Math.floor(options.random() * (SLOWEST_RETRY_S + 1));
  const delayS = Math.min(ceilingS, state.delayS * 2);
  return { waitS: delayS, next: { failures, delayS } };
}

/** `Retry-After` as Telegram reads it: whole seconds; anything else, such as a date, counts as none. */
export function retryAfterSeconds(header: string | undefined): number {
  return header !== undefined && /^\d{1,9}$/.test(header.trim()) ? Number(header) : 0;
}
