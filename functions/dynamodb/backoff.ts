import { BATCH_ROUNDS } from '../aws/call-budgets.ts';
import { StoreUnavailableError } from '../lease/store-unavailable.ts';

const { firstPauseMs, longestPauseMs } = BATCH_ROUNDS;

export interface BackoffOptions {
  /** How often to send at most. */
  rounds: number;
  pause: (delayMs: number) => Promise<unknown>;
}

/**
 * Sends a batch again with what was left unprocessed, until nothing is: DynamoDB answers a batch with success even
 * where it was too busy for parts of it. Full jitter, so that throttled clients do not come back together.
 * @throws StoreUnavailableError when some is still left after the last round
 */
export async function untilProcessed<Batch>(
  batch: Batch,
  send: (batch: Batch) => Promise<Batch | undefined>,
  { rounds, pause }: BackoffOptions,
): Promise<void> {
  let left: Batch | undefined = batch;
  for (let round = 0; round < rounds; round++) {
    if (round > 0) await pause(Math.random() * Math.min(longestPauseMs, firstPauseMs * 2 ** round));
    left = await send(left);
    if (left === undefined) return;
  }
  throw new StoreUnavailableError(`DynamoDB left parts of a batch unprocessed ${rounds} times`);
}
