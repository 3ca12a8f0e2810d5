import { DeleteCommand, GetCommand, QueryCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { beforeEach, expect, it } from 'vitest';
import { DeadIndex } from '../../functions/dynamodb/dead-index.ts';
import { keys } from '../../functions/dynamodb/keys.ts';
import { DynamoLedgerStore } from '../../functions/dynamodb/ledger-store.ts';
import { inParallel } from '../../functions/lease/in-parallel.ts';
import type { ClaimRequest, LedgerRecord, SettleRequest } from '../../functions/lease/ledger-store.ts';
import { describeOnEveryStore } from '../fixtures/dynamodb-endpoints.ts';
import { observe } from '../fixtures/observed-client.ts';

const updateId = 7;
const now = 1_700_000_000_000;
const dedupeMs = 48 * 3_600_000;

function claimOf(fencingToken: number, attemptId: string, more: Partial<ClaimRequest> = {}): ClaimRequest {
  const nowMs = more.nowMs ?? now;
  return { updateId, fencingToken, attemptId, holder: 'A', nowMs, dedupeUntilMs: nowMs + dedupeMs, ...more };
}

function outcomeOf(
  fencingToken: number,
  attemptId: string,
  status: SettleRequest['status'],
  more: Partial<SettleRequest> = {},
): SettleRequest {
  return {
    updateId,
    fencingToken,
    attemptId,
    status,
    nowMs: now + 100,
    attempts: 1,
    failures: status === 'failed' ? 1 : 0,
    firstAttemptAtMs: now,
    history: [],
    progress: { sent: 0, unconfirmed: 0 },
    dedupeUntilMs: now + 100 + dedupeMs,
    keepUntilMs: now + 100 + dedupeMs,
    error: status === 'done' ? undefined : 'it broke',
    payload: status === 'dead' ? { update_id: updateId } : undefined,
    ...more,
  };
}

describeOnEveryStore('the ledger item', (store) => {
  let ledger: DynamoLedgerStore;
  let client: DynamoDBDocumentClient;
  let tableName: string;

  const raw = async () => {
    const { Item } = await client.send(
      new GetCommand({ TableName: tableName, Key: keys.update('42', updateId), ConsistentRead: true }),
    );
    return Item;
  };
  const unchangedBy = async (write: () => Promise<{ kind: string }>): Promise<void> => {
    const before = await raw();
    const record = await ledger.read(updateId);
    expect(await write()).toStrictEqual({ kind: 'refused', item: record });
    expect(await raw()).toStrictEqual(before);
  };

  beforeEach(async () => {
    ({ client, tableName } = await store.freshTable());
    ledger = new DynamoLedgerStore({ client, tableName, scope: '42' });
  });

  it('is claimed when the update is new, which has no past', async () => {
    expect(await ledger.claim(claimOf(3, 'c1'))).toStrictEqual({ kind: 'applied', before: undefined });
    expect(await ledger.read(updateId)).toStrictEqual({
      updateId,
      status: 'claimed',
      fencingToken: 3,
      attemptId: 'c1',
      holder: 'A',
      attempts: 1,
      failures: 0,
      firstAttemptAtMs: now,
      claimedAtMs: now,
      settledAtMs: undefined,
      parked: false,
      dedupeUntilMs: now + dedupeMs,
      error: undefined,
      history: [],
      progress: { sent: 0, unconfirmed: 0 },
    } satisfies LedgerRecord);
    expect(await raw()).toMatchObject({ expires_at: Math.ceil((now + dedupeMs) / 1000) });
  });

  it('keeps the messages that were sent through claims and a parking, and repetitions until a replay', async () => {
    const progress = { sent: 2, unconfirmed: 1 };
    await ledger.claim(claimOf(3, 'c1'));
    await ledger.settle(outcomeOf(3, 's1', 'deferred', { progress }));
    expect(await ledger.claim(claimOf(4, 'c2'))).toMatchObject({ kind: 'applied', before: { progress } });
    expect(await ledger.read(updateId)).toMatchObject({ status: 'claimed', progress });
    await ledger.settle(outcomeOf(4, 's2', 'dead', { progress: { sent: 2, unconfirmed: 3 } }));
    const request = { updateId, expectedAttemptId: 's2', attemptId: 'r1', nowMs: now + 200 };
    await ledger.replay({ ...request, dedupeUntilMs: now + dedupeMs, keepUntilMs: now + dedupeMs });
    expect(await ledger.read(updateId)).toMatchObject({ progress: { sent: 2, unconfirmed: 0 } });
  });

  it('gives none of its messages to another update of the same id', async () => {
    await ledger.claim(claimOf(3, 'c1'));
    await ledger.settle(outcomeOf(3, 's1', 'failed', { progress: { sent: 2, unconfirmed: 1 } }));
    const muchLater = now + 2 * dedupeMs;
    await ledger.claim(claimOf(1, 'c2', { nowMs: muchLater, replacesExpiredToken: 3 }));
    expect(await ledger.read(updateId)).toMatchObject({ progress: { sent: 0, unconfirmed: 0 } });
  });

  it('is claimed over a lower token, which counts the attempt and fences the former holder', async () => {
    await ledger.claim(claimOf(3, 'c1'));
    const reply = await ledger.claim(claimOf(5, 'c2', { holder: 'B', nowMs: now + 50 }));
    expect(reply).toMatchObject({
      kind: 'applied',
      before: { status: 'claimed', fencingToken: 3, holder: 'A' },
    });
    expect(await ledger.read(updateId)).toMatchObject({
      fencingToken: 5,
      holder: 'B',
      attempts: 2,
      firstAttemptAtMs: now,
      claimedAtMs: now + 50,
    });
    await unchangedBy(() => ledger.settle(outcomeOf(3, 's1', 'done')));
  });

  it.each(['claimed', 'failed', 'deferred'] as const)(
    'is claimed again over %s under a higher token only',
    async (status) => {
      await ledger.claim(claimOf(3, 'c1'));
      if (status !== 'claimed') await ledger.settle(outcomeOf(3, 's1', status));
      await unchangedBy(() => ledger.claim(claimOf(2, 'c2')));
      await unchangedBy(() => ledger.claim(claimOf(3, 'c3')));
      expect(await ledger.claim(claimOf(4, 'c4'))).toMatchObject({ kind: 'applied', before: { status } });
    },
  );

  it.each(['done', 'dead'] as const)('is not claimed once it is %s, under any token', async (status) => {
    await ledger.claim(claimOf(3, 'c1'));
    await ledger.settle(outcomeOf(3, 's1', status));
    for (const token of [2, 3, 4, 999]) await unchangedBy(() => ledger.claim(claimOf(token, `c${token}`)));
  });

  it('refuses a claim by the attempt that it carries, whatever its token', async () => {
    await ledger.claim(claimOf(3, 'c1'));
    await unchangedBy(() => ledger.claim(claimOf(4, 'c1')));
    await ledger.settle(outcomeOf(3, 's1', 'done'));
    const later = now + dedupeMs * 2;
    await unchangedBy(() => ledger.claim(claimOf(4, 's1', { nowMs: later, replacesExpiredToken: 3 })));
  });

  it('is replaced as another update once it deduplicates no longer, and every trace of the former is gone', async () => {
    await ledger.claim(claimOf(3, 'c1'));
    await ledger.settle(outcomeOf(3, 's1', 'dead', { attempts: 5, failures: 4, history: [noteOf(3)] }));
    const until = now + 100 + dedupeMs;
    await unchangedBy(() => ledger.claim(claimOf(4, 'c2', { nowMs: until, replacesExpiredToken: 3 })));
    await unchangedBy(() => ledger.claim(claimOf(4, 'c3', { nowMs: until + 1 })));
    await unchangedBy(() => ledger.claim(claimOf(4, 'c4', { nowMs: until + 1, replacesExpiredToken: 2 })));
    // In another partition, whose tokens are lower.
    const replacing = claimOf(2, 'c6', { nowMs: until + 1, replacesExpiredToken: 3 });
    expect(await ledger.claim(replacing)).toMatchObject({ kind: 'applied' });
    expect(await raw()).toStrictEqual({
      ...keys.update('42', updateId),
      status: 'claimed',
      fencing_token: 2,
      attempt_id: 'c6',
      holder: 'A',
      attempts: 1,
      failures: 0,
      first_attempt_at_ms: until + 1,
      claimed_at_ms: until + 1,
      dedupe_until_ms: until + 1 + dedupeMs,
      expires_at: Math.ceil((until + 1 + dedupeMs) / 1000),
      history: [],
    });
    expect(await ledger.payload(updateId)).toBeUndefined();
    await unchangedBy(() => ledger.claim(replacing));
  });

  it('is not claimed as the same update once it deduplicates no longer, though it was never settled', async () => {
    await ledger.claim(claimOf(3, 'c1'));
    const late = now + dedupeMs + 1;
    await unchangedBy(() => ledger.claim(claimOf(4, 'c2', { nowMs: late })));
    expect(await ledger.claim(claimOf(4, 'c3', { nowMs: late, replacesExpiredToken: 3 }))).toMatchObject({
      kind: 'applied',
    });
    expect(await ledger.read(updateId)).toMatchObject({ attempts: 1, firstAttemptAtMs: late });
  });

  it.each(['done', 'failed', 'deferred', 'dead'] as const)(
    'is settled as %s by the token that claimed it',
    async (status) => {
      await unchangedBy(() => ledger.settle(outcomeOf(3, 's0', status)));
      await ledger.claim(claimOf(3, 'c1'));
      await unchangedBy(() => ledger.settle(outcomeOf(2, 's1', status)));
      await unchangedBy(() => ledger.settle(outcomeOf(4, 's2', status)));
      await unchangedBy(() => ledger.settle(outcomeOf(3, 'c1', status)));
      const settle = outcomeOf(3, 's3', status, { history: [noteOf(3)] });
      expect(await ledger.settle(settle)).toMatchObject({ kind: 'applied', before: { status: 'claimed' } });
      expect(await ledger.read(updateId)).toMatchObject({
        status,
        fencingToken: 3,
        attemptId: 's3',
        settledAtMs: now + 100,
        dedupeUntilMs: now + 100 + dedupeMs,
        error: status === 'done' ? undefined : 'it broke',
        history: [{ ...noteOf(3) }],
      });
      await unchangedBy(() => ledger.settle(settle));
      for (const other of ['done', 'failed', 'deferred', 'dead'] as const) {
        await unchangedBy(() => ledger.settle(outcomeOf(3, `s-${other}`, other)));
      }
    },
  );

  it('is not changed by late copies of claims and settlements, right after them or after others have claimed it', async () => {
    const late = [() => ledger.claim(claimOf(3, 'c1')), () => ledger.settle(outcomeOf(3, 's1', 'failed'))];
    for (const write of late) expect(await write()).toMatchObject({ kind: 'applied' });
    for (const write of late) await unchangedBy(write);
    await ledger.claim(claimOf(4, 'c2'));
    for (const write of late) await unchangedBy(write);
    await ledger.settle(outcomeOf(4, 's2', 'done'));
    for (const write of late) await unchangedBy(write);
  });

  it('forgets when the first counted attempt was, once none is counted', async () => {
    await ledger.claim(claimOf(3, 'c1'));
    await ledger.settle(outcomeOf(3, 's1', 'deferred', { attempts: 0, firstAttemptAtMs: undefined }));
    expect(await ledger.read(updateId)).toMatchObject({ attempts: 0, firstAttemptAtMs: undefined });
    await ledger.claim(claimOf(4, 'c2', { nowMs: now + 500 }));
    expect(await ledger.read(updateId)).toMatchObject({ attempts: 1, firstAttemptAtMs: now + 500 });
  });

  it('keeps its failures and their history through the next claim', async () => {
    await ledger.claim(claimOf(3, 'c1'));
    await ledger.settle(outcomeOf(3, 's1', 'failed', { history: [noteOf(3)] }));
    await ledger.claim(claimOf(4, 'c2'));
    expect(await ledger.read(updateId)).toMatchObject({ attempts: 2, failures: 1, history: [noteOf(3)] });
  });

  it('forgets the last error once it is done', async () => {
    await ledger.claim(claimOf(3, 'c1'));
    await ledger.settle(outcomeOf(3, 's1', 'failed'));
    await ledger.claim(claimOf(4, 'c2'));
    await ledger.settle(outcomeOf(4, 's2', 'done'));
    expect(await raw()).not.toHaveProperty('last_error');
  });

  const replay = {
    updateId,
    expectedAttemptId: 's1',
    attemptId: 'r1',
    nowMs: now,
    dedupeUntilMs: now + dedupeMs * 3,
    keepUntilMs: now + 20 * dedupeMs,
  };
  const drop = { updateId, expectedAttemptId: 's1', attemptId: 'd1', nowMs: now };
  const death = { keepUntilMs: now + 15 * dedupeMs };
  const listed = async (): Promise<Record<string, unknown>[]> => {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': keys.dead('42', updateId).pk },
        ConsistentRead: true,
      }),
    );
    return Items;
  };
  const die = async (): Promise<void> => {
    await ledger.claim(claimOf(3, 'c1'));
    expect(await ledger.settle(outcomeOf(3, 's1', 'dead', death))).toMatchObject({ kind: 'applied' });
  };
  /** Parked, replayed, and then this. */
  const replayedAnd = async (status: 'claimed' | 'failed' | 'deferred' | 'dead' | 'done'): Promise<void> => {
    await die();
    expect(await ledger.replay(replay)).toMatchObject({ kind: 'applied' });
    await ledger.claim(claimOf(4, 'c2'));
    if (status !== 'claimed') await ledger.settle(outcomeOf(4, 's2', status));
  };

  it.each(['claimed', 'done', 'failed', 'deferred'] as const)(
    'is neither replayed nor dropped while it is %s and was never parked',
    async (status) => {
      const expectedAttemptId = status === 'claimed' ? 'c1' : 's1';
      // However old it is.
      const nowMs = now + dedupeMs;
      await ledger.claim(claimOf(3, 'c1'));
      if (status !== 'claimed') await ledger.settle(outcomeOf(3, 's1', status));
      await unchangedBy(() => ledger.replay({ ...replay, expectedAttemptId, nowMs }));
      await unchangedBy(() => ledger.drop({ ...drop, expectedAttemptId, nowMs }));
      expect(await ledger.read(updateId)).toMatchObject({ parked: false });
    },
  );

  it('is replayed when dead: failed with its token, its attempts begun anew and its payload kept', async () => {
    await ledger.claim(claimOf(3, 'c1'));
    await ledger.settle(outcomeOf(3, 's1', 'dead', { attempts: 5, failures: 5, ...death }));
    await unchangedBy(() => ledger.replay({ ...replay, attemptId: 's1' }));
    await unchangedBy(() => ledger.replay({ ...replay, expectedAttemptId: 'c1' }));
    expect(await ledger.replay(replay)).toMatchObject({ kind: 'applied', before: { status: 'dead' } });
    expect(await ledger.read(updateId)).toMatchObject({
      status: 'failed',
      parked: true,
      fencingToken: 3,
      attempts: 0,
      failures: 0,
      firstAttemptAtMs: undefined,
      dedupeUntilMs: replay.dedupeUntilMs,
    });
    expect(await ledger.payload(updateId)).toStrictEqual({ update_id: updateId });
    await unchangedBy(() => ledger.claim(claimOf(3, 'c2')));
    expect(await ledger.claim(claimOf(4, 'c3'))).toMatchObject({ kind: 'applied' });
  });

  it.each(['claimed', 'failed', 'deferred', 'dead'] as const)(
    'is listed and kept with its payload when it was replayed and is %s',
    async (status) => {
      await replayedAnd(status);
      expect(await ledger.listDead({ limit: 10 })).toMatchObject([{ updateId, status, parked: true }]);
      expect(await ledger.payload(updateId)).toStrictEqual({ update_id: updateId });
      const expires = status === 'dead' ? now + 100 + dedupeMs : replay.keepUntilMs;
      expect(await raw()).toMatchObject({ expires_at: Math.ceil(expires / 1000) });
      expect(await listed()).toMatchObject([{ expires_at: Math.ceil(expires / 1000) }]);
    },
  );

  it('stays on the list for as long as its last replay says, whatever lands late of its death or of an earlier replay', async () => {
    await die();
    await ledger.replay(replay);
    const index = new DeadIndex({ client, tableName, scope: '42' });
    const late = { updateId, fencingToken: 3, nowMs: now, ttlSeconds: Math.ceil(death.keepUntilMs / 1000) };
    await index.add(late);
    await index.keep(late);
    expect(await listed()).toMatchObject([{ expires_at: Math.ceil(replay.keepUntilMs / 1000) }]);
  });

  it('stays on the list for as long as its last replay says, whatever lands late of what an attempt between replays brought', async () => {
    await replayedAnd('failed');
    const longer = { ...replay, expectedAttemptId: 's2', keepUntilMs: replay.keepUntilMs + dedupeMs };
    await ledger.replay({ ...longer, attemptId: 'r2' });
    const index = new DeadIndex({ client, tableName, scope: '42' });
    // The late writes follow a death, and a replay, whose senders gave up.
    const late = { updateId, fencingToken: 4, nowMs: now, ttlSeconds: Math.ceil(replay.keepUntilMs / 1000) };
    await index.add(late);
    await index.keep(late);
    expect(await listed()).toMatchObject([{ expires_at: Math.ceil(longer.keepUntilMs / 1000) }]);
  });

  it('is looked up on the list as it is now', async () => {
    const traffic = observe(client);
    await ledger.listDead({ limit: 1 });
    expect(traffic.requests()).toMatchObject([{ kind: 'query', body: { ConsistentRead: true } }]);
  });

  it('is listed anew by a replay where its entry was swept before it', async () => {
    await die();
    await client.send(new DeleteCommand({ TableName: tableName, Key: keys.dead('42', updateId) }));
    expect(await ledger.listDead({ limit: 10 })).toEqual([]);
    expect(await ledger.replay(replay)).toMatchObject({ kind: 'applied' });
    expect(await ledger.listDead({ limit: 10 })).toMatchObject([{ updateId, parked: true }]);
    expect(await listed()).toMatchObject([{ expires_at: Math.ceil(replay.keepUntilMs / 1000) }]);
    await ledger.claim(claimOf(4, 'c2'));
    await ledger.settle(outcomeOf(4, 's2', 'done'));
    expect(await listed()).toEqual([]);
  });

  it.each(['failed', 'deferred', 'dead'] as const)(
    'is replayed again, or dropped, when it was replayed and is %s',
    async (status) => {
      await replayedAnd(status);
      await unchangedBy(() => ledger.replay({ ...replay, attemptId: 'r2' }));
      const again = { ...replay, attemptId: 'r2', expectedAttemptId: 's2' };
      expect(await ledger.replay(again)).toMatchObject({ kind: 'applied', before: { status } });
      expect(await ledger.read(updateId)).toMatchObject({ status: 'failed', attempts: 0, fencingToken: 4 });
      expect(await ledger.drop({ ...drop, expectedAttemptId: 'r2' })).toMatchObject({ kind: 'applied' });
      expect(await ledger.read(updateId)).toMatchObject({ status: 'dead', parked: false });
      expect(await listed()).toStrictEqual([]);
      await unchangedBy(() => ledger.claim(claimOf(9, 'c9')));
    },
  );

  it('is neither replayed nor dropped while it is claimed, until nobody can be at work any more', async () => {
    await replayedAnd('claimed');
    const late = { expectedAttemptId: 'c2', nowMs: now + 3_600_001 };
    const early = { ...late, nowMs: now + 3_600_000 };
    await unchangedBy(() => ledger.replay({ ...replay, ...early, attemptId: 'r2' }));
    await unchangedBy(() => ledger.drop({ ...drop, ...early }));
    expect(await ledger.replay({ ...replay, ...late, attemptId: 'r2' })).toMatchObject({ kind: 'applied' });
    await unchangedBy(() => ledger.settle(outcomeOf(4, 's2', 'done')));
    await ledger.claim(claimOf(5, 'c3'));
    expect(await ledger.drop({ ...drop, ...late, expectedAttemptId: 'c3' })).toMatchObject({
      kind: 'applied',
    });
    expect(await ledger.payload(updateId)).toBeUndefined();
  });

  it('gives its payload and its place on the list up when it is done', async () => {
    await replayedAnd('failed');
    await ledger.claim(claimOf(5, 'c3'));
    await ledger.settle(outcomeOf(5, 's3', 'done'));
    expect(await ledger.payload(updateId)).toBeUndefined();
    expect(await ledger.read(updateId)).toMatchObject({ status: 'done', parked: false });
    expect(await raw()).not.toHaveProperty('payload');
    expect(await raw()).toMatchObject({ expires_at: Math.ceil((now + 100 + dedupeMs) / 1000) });
    expect(await listed()).toStrictEqual([]);
  });

  it('is taken off the list by the consumer that settled it without learning so at once', async () => {
    await replayedAnd('done');
    await ledger.settle(outcomeOf(4, 's1', 'dead', death));
    expect(await listed()).toHaveLength(1);
    expect(await ledger.settle(outcomeOf(4, 's2', 'done'))).toMatchObject({
      kind: 'refused',
      item: { attemptId: 's2' },
    });
    expect(await listed()).toStrictEqual([]);
  });

  it('is tidied up when it is done or dropped, not before', async () => {
    await replayedAnd('failed');
    await ledger.tidy({ updateId, nowMs: now });
    await ledger.tidy({ updateId: 1_000, nowMs: now });
    expect(await listed()).toHaveLength(1);
    expect(await ledger.payload(updateId)).toStrictEqual({ update_id: updateId });
    await ledger.claim(claimOf(5, 'c3'));
    await ledger.settle(outcomeOf(5, 's3', 'done'));
    // A late copy of an earlier death's request.
    await ledger.settle(outcomeOf(3, 's1', 'dead', death));
    expect(await listed()).toHaveLength(1);
    expect(await ledger.listDead({ limit: 1 })).toStrictEqual([]);
    await ledger.tidy({ updateId, nowMs: now });
    expect(await listed()).toStrictEqual([]);
  });

  it('stays on the list when another update of its id, parked later, is on it', async () => {
    await replayedAnd('done');
    const later = now + 4 * dedupeMs;
    await ledger.claim(claimOf(8, 'c3', { nowMs: later, replacesExpiredToken: 4 }));
    expect(await ledger.read(updateId)).toMatchObject({ status: 'claimed', parked: false });
    expect(await raw()).toMatchObject({ expires_at: Math.ceil((later + dedupeMs) / 1000) });
    await ledger.settle(outcomeOf(8, 's3', 'dead', { nowMs: later }));
    // A late copy of the write that ended the first update.
    await new DeadIndex({ client, tableName, scope: '42' }).remove(updateId, 4);
    expect(await ledger.listDead({ limit: 1 })).toMatchObject([{ updateId, fencingToken: 8 }]);
  });

  it('is not changed by late copies of a replay or a drop after it has died again', async () => {
    await die();
    await ledger.replay(replay);
    await unchangedBy(() => ledger.replay(replay));
    await unchangedBy(() => ledger.drop(drop));
    await ledger.claim(claimOf(4, 'c2'));
    await ledger.settle(outcomeOf(4, 's2', 'dead'));
    await unchangedBy(() => ledger.replay(replay));
    await unchangedBy(() => ledger.drop(drop));
  });

  it('stays dead when dropped, without its payload, unlisted and beyond replay', async () => {
    await die();
    await unchangedBy(() => ledger.drop({ ...drop, attemptId: 's1' }));
    await unchangedBy(() => ledger.drop({ ...drop, expectedAttemptId: 'c1' }));
    expect(await ledger.drop(drop)).toMatchObject({ kind: 'applied', before: { status: 'dead' } });
    expect(await ledger.read(updateId)).toMatchObject({ status: 'dead', parked: false, fencingToken: 3 });
    expect(await ledger.payload(updateId)).toBeUndefined();
    // Not only hidden: what a person wrote is in the table no more.
    expect(await raw()).not.toHaveProperty('payload');
    expect(await listed()).toStrictEqual([]);
    await unchangedBy(() => ledger.drop(drop));
    await unchangedBy(() => ledger.drop({ ...drop, attemptId: 'd2', expectedAttemptId: 'd1' }));
    await unchangedBy(() => ledger.replay({ ...replay, expectedAttemptId: 'd1' }));
    await unchangedBy(() => ledger.claim(claimOf(9, 'c2')));
  });

  it('does not list a dropped update whose entry in the list was left behind', async () => {
    await die();
    await ledger.drop(drop);
    // A late copy of the settlement writes the entry anew before its condition refuses it.
    await unchangedBy(() => ledger.settle(outcomeOf(3, 's1', 'dead', death)));
    expect(await listed()).toHaveLength(1);
    expect(await ledger.listDead({ limit: 10 })).toStrictEqual([]);
  });

  it('does not list an update whose death was refused', async () => {
    await ledger.claim(claimOf(3, 'c1'));
    await ledger.claim(claimOf(4, 'c2'));
    await unchangedBy(() => ledger.settle(outcomeOf(3, 's1', 'dead')));
    await ledger.settle(outcomeOf(4, 's2', 'done'));
    expect(await ledger.listDead({ limit: 10 })).toStrictEqual([]);
    expect(await ledger.payload(updateId)).toBeUndefined();
  });

  it('reads a bounded part of the list, and says so where there is more of it', async () => {
    const index = new DeadIndex({ client, tableName, scope: '42' });
    // Entries of deaths that were refused.
    for (let id = 1; id <= 16; id += 1)
      await index.add({ updateId: id, fencingToken: 3, nowMs: now, ttlSeconds: now / 1000 });
    for (const id of [17, 18]) {
      await ledger.claim(claimOf(4, 'c2', { updateId: id }));
      await ledger.settle(outcomeOf(4, 's1', 'dead', { updateId: id }));
    }
    expect(await ledger.listDead({ limit: 100 })).toHaveLength(2);
    expect(await ledger.listDead({ limit: 100, maxRead: 17 })).toHaveLength(2);
    expect(await ledger.listDead({ limit: 1, maxRead: 17 })).toHaveLength(1);
    await expect(ledger.listDead({ limit: 100, maxRead: 16 })).rejects.toThrow(
      new RangeError('0 of the first 16 updates on the list are parked; there are more'),
    );
  });

  it('is found on the list behind more entries than one request reads', async () => {
    const index = new DeadIndex({ client, tableName, scope: '42' });
    const entry = { fencingToken: 3, nowMs: now, ttlSeconds: now / 1000 };
    const ids = Array.from({ length: 101 }, (_, before) => 1_000 + before);
    await inParallel(ids, (id) => index.add({ ...entry, updateId: id }));
    await ledger.claim(claimOf(4, 'c2', { updateId: 2_000 }));
    await ledger.settle(outcomeOf(4, 's1', 'dead', { updateId: 2_000 }));
    expect(await ledger.listDead({ limit: 1 })).toMatchObject([{ updateId: 2_000 }]);
  });

  it('lists the parked by update id, page after page, past those that are parked no more', async () => {
    const ids = [900, 5, 1_000_000, 42, 77, 6];
    for (const id of ids) {
      await ledger.claim(claimOf(3, 'c1', { updateId: id }));
      await ledger.settle(outcomeOf(3, 's1', 'dead', { updateId: id, payload: { update_id: id } }));
    }
    await ledger.replay({ ...replay, updateId: 6 });
    await ledger.drop({ ...drop, updateId: 77 });
    const expected = [5, 6, 42, 900, 1_000_000];
    for (const limit of [1, 2, 3, 10]) {
      const listed: number[] = [];
      for (let pages = 0; pages < 10; pages += 1) {
        const page = await ledger.listDead({ limit, afterUpdateId: listed.at(-1) });
        expect(page.length).toBeLessThanOrEqual(limit);
        if (page.length === 0) break;
        listed.push(...page.map((record) => record.updateId));
      }
      expect(listed).toStrictEqual(expected);
    }
    expect(await ledger.listDead({ limit: 10 })).toMatchObject([
      { status: 'dead', error: 'it broke' },
      { status: 'failed' },
      {},
      {},
      {},
    ]);
  });

  it('is one of its scope: a probe shares neither outcome nor list with the bot', async () => {
    const probe = new DynamoLedgerStore({ client, tableName, scope: '42#synthetic' });
    await ledger.claim(claimOf(3, 'c1'));
    await ledger.settle(outcomeOf(3, 's1', 'dead'));
    expect(await probe.read(updateId)).toBeUndefined();
    expect(await probe.listDead({ limit: 10 })).toStrictEqual([]);
  });
});

function noteOf(fencingToken: number) {
  return {
    startedAtMs: now,
    endedAtMs: now + 100,
    ended: 'failed' as const,
    fencingToken,
    holder: 'A',
    error: undefined,
  };
}
