import { randomBytes } from 'node:crypto';
import { DeleteCommand, PutCommand, QueryCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { beforeEach, expect, it } from 'vitest';
import { keys } from '../../functions/dynamodb/keys.ts';
import { DynamoLedgerStore } from '../../functions/dynamodb/ledger-store.ts';
import { PayloadStore } from '../../functions/dynamodb/payload-store.ts';
import { describeOnEveryStore } from '../fixtures/dynamodb-endpoints.ts';
import { observe } from '../fixtures/observed-client.ts';

const now = 1_700_000_000_000;
const attempt = {
  nowMs: now,
  attempts: 5,
  failures: 5,
  firstAttemptAtMs: now,
  history: [],
  progress: { sent: 0, unconfirmed: 0 },
  dedupeUntilMs: now + 1_000_000,
  keepUntilMs: now + 9_000_000,
  error: 'it broke',
};

const replayed = {
  nowMs: now,
  dedupeUntilMs: attempt.dedupeUntilMs,
  keepUntilMs: now + 12_000_000,
};

describeOnEveryStore('the payload of a dead update', (store) => {
  let ledger: DynamoLedgerStore;
  let client: DynamoDBDocumentClient;
  let tableName: string;

  const park = async (payload: { update_id: number }, fencingToken = 1): Promise<void> => {
    const updateId = payload.update_id;
    const claim = { updateId, fencingToken, holder: 'A', nowMs: now, dedupeUntilMs: attempt.dedupeUntilMs };
    await ledger.claim({ ...claim, attemptId: `c${fencingToken}` });
    const settle = { ...attempt, updateId, fencingToken, attemptId: `s${fencingToken}`, payload };
    expect(await ledger.settle({ ...settle, status: 'dead' })).toMatchObject({ kind: 'applied' });
  };
  const items = async (updateId: number) => {
    const { Items } = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': keys.update('42', updateId).pk },
        ConsistentRead: true,
      }),
    );
    return Items ?? [];
  };

  const expectNothingLeft = async (): Promise<void> => {
    for (const item of await items(8)) {
      expect(item).not.toHaveProperty('payload');
      expect(item).not.toHaveProperty('bytes');
      if (item['sk'] !== 'OUTCOME') expect(item).toMatchObject({ expires_at: now / 1000 });
    }
  };

  beforeEach(async () => {
    ({ client, tableName } = await store.freshTable());
    ledger = new DynamoLedgerStore({ client, tableName, scope: '42' });
  });

  it('comes back identical, whatever characters it holds', async () => {
    const text = 'Überdruck \u{1F6D1} \u0000 "quoted" \ud800';
    const payload = {
      update_id: 7,
      message: { text, empty: '', list: [], nothing: null, deep: [{ a: 1.5 }] },
    };
    await park(payload);
    expect(await ledger.payload(7)).toStrictEqual(payload);
    expect(await items(7)).toHaveLength(1);
  });

  it('lies in items beside the outcome where it is too large for one, and comes back identical', async () => {
    // Random, so that compression does not make it small.
    const payload = { update_id: 8, message: { text: randomBytes(1_000_000).toString('base64') } };
    await park(payload);
    expect(await ledger.payload(8)).toStrictEqual(payload);
    const stored = await items(8);
    expect(stored.length).toBeGreaterThan(3);
    for (const item of stored) expect(item).toMatchObject({ expires_at: (now + 9_000_000) / 1000 });
  });

  it('is all there before its update is dead: where a part cannot be written, or its entry on the list, nothing is parked', async () => {
    const payload = { update_id: 8, message: { text: randomBytes(1_000_000).toString('base64') } };
    const claim = { updateId: 8, fencingToken: 1, holder: 'A', nowMs: now, attemptId: 'c1' };
    await ledger.claim({ ...claim, dedupeUntilMs: attempt.dedupeUntilMs });
    const traffic = observe(client);
    const settle = { ...attempt, updateId: 8, fencingToken: 1, payload, status: 'dead' as const };
    const loseFrom = (put: number): void =>
      put === 0 ? traffic.loseBefore('put', 10) : traffic.before('put', () => loseFrom(put - 1));
    // Its entry, and four parts.
    for (let put = 0; put < 5; put += 1) {
      loseFrom(put);
      await expect(ledger.settle({ ...settle, attemptId: `s${put}` })).rejects.toThrow('did not answer');
      traffic.heal();
      expect(await ledger.read(8)).toMatchObject({ status: 'claimed', parked: false });
    }
    await ledger.settle({ ...settle, attemptId: 's' });
    expect(await ledger.payload(8)).toStrictEqual(payload);
  });

  it('is kept as long as its last replay says, whatever lands late of its death or of an earlier replay', async () => {
    const payload = { update_id: 8, message: { text: randomBytes(700_000).toString('base64') } };
    await park(payload);
    const [outcome] = await items(8);
    await ledger.replay({ updateId: 8, expectedAttemptId: 's1', attemptId: 'r1', ...replayed });
    const late = { fencingToken: 1, ttlSeconds: attempt.keepUntilMs / 1000 };
    const table = { client, tableName, scope: '42' };
    await new PayloadStore(table).write(8, payload, late);
    await new PayloadStore(table).keep(8, outcome ?? {}, late.ttlSeconds);
    for (const item of await items(8))
      expect(item).toMatchObject({ expires_at: replayed.keepUntilMs / 1000 });
  });

  it('is kept as long as its last replay says, whatever lands late of what an attempt between replays brought', async () => {
    const payload = { update_id: 8, message: { text: randomBytes(700_000).toString('base64') } };
    await park(payload);
    await ledger.replay({ updateId: 8, expectedAttemptId: 's1', attemptId: 'r1', ...replayed });
    const claim = { updateId: 8, fencingToken: 2, holder: 'A', nowMs: now, attemptId: 'c2' };
    await ledger.claim({ ...claim, dedupeUntilMs: attempt.dedupeUntilMs });
    await ledger.settle({ ...attempt, updateId: 8, fencingToken: 2, attemptId: 's2', status: 'failed' });
    const [outcome] = await items(8);
    const keepUntilMs = replayed.keepUntilMs + 1_000_000;
    await ledger.replay({ ...replayed, updateId: 8, expectedAttemptId: 's2', attemptId: 'r2', keepUntilMs });
    const late = { fencingToken: 2, ttlSeconds: replayed.keepUntilMs / 1000 };
    const payloads = new PayloadStore({ client, tableName, scope: '42' });
    await payloads.write(8, payload, late);
    await payloads.keep(8, outcome ?? {}, late.ttlSeconds);
    for (const item of await items(8)) expect(item).toMatchObject({ expires_at: keepUntilMs / 1000 });
  });

  it('replaces that of another update of its id, whose token was higher in another partition', async () => {
    const large = (): { update_id: number; message: { text: string } } => ({
      update_id: 8,
      message: { text: randomBytes(700_000).toString('base64') },
    });
    await park(large(), 1_000);
    const nowMs = attempt.dedupeUntilMs + 1;
    const claim = { updateId: 8, fencingToken: 5, holder: 'B', nowMs, attemptId: 'c5' };
    const times = { nowMs, dedupeUntilMs: nowMs + 1_000_000, keepUntilMs: nowMs + 9_000_000 };
    await ledger.claim({ ...claim, dedupeUntilMs: times.dedupeUntilMs, replacesExpiredToken: 1_000 });
    const payload = large();
    const settle = { ...attempt, ...times, updateId: 8, fencingToken: 5, attemptId: 's5', payload };
    expect(await ledger.settle({ ...settle, status: 'dead' })).toMatchObject({ kind: 'applied' });
    expect(await ledger.payload(8)).toStrictEqual(payload);
    expect(await ledger.listDead({ limit: 2 })).toMatchObject([{ updateId: 8, fencingToken: 5 }]);
  });

  it('is gone with all its parts when it is dropped', async () => {
    const payload = { update_id: 8, message: { text: randomBytes(700_000).toString('base64') } };
    await park(payload);
    const [, ...beside] = await items(8);
    expect(beside.length).toBeGreaterThan(2);
    await ledger.drop({ updateId: 8, expectedAttemptId: 's1', attemptId: 'd1', nowMs: now });
    expect(await ledger.payload(8)).toBeUndefined();
    await expectNothingLeft();
  });

  it('is gone with all its parts when it is done after a replay', async () => {
    await park({ update_id: 8, message: { text: randomBytes(700_000).toString('base64') } } as never);
    await ledger.replay({ updateId: 8, expectedAttemptId: 's1', attemptId: 'r1', ...replayed });
    const claim = { updateId: 8, fencingToken: 2, holder: 'A', nowMs: now, dedupeUntilMs: now };
    await ledger.claim({ ...claim, attemptId: 'c2' });
    const settle = { ...attempt, updateId: 8, fencingToken: 2, attemptId: 's2' };
    expect(await ledger.settle({ ...settle, status: 'done' })).toMatchObject({ kind: 'applied' });
    expect(await ledger.payload(8)).toBeUndefined();
    await expectNothingLeft();
  });

  it('is not emptied for the sake of an earlier update of the same id', async () => {
    const payload = { update_id: 8, message: { text: randomBytes(700_000).toString('base64') } };
    await park(payload);
    const [outcome] = await items(8);
    await ledger.drop({ updateId: 8, expectedAttemptId: 's1', attemptId: 'd1', nowMs: now });
    await ledger.claim({
      updateId: 8,
      fencingToken: 2,
      attemptId: 'c2',
      holder: 'A',
      nowMs: now + 2_000_000,
      dedupeUntilMs: now + 5_000_000,
      replacesExpiredToken: 1,
    });
    const settle = { ...attempt, updateId: 8, fencingToken: 2, attemptId: 's2', payload };
    await ledger.settle({ ...settle, status: 'dead' });
    // A late copy of what the drop did.
    await new PayloadStore({ client, tableName, scope: '42' }).empty(8, outcome ?? {}, now / 1000);
    expect(await ledger.payload(8)).toStrictEqual(payload);
  });

  it('survives a replay that ends in another death', async () => {
    const payload = { update_id: 8, message: { text: randomBytes(700_000).toString('base64') } };
    await park(payload);
    await ledger.replay({ updateId: 8, expectedAttemptId: 's1', attemptId: 'r1', ...replayed });
    for (const item of await items(8))
      expect(item).toMatchObject({ expires_at: replayed.keepUntilMs / 1000 });
    expect(await ledger.payload(8)).toStrictEqual(payload);
    await park(payload, 2);
    expect(await ledger.payload(8)).toStrictEqual(payload);
  });

  it('is absent where one of its parts is, the first or the last', async () => {
    const payload = { update_id: 8, message: { text: randomBytes(500_000).toString('base64') } };
    await park(payload);
    const [, ...parts] = await items(8);
    expect(parts.length).toBeGreaterThan(1);
    for (const part of [parts[0], parts.at(-1)]) {
      const key = { pk: part?.['pk'] as string, sk: part?.['sk'] as string };
      await client.send(new DeleteCommand({ TableName: tableName, Key: key }));
      expect(await ledger.payload(8)).toBeUndefined();
      await client.send(new PutCommand({ TableName: tableName, Item: part }));
      expect(await ledger.payload(8)).toStrictEqual(payload);
    }
  });

  it('is absent for an update that is unknown or was never dead', async () => {
    expect(await ledger.payload(1)).toBeUndefined();
    await ledger.claim({
      updateId: 2,
      fencingToken: 1,
      attemptId: 'c1',
      holder: 'A',
      nowMs: now,
      dedupeUntilMs: attempt.dedupeUntilMs,
    });
    expect(await ledger.payload(2)).toBeUndefined();
  });
});
