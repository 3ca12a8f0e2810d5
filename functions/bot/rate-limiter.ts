/** The kinds of use, each with a count of its own. */
export type RateKind = 'messages' | 'presses' | 'inline' | 'albums' | 'refusals' | 'notes';

/** No kind of use has a longer window. */
export const LONGEST_WINDOW_MS = 24 * 3_600_000;

/** How long a count is kept after its window, for the curious. */
export const COUNT_KEPT_MS = 24 * 3_600_000;

export interface RateRequest {
  /** A person's, or that of the chat on whose behalf somebody wrote. */
  userId: number;
  kind: RateKind;
  /** The update that counts; counted again it changes nothing, and is answered the same. */
  updateId: number;
  limit: number;
  windowMs: number;
  nowMs: number;
  /** When the answer is of no use any more. */
  signal?: AbortSignal;
}

/** `told`: over the limit, and this is the one update in the window whose answer is to say so. */
export type RateVerdict = 'within' | 'told' | 'over';

/** Counts what a user does in windows of fixed length. */
export interface RateLimiter {
  /** @throws StoreUnavailableError */
  count(request: RateRequest): Promise<RateVerdict>;
}

/** Which window a moment is in: its first minute since the epoch. */
export function windowStartMinute(nowMs: number, windowMs: number): number {
  return Math.floor((Math.floor(nowMs / windowMs) * windowMs) / 60_000);
}
