import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, expect, it } from 'vitest';
import { keys, TTL_ATTRIBUTE } from '../../functions/dynamodb/keys.ts';
import { DynamoLeaseStore } from '../../functions/dynamodb/lease-store.ts';
import type { AcquireRequest, LeaseItem } from '../../functions/lease/lease-store.ts';
import { describeOnEveryStore } from '../fixtures/dynamodb-endpoints.ts';
import { observe } from '../fixtures/observed-client.ts';

const key = { epoch: 1, partition: 0 };
const now = 1_000_000;
const skewMs = 1_000;
const made = (fencingToken: number, partitions = 3) => ({ fencingToken, partitions });

/** The request of one process at one time; the lease lasts ten seconds unless `more` says otherwise. */
function asked(holder: string, attemptId: string, more: Partial<AcquireRequest> = {}): AcquireRequest {
  const nowMs = more.nowMs ?? now;
  return {
    key,
    holder,
    attemptId,
    updateId: 7,
    nowMs,
    expiresAtMs: nowMs + 10_000,
    staleBeforeMs: nowMs - skewMs,
    ...more,
  };
}

describeOnEveryStore('the lease item', (store) => {
  let leases: DynamoLeaseStore;
  const stored = async (): Promise<LeaseItem> => {
    const item = await leases.read(key);
    if (item === undefined) throw new Error('the lease item is gone');
    return item;
  };
  const unchangedBy = async (write: () => Promise<{ kind: string }>): Promise<void> => {
    const before = await stored();
    const reply = await write();
    expect(reply).toStrictEqual({ kind: 'refused', item: before });
    expect(await stored()).toStrictEqual(before);
  };

  beforeEach(async () => {
    leases = new DynamoLeaseStore({ ...(await store.freshTable()), scope: '42' });
    await leases.create(key, made(5));
  });

  it('is created free with its token, and a second creation leaves it as it is', async () => {
    const free = { fencingToken: 5, expiresAtMs: 0, retired: false };
    expect(await stored()).toMatchObject(free);
    await leases.acquire(asked('A', 'a1'));
    await leases.create(key, made(0));
    expect(await stored()).toMatchObject({ fencingToken: 6, holder: 'A' });
  });

  it('tells who creates it into how many partitions its layout is cut, which the first to create it has said', async () => {
    const another = { epoch: 1, partition: 1 };
    expect(await leases.create(another, made(0, 2))).toBe(2);
    expect(await leases.create(another, made(0, 5))).toBe(2);
    expect(await leases.read(another)).toMatchObject({ partitions: 2 });
  });

  it('is listed with those of its epoch, or of all epochs', async () => {
    const table = await store.freshTable();
    const [bot, other] = ['42', '4'].map((scope) => new DynamoLeaseStore({ ...table, scope }));
    for (const [epoch, partition] of [
      [1, 0],
      [2, 0],
      [2, 1],
      [2, 10],
      [21, 0],
    ] as const)
      await bot?.create({ epoch, partition }, made(epoch));
    await other?.create(key, made(9));
    const listed = async (epoch?: number) => {
      const found = (await bot?.list(epoch)) ?? [];
      return found.map(({ key: at, item }) => `${at.epoch}/${at.partition}: ${item.fencingToken}`).sort();
    };
    expect(await listed(2)).toStrictEqual(['2/0: 2', '2/10: 2', '2/1: 2']);
    expect(await listed()).toStrictEqual(['1/0: 1', '2/0: 2', '2/10: 2', '2/1: 2', '21/0: 21']);
    expect(await listed(3)).toStrictEqual([]);
    // The stores of the tests are always consistent, so what was asked for has to be looked at.
    const traffic = observe(table.client);
    await listed();
    expect(traffic.requests()).toMatchObject([{ kind: 'query', body: { ConsistentRead: true } }]);
  });

  it('carries no attribute by which the store would ever delete it', async () => {
    const { client, tableName } = await store.freshTable();
    const fresh = new DynamoLeaseStore({ client, tableName, scope: '42' });
    await fresh.create(key, made(0));
    await fresh.acquire(asked('A', 'a1'));
    const { Item } = await client.send(
      new GetCommand({ TableName: tableName, Key: keys.lease('42', 1, 0), ConsistentRead: true }),
    );
    expect(Item).toMatchObject({ holder: 'A' });
    expect(Item).not.toHaveProperty(TTL_ATTRIBUTE);
  });

  it('belongs to one scope only', async () => {
    const other = await store.freshTable();
    const bot = new DynamoLeaseStore({ ...other, scope: '42' });
    const probe = new DynamoLeaseStore({ ...other, scope: '42#synthetic' });
    await bot.create(key, made(0));
    expect(await probe.read(key)).toBeUndefined();
  });

  it('is granted when free, with the next token, and says what it was before', async () => {
    const reply = await leases.acquire(asked('A', 'a1'));
    expect(reply).toMatchObject({ kind: 'applied', before: { fencingToken: 5, holder: undefined } });
    expect(await stored()).toStrictEqual({
      fencingToken: 6,
      holder: 'A',
      updateId: 7,
      expiresAtMs: now + 10_000,
      sinceMs: now,
      attemptId: 'a1',
      retired: false,
      partitions: 3,
      forced: undefined,
    });
  });

  it('names no update while it is standing, whatever it named before', async () => {
    await leases.acquire(asked('A', 'a1'));
    await leases.acquire(asked('A', 'a2', { ownToken: 6, updateId: undefined }));
    expect(await stored()).toMatchObject({ fencingToken: 7, updateId: undefined });
  });

  it('is not granted where it is missing, and nothing comes to be', async () => {
    const missing = { epoch: 9, partition: 0 };
    const reply = await leases.acquire(asked('A', 'a1', { key: missing, ownToken: 0, overToken: 0 }));
    expect(reply).toStrictEqual({ kind: 'refused', item: undefined });
    expect(await leases.read(missing)).toBeUndefined();
  });

  it('is refused to another while it is held, and the refusal shows the holder', async () => {
    await leases.acquire(asked('A', 'a1'));
    await unchangedBy(() => leases.acquire(asked('B', 'b1')));
  });

  it('is refused to its own holder that names no token: a name alone re-enters nothing', async () => {
    await leases.acquire(asked('A', 'a1'));
    await unchangedBy(() => leases.acquire(asked('A', 'a2')));
  });

  it('is granted to its holder over its own last token only', async () => {
    await leases.acquire(asked('A', 'a1'));
    await unchangedBy(() => leases.acquire(asked('A', 'a2', { ownToken: 5 })));
    await unchangedBy(() => leases.acquire(asked('B', 'b1', { ownToken: 6 })));
    expect(await leases.acquire(asked('A', 'a3', { ownToken: 6 }))).toMatchObject({
      kind: 'applied',
      before: { fencingToken: 6 },
    });
    expect((await stored()).fencingToken).toBe(7);
  });

  it('is granted to another once it expired more than the margin ago, and not a millisecond before', async () => {
    await leases.acquire(asked('A', 'a1'));
    const edge = now + 10_000 + skewMs;
    await unchangedBy(() => leases.acquire(asked('B', 'b1', { nowMs: edge })));
    expect(await leases.acquire(asked('B', 'b2', { nowMs: edge + 1 }))).toMatchObject({ kind: 'applied' });
    expect(await stored()).toMatchObject({ fencingToken: 7, holder: 'B' });
  });

  it('is granted over a token that is known to be over, and over no other', async () => {
    await leases.acquire(asked('A', 'a1'));
    await unchangedBy(() => leases.acquire(asked('B', 'b1', { overToken: 5 })));
    await unchangedBy(() => leases.acquire(asked('B', 'b2', { overToken: 7 })));
    expect(await leases.acquire(asked('B', 'b3', { overToken: 6 }))).toMatchObject({ kind: 'applied' });
  });

  it('refuses the attempt that it carries, whatever else would grant it', async () => {
    await leases.acquire(asked('A', 'a1'));
    await unchangedBy(() => leases.acquire(asked('A', 'a1', { ownToken: 6, overToken: 6, nowMs: now * 2 })));
  });

  it('is granted to nobody any more once it is retired', async () => {
    await leases.acquire(asked('A', 'a1'));
    await leases.retire({ key, attemptId: 'r1', staleBeforeMs: 0, overToken: 6 });
    expect(await stored()).toMatchObject({ fencingToken: 6, retired: true, holder: undefined });
    await unchangedBy(() => leases.acquire(asked('A', 'a2', { ownToken: 6, overToken: 6, nowMs: now * 2 })));
  });

  it('is not changed by late copies of an acquire, right after it or after others have held it', async () => {
    const first = asked('A', 'a1');
    await leases.acquire(first);
    await unchangedBy(() => leases.acquire(first));
    const hot = asked('A', 'a2', { ownToken: 6 });
    await leases.acquire(hot);
    for (const late of [first, hot]) await unchangedBy(() => leases.acquire(late));
    const over = asked('B', 'b1', { overToken: 7 });
    await leases.acquire(over);
    for (const late of [first, hot, over]) await unchangedBy(() => leases.acquire(late));
    const stale = asked('C', 'c1', { nowMs: now + 20_000 });
    await leases.acquire(stale);
    for (const late of [first, hot, over, stale]) await unchangedBy(() => leases.acquire(late));
  });

  const renewal = { key, holder: 'A', fencingToken: 6, attemptId: 'n1', expiresAtMs: now + 20_000 };

  it('is renewed by its holder under its token, to a later expiry only, and the token stays', async () => {
    await leases.acquire(asked('A', 'a1', { updateId: undefined }));
    await unchangedBy(() => leases.renew({ ...renewal, holder: 'B' }));
    await unchangedBy(() => leases.renew({ ...renewal, fencingToken: 5 }));
    await unchangedBy(() => leases.renew({ ...renewal, expiresAtMs: now + 10_000 }));
    await unchangedBy(() => leases.renew({ ...renewal, expiresAtMs: now + 9_999 }));
    await unchangedBy(() => leases.renew({ ...renewal, attemptId: 'a1' }));
    expect(await leases.renew(renewal)).toMatchObject({ kind: 'applied' });
    expect(await stored()).toMatchObject({
      fencingToken: 6,
      holder: 'A',
      expiresAtMs: now + 20_000,
      sinceMs: now,
    });
  });

  it('is not changed by a late renewal, after a later one, a release, a takeover or its retirement', async () => {
    await leases.acquire(asked('A', 'a1', { updateId: undefined }));
    await leases.renew(renewal);
    await unchangedBy(() => leases.renew(renewal));
    await leases.renew({ ...renewal, attemptId: 'n2', expiresAtMs: now + 30_000 });
    await unchangedBy(() => leases.renew(renewal));
    await leases.release({ key, holder: 'A', fencingToken: 6, attemptId: 'x' });
    await unchangedBy(() => leases.renew(renewal));
    await leases.acquire(asked('A', 'a2', { updateId: undefined, expiresAtMs: now + 100 }));
    await unchangedBy(() => leases.renew(renewal));
  });

  it('cannot be renewed once it is retired', async () => {
    await leases.acquire(asked('A', 'a1', { updateId: undefined }));
    await leases.retire({ key, attemptId: 'r1', staleBeforeMs: now + 10_001 });
    await unchangedBy(() => leases.renew(renewal));
  });

  it('is released by its holder under its token only, keeps the token, and is free at once', async () => {
    const release = { key, holder: 'A', fencingToken: 6, attemptId: 'x1' };
    await leases.acquire(asked('A', 'a1'));
    await unchangedBy(() => leases.release({ ...release, holder: 'B' }));
    await unchangedBy(() => leases.release({ ...release, fencingToken: 5 }));
    await unchangedBy(() => leases.release({ ...release, attemptId: 'a1' }));
    expect(await leases.release(release)).toMatchObject({ kind: 'applied', before: { holder: 'A' } });
    expect(await stored()).toStrictEqual({
      fencingToken: 6,
      holder: undefined,
      updateId: undefined,
      expiresAtMs: 0,
      sinceMs: undefined,
      attemptId: 'x1',
      retired: false,
      partitions: 3,
      forced: undefined,
    });
    await unchangedBy(() => leases.release(release));
    await leases.acquire(asked('A', 'a2'));
    await unchangedBy(() => leases.release(release));
  });

  it('takes a late acquire after a release for a grant, which nobody acts under and which expires', async () => {
    // The one late copy that is not harmless to waiting: an acquire of a free item cannot name a token.
    const first = asked('A', 'a1');
    await leases.acquire(first);
    await leases.release({ key, holder: 'A', fencingToken: 6, attemptId: 'x1' });
    await leases.acquire(first);
    expect(await stored()).toMatchObject({ fencingToken: 7, expiresAtMs: first.expiresAtMs });
    const late = now + 10_000 + skewMs + 1;
    expect(await leases.acquire(asked('B', 'b1', { nowMs: late }))).toMatchObject({ kind: 'applied' });
  });

  const force = {
    key,
    expectedToken: 6,
    attemptId: 'f1',
    nowMs: now,
    by: 'operator',
    reason: 'stuck after a bad deployment',
  };

  it('is force-released over the token that the operator saw, raises it, and records who and why', async () => {
    await leases.acquire(asked('A', 'a1'));
    await unchangedBy(() => leases.forceRelease({ ...force, expectedToken: 5 }));
    await unchangedBy(() => leases.forceRelease({ ...force, attemptId: 'a1' }));
    expect(await leases.forceRelease(force)).toMatchObject({ kind: 'applied', before: { holder: 'A' } });
    expect(await stored()).toMatchObject({
      fencingToken: 7,
      holder: undefined,
      updateId: undefined,
      expiresAtMs: 0,
      forced: { atMs: now, by: 'operator', reason: force.reason, holder: 'A', fencingToken: 6 },
    });
    await unchangedBy(() => leases.forceRelease(force));
    await leases.acquire(asked('B', 'b1'));
    await unchangedBy(() => leases.forceRelease(force));
    await unchangedBy(() => leases.acquire(asked('A', 'a2', { ownToken: 6 })));
  });

  it('is force-released only after expiry and margin where the operator has to wait', async () => {
    await leases.acquire(asked('A', 'a1'));
    const edge = now + 10_000;
    await unchangedBy(() => leases.forceRelease({ ...force, staleBeforeMs: edge }));
    expect(await leases.forceRelease({ ...force, attemptId: 'f2', staleBeforeMs: edge + 1 })).toMatchObject({
      kind: 'applied',
    });
  });

  it('is not force-released when it is free or retired', async () => {
    await unchangedBy(() => leases.forceRelease({ ...force, expectedToken: 5 }));
    await leases.retire({ key, attemptId: 'r1', staleBeforeMs: 0 });
    await unchangedBy(() => leases.forceRelease({ ...force, expectedToken: 5 }));
  });

  it('is retired when free, expired or over, keeps its token, and not while it is busy', async () => {
    const retire = { key, attemptId: 'r1', staleBeforeMs: now };
    await leases.acquire(asked('A', 'a1'));
    await unchangedBy(() => leases.retire(retire));
    await unchangedBy(() => leases.retire({ ...retire, overToken: 5 }));
    await unchangedBy(() => leases.retire({ ...retire, staleBeforeMs: now + 10_000 }));
    await unchangedBy(() => leases.retire({ ...retire, attemptId: 'a1', overToken: 6 }));
    expect(await leases.retire({ ...retire, staleBeforeMs: now + 10_001 })).toMatchObject({
      kind: 'applied',
      before: { fencingToken: 6 },
    });
    expect(await stored()).toMatchObject({
      fencingToken: 6,
      retired: true,
      holder: undefined,
      expiresAtMs: 0,
    });
    await unchangedBy(() => leases.retire(retire));
    await unchangedBy(() => leases.retire({ ...retire, attemptId: 'r2' }));

    const free = { epoch: 1, partition: 1 };
    await leases.create(free, made(3));
    expect(await leases.retire({ ...retire, key: free })).toMatchObject({ kind: 'applied' });
    const over = { epoch: 1, partition: 2 };
    await leases.create(over, made(3));
    await leases.acquire(asked('A', 'a2', { key: over }));
    expect(await leases.retire({ ...retire, key: over, overToken: 4 })).toMatchObject({ kind: 'applied' });
  });

  it('is not retired where it is missing, and nothing comes to be', async () => {
    const missing = { epoch: 9, partition: 0 };
    const reply = await leases.retire({ key: missing, attemptId: 'r1', staleBeforeMs: now });
    expect(reply).toStrictEqual({ kind: 'refused', item: undefined });
    expect(await leases.read(missing)).toBeUndefined();
  });

  it('cannot be released once it is retired', async () => {
    await leases.acquire(asked('A', 'a1'));
    await leases.retire({ key, attemptId: 'r1', staleBeforeMs: 0, overToken: 6 });
    await unchangedBy(() => leases.release({ key, holder: 'A', fencingToken: 6, attemptId: 'x1' }));
  });
});

describeOnEveryStore('the layout item', (store) => {
  const layout = (epoch: number, partitions: number) => ({ epoch, partitions, mapping: 1 });

  it('is written first only where there is none, and later only over the expected epoch', async () => {
    const leases = new DynamoLeaseStore({ ...(await store.freshTable()), scope: '42' });
    expect(await leases.readLayout()).toBeUndefined();
    expect(await leases.writeLayout(layout(2, 9), 1)).toStrictEqual({ kind: 'refused', item: undefined });
    expect(await leases.writeLayout(layout(1, 1), undefined)).toMatchObject({ kind: 'applied' });
    expect(await leases.writeLayout(layout(1, 8), undefined)).toStrictEqual({
      kind: 'refused',
      item: layout(1, 1),
    });
    expect(await leases.writeLayout(layout(2, 4), 1)).toMatchObject({ kind: 'applied' });
    // A late copy, and another operator who saw the first epoch.
    for (const late of [layout(2, 4), layout(2, 8)]) {
      expect(await leases.writeLayout(late, 1)).toStrictEqual({ kind: 'refused', item: layout(2, 4) });
    }
    expect(await leases.readLayout()).toStrictEqual(layout(2, 4));
  });
});
