import { setTimeout as sleep } from 'node:timers/promises';
import { AwsCallError } from './signed-call.ts';

/** Nothing was begun, and it passes: a concurrency that is used up, a permission that was granted a moment ago. */
const PASSING = new Set(['TooManyRequestsException', 'AccessDeniedException']);

/**
 * Makes a call, and makes it again while AWS refuses it for a reason that passes. A call that was begun and failed, or
 * may have been begun, is not repeated.
 * @param options.until no further call is begun once this is aborted; one that is under way has its own limit
 * @throws the last refusal; whatever else the call throws
 */
export async function repeatRefused<T>(
  call: () => Promise<T>,
  { pauseMs, until }: { pauseMs: number; until: AbortSignal },
): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!isPassing(error) || until.aborted) throw error;
    }
    await sleep(pauseMs);
  }
}

function isPassing(error: unknown): boolean {
  return error instanceof AwsCallError && PASSING.has(error.code);
}
