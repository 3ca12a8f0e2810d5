import { randomBytes } from 'node:crypto';
import { QueryCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { beforeEach, expect, it } from 'vitest';
import { keys } from '../../functions/dynamodb/keys.ts';
import { DynamoLedgerStore } from '../../functions/dynamodb/ledger-store.ts';
import { describeOnEveryStore } from '../fixtures/dynamodb-endpoints.ts';

const now = 1_700_000_000_000;
const attempt = {
  nowMs: now,
  attempts: 5,
  failures: 5,
  firstAttemptAtMs: now,
  history: [],
  dedupeUntilMs: now + 1_000_000,
  keepUntilMs: now + 9_000_000,
  error: 'it broke',
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
    expect(await ledger.settle({ ...settle, status: 'dead' })).toMatchObject({ applied: true });
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

  it('is gone with all its parts when it is dropped', async () => {
    const payload = { update_id: 8, message: { text: randomBytes(700_000).toString('base64') } };
    await park(payload);
    await ledger.drop({ updateId: 8, expectedToken: 1, attemptId: 'd1', nowMs: now });
    expect(await ledger.payload(8)).toBeUndefined();
    expect(await items(8)).toHaveLength(1);
  });

  it('survives a replay that ends in another death', async () => {
    const payload = { update_id: 8, message: { text: randomBytes(700_000).toString('base64') } };
    await park(payload);
    await ledger.replay({
      updateId: 8,
      expectedToken: 1,
      attemptId: 'r1',
      nowMs: now,
      dedupeUntilMs: attempt.dedupeUntilMs,
    });
    expect(await ledger.payload(8)).toStrictEqual(payload);
    await park(payload, 2);
    expect(await ledger.payload(8)).toStrictEqual(payload);
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
