import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { conditionalUpdate } from '../../dynamodb/conditional-update.ts';
import { keys } from '../../dynamodb/keys.ts';
import { sleep } from '../../lease/clock.ts';
import type { StoredLease } from '../../lease/lease-store.ts';
import { MAX_HANDLER_DEADLINE_MS } from '../../settings/settings.ts';
import type { Protocol } from '../../wiring/protocol.ts';
import { standingTermMs } from './polling-bot.ts';
import { describeHolder } from '../machine/process-identity.ts';

/** No lease is granted for longer, whatever the settings; what goes beyond was written by a clock that was ahead. */
export const LONGEST_TERM_MS = standingTermMs(MAX_HANDLER_DEADLINE_MS);

/**
 * Ends the leases of a data folder that a clock which was ahead has given an end far away, and that nobody renews: a
 * container that follows a killed one would otherwise wait for it for as long as the clock was ahead.
 *
 * All who use a data folder are on this machine, so their clocks run alike. Nobody has written such an item for a whole
 * term, so its holder must renew it before it acts; only the end is corrected, on the condition that nobody has written
 * it since. A takeover after that, or a renewal before it, is under the conditions of every other lease.
 * @throws StoreUnavailableError
 */
export async function endLeasesOfAClockAhead(
  options: {
    protocol: Pick<Protocol, 'leases' | 'context'>;
    table: { client: DynamoDBDocumentClient; tableName: string; scope: string };
    isDead: (holder: string) => boolean;
    say: (line: string) => void;
  },
  signal: AbortSignal,
): Promise<void> {
  const { protocol, table, isDead, say } = options;
  const { clock, skewMs } = protocol.context;
  const latestMs = clock.wallMs() + LONGEST_TERM_MS + skewMs;
  const leases = (await protocol.leases.list()).filter(
    ({ item }) => item.holder !== undefined && item.expiresAtMs > latestMs && !isDead(item.holder),
  );
  const [first] = leases;
  if (first === undefined) return;
  const waitMs = LONGEST_TERM_MS + skewMs;
  say(
    `⚠️ The lease of ${describeHolder(first.item.holder!)} ends at ${new Date(first.item.expiresAtMs).toISOString()}, which no lease can: ` +
      `a clock was ahead when it was written. Looking for ${Math.ceil(waitMs / 1_000)} s whether it is renewed...`,
  );
  await sleep(clock, waitMs, signal);
  if (signal.aborted) return;
  for (const lease of leases) await correctEnd(lease, { table, endMs: clock.wallMs() - skewMs - 1 });
}

/** Unless anybody has written the item since it was read. */
async function correctEnd(
  { key, item }: StoredLease,
  { table, endMs }: { table: Parameters<typeof conditionalUpdate>[0]; endMs: number },
): Promise<void> {
  await conditionalUpdate(table, keys.lease(table.scope, key.epoch, key.partition), {
    UpdateExpression: 'SET lease_expires_at_ms = :end',
    // Each writing of the item has an attempt of its own.
    ConditionExpression: 'attempt_id = :seen',
    ExpressionAttributeValues: { ':end': endMs, ':seen': item.attemptId },
  });
}
