import { expect, it } from 'vitest';
import { newestUpdateId, updatesUpTo } from '../../functions/lease/recent-updates.ts';
import { activateLayout } from '../../functions/lease/layout-change.ts';
import { lastClaimed } from '../../functions/local/store/last-claimed.ts';
import { consumerOver, openProtocol, type Protocol } from '../../functions/wiring/protocol.ts';
import { describeOnEveryStore } from '../fixtures/dynamodb-endpoints.ts';

const DAY_MS = 86_400_000;

describeOnEveryStore('the last updates', (store) => {
  const protocolOf = async (): Promise<{ protocol: Protocol; table: Parameters<typeof lastClaimed>[0] }> => {
    const { client, tableName } = await store.freshTable();
    const table = { client, tableName, scope: '42' };
    const settings = { tableName, maxClockSkewMs: 500, maxAttempts: 1 };
    const protocol = openProtocol({ ...table, settings, holder: 'lambda:one', emit: () => {} });
    await activateLayout(protocol.leases, 2);
    return { protocol, table };
  };
  const handled = async (protocol: Protocol, updateIds: readonly number[]): Promise<void> => {
    const consumer = consumerOver(protocol, { handle: async () => undefined, maxAttempts: 1 });
    for (const id of updateIds)
      await consumer.consume({ update: { update_id: id }, orderingKey: id, deadlineMs: 4_000 });
  };

  it('are found from the leases that were granted for them, in whichever partition', async () => {
    const { protocol, table } = await protocolOf();
    const ids = Array.from({ length: 60 }, (_, at) => 1_000 + at * 3);
    await handled(protocol, ids);
    const updateId = newestUpdateId(await protocol.leases.list(), Date.now());
    expect(updateId).toBe(ids.at(-1));
    const newest = ids.toReversed();
    const found = await updatesUpTo(protocol.ledger, { updateId: updateId!, limit: 40 });
    expect(found.map((record) => record.updateId)).toEqual(newest.slice(0, 40));
    const all = await updatesUpTo(protocol.ledger, { updateId: updateId!, limit: 500 });
    expect(all.map((record) => record.updateId)).toEqual(newest);
    expect(await lastClaimed(table, 500)).toHaveLength(60);
    expect(await lastClaimed({ ...table, scope: '4' }, 500)).toEqual([]);
  });

  it('are not taken from a lease of days ago, nor where the last holder polled', async () => {
    const { protocol } = await protocolOf();
    await handled(protocol, [7]);
    const leases = await protocol.leases.list();
    expect(newestUpdateId(leases, Date.now() + 3 * DAY_MS)).toBeUndefined();
    const polled = leases.map(({ key, item }) => ({
      key,
      item: { ...item, updateId: undefined, sinceMs: Date.now() },
    }));
    expect(newestUpdateId([...leases, ...polled], Date.now())).toBeUndefined();
  });
});
