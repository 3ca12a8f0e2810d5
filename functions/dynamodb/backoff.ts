import { setTimeout as sleep } from 'node:timers/promises';
import { StoreUnavailableError } from '../lease/store-unavailable.ts';

const FIRST_DELAY_MS = 25;
const LONGEST_DELAY_MS = 2_000;
const MAX_ROUNDS = 12;

/**
 * Sends a batch again with what was left unprocessed, until nothing is: DynamoDB answers a batch with success even
 * where it was too busy for parts of it. Full jitter, so that throttled writers do not come back together.
 * @throws StoreUnavailableError when some is still left after about ten seconds
 */
export async function untilProcessed<Batch>(
  batch: Batch,
  send: (batch: Batch) => Promise<Batch | undefined>,
): Promise<void> {
  let left: Batch | undefined = batch;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    left = await send(left);
    if (left === undefined) return;
    await sleep(Math.random() * Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** round));
  }
  throw new StoreUnavailableError(`DynamoDB left parts of a batch unprocessed ${MAX_ROUNDS} times`);
}
