import { randomUUID } from 'node:crypto';
import { isAtWork, type LedgerRecord, type LedgerStore } from '../lease/ledger-store.ts';
import { DEAD_KEPT_MS } from '../lease/limits.ts';
import { DEDUPE_MS } from '../lease/limits.ts';
import { hasLanded } from '../lease/lease-store.ts';

/** An update that cannot be replayed; the message says why. */
class ReplayError extends Error {
  override readonly name = 'ReplayError';
  readonly forOperator = true;
}

/**
 * One conditional write, after which the next delivery of a parked update is an ordinary one. An update that somebody
 * may be at work for is taken as it is: the consumer sees to it that nobody else is.
 * @returns the update as Telegram delivered it
 * @throws ReplayError, StoreUnavailableError
 */
export async function revive(ledger: LedgerStore, updateId: number): Promise<object> {
  const record = await ledger.read(updateId);
  if (record === undefined) throw new ReplayError(`Update ${updateId} is not known: see \`bot dead list\``);
  const payload = await ledger.payload(updateId);
  if (payload === undefined) throw new ReplayError(withoutPayload(record));
  const nowMs = Date.now();
  if (isAtWork(record, nowMs)) return payload;
  const attemptId = randomUUID();
  const reply = await ledger.replay({
    updateId,
    expectedAttemptId: record.attemptId,
    attemptId,
    nowMs,
    dedupeUntilMs: nowMs + DEDUPE_MS,
    keepUntilMs: nowMs + DEAD_KEPT_MS,
  });
  if (!hasLanded(reply, attemptId))
    throw new ReplayError(
      `Update ${updateId} was replayed or dropped by somebody else meanwhile: look again`,
    );
  return payload;
}

function withoutPayload({ updateId, status }: LedgerRecord): string {
  if (status === 'dead') return `Update ${updateId} was dropped: its payload is gone`;
  return status === 'done'
    ? `Update ${updateId} is done: there is nothing to replay`
    : `Update ${updateId} is ${status} and has no payload, so only Telegram can deliver it again`;
}
