import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { keys } from '../../../functions/dynamodb/keys.ts';
import { DynamoLeaseStore } from '../../../functions/dynamodb/lease-store.ts';
import { DynamoLedgerStore } from '../../../functions/dynamodb/ledger-store.ts';
import { isSettled as isSettledInCode } from '../../../functions/lease/ledger-store.ts';
import type { Item } from '../dynamodb/operand.ts';
import { Table, type Input } from '../dynamodb/table.ts';
import { Random } from '../world/random.ts';
import { isSettled, mayAcquire, mayClaim, mayForce, mayRelease, mayReplay, maySettle } from './conditions.ts';
import { NOBODY, type Lease, type LedgerItem, type Status } from './state.ts';

const SCOPE = '42';
const NOW_MS = 100_000_000;
const STALE_MS = NOW_MS - 1_000;
const KEY = { epoch: 1, partition: 0 };
const ROUNDS = 1_000;
const holderOf = (who: number): string => `consumer-${who}`;
const attemptOf = (attempt: number): string => `attempt-${attempt}`;

/** The adapters over a table with that item in it, if any. */
function over(item: Item | undefined) {
  const table = new Table({ returnsItemOnFailure: true });
  if (item !== undefined) table.items.set(`${String(item['pk'])}|${String(item['sk'])}`, item);
  const send = async (command: { constructor: { name: string }; input: Input }): Promise<Item> =>
    table.apply(command.constructor.name.replace('Command', ''), command.input).output;
  const client = { send } as unknown as DynamoDBDocumentClient;
  const options = { client, tableName: 'simulated', scope: SCOPE };
  return { leases: new DynamoLeaseStore(options), ledger: new DynamoLedgerStore(options) };
}

function randomLease(random: Random): { lease: Lease; expiresAtMs: number; item: Item } {
  const isHeld = random.chance(0.8);
  const lease: Lease = {
    token: random.whole(1, 4),
    holder: isHeld ? random.whole(0, 1) : NOBODY,
    update: isHeld ? 7 : NOBODY,
    attempt: random.whole(1, 4),
  };
  const expiresAtMs = isHeld ? STALE_MS + random.pick([-5_000, -1, 0, 1, 5_000]) : 0;
  const item: Item = {
    ...keys.lease(SCOPE, KEY.epoch, KEY.partition),
    fencing_token: lease.token,
    attempt_id: attemptOf(lease.attempt),
    lease_expires_at_ms: expiresAtMs,
    ...(isHeld && { holder: holderOf(lease.holder), update_id: 7, since_ms: 0 }),
  };
  return { lease, expiresAtMs, item };
}

function randomRecord(random: Random): { record: LedgerItem; item: Item | undefined } {
  const status = random.pick<Status>(['none', 'claimed', 'claimed', 'done', 'failed', 'deferred', 'dead']);
  const parked = status === 'dead' || (status !== 'none' && status !== 'done' && random.chance(0.4));
  const [token, attempt, attempts] = [random.whole(1, 4), random.whole(1, 4), random.whole(1, 5)];
  if (status === 'none')
    return { record: { status, token: 0, attempt: 0, attempts: 0, parked: false }, item: undefined };
  const item: Item = {
    ...keys.update(SCOPE, 7),
    status,
    fencing_token: token,
    attempt_id: attemptOf(attempt),
    holder: holderOf(0),
    attempts,
    failures: 0,
    claimed_at_ms: NOW_MS - 10,
    dedupe_until_ms: NOW_MS + 86_400_000,
    history: [],
    ...(parked && { parked_until: 99 }),
  };
  return { record: { status, token, attempt, attempts, parked }, item };
}

describe('the conditions of the model', () => {
  it('are those of the lease’s adapter', async () => {
    const random = new Random(1);
    for (let round = 0; round < ROUNDS; round += 1) {
      const { lease, expiresAtMs, item } = randomLease(random);
      const [by, attempt, token] = [random.whole(0, 1), random.whole(1, 6), random.whole(1, 4)];
      const [own, beyond] = [random.whole(0, 4), random.whole(0, 4)];
      const held = { key: KEY, holder: holderOf(by), attemptId: attemptOf(attempt), fencingToken: token };
      const acquired = await over(item).leases.acquire({
        ...held,
        updateId: 8,
        nowMs: NOW_MS,
        expiresAtMs: NOW_MS + 12_000,
        staleBeforeMs: STALE_MS,
        ...(own > 0 && { ownToken: own }),
        ...(beyond > 0 && { overToken: beyond }),
      });
      const released = await over(item).leases.release(held);
      const forced = await over(item).leases.forceRelease({
        ...held,
        expectedToken: token,
        nowMs: NOW_MS,
        by: 'operator',
        reason: 'compared',
      });
      const asked = { by, attempt, token, own, over: beyond };
      expect({
        item,
        asked,
        acquire: acquired.kind === 'applied',
        release: released.kind === 'applied',
        force: forced.kind === 'applied',
      }).toStrictEqual({
        item,
        asked,
        acquire: mayAcquire(lease, asked, expiresAtMs < STALE_MS),
        release: mayRelease(lease, asked),
        force: mayForce(lease, asked),
      });
    }
  });

  it('are those of the ledger’s adapter, and of the code that reads it', async () => {
    const random = new Random(2);
    for (let round = 0; round < ROUNDS; round += 1) {
      const { record, item } = randomRecord(random);
      const [attempt, token, seen] = [random.whole(1, 6), random.whole(1, 5), random.whole(1, 4)];
      const asked = { attempt, token, seen };
      const request = { updateId: 7, fencingToken: token, attemptId: attemptOf(attempt), nowMs: NOW_MS };
      const untilMs = NOW_MS + 86_400_000;
      const { ledger } = over(item);
      const settled = isSettledInCode(await ledger.read(7), token, NOW_MS);
      const claimed = await over(item).ledger.claim({
        ...request,
        holder: holderOf(1),
        dedupeUntilMs: untilMs,
      });
      const ended = await over(item).ledger.settle({
        ...request,
        status: 'failed',
        attempts: 1,
        failures: 1,
        history: [],
        progress: { sent: 0, unconfirmed: 0 },
        dedupeUntilMs: untilMs,
        keepUntilMs: untilMs,
      });
      const replayed = await over(item).ledger.replay({
        ...request,
        expectedAttemptId: attemptOf(seen),
        dedupeUntilMs: untilMs,
        keepUntilMs: untilMs,
      });
      expect({
        item,
        asked,
        claim: claimed.kind === 'applied',
        settle: ended.kind === 'applied',
        replay: replayed.kind === 'applied',
        settled,
      }).toStrictEqual({
        item,
        asked,
        claim: mayClaim(record, asked),
        settle: maySettle(record, asked),
        replay: mayReplay(record, asked),
        settled: isSettled(record, token),
      });
    }
  });
});
