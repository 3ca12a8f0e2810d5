import { expect, it } from 'vitest';
import { leaseJson, leaseLines, readLeases } from '../../functions/cli/lease-view.ts';
import { activateLayout } from '../../functions/lease/layout-change.ts';
import { openProtocol } from '../../functions/wiring/protocol.ts';
import { describeOnEveryStore } from '../fixtures/dynamodb-endpoints.ts';

describeOnEveryStore('the leases that an operator sees', (store) => {
  it('each stand as one word says, which the health has too, or `ended` where that process has', async () => {
    const { client, tableName } = await store.freshTable();
    const settings = { tableName, maxClockSkewMs: 100, maxAttempts: 5 };
    const protocol = openProtocol({ client, settings, scope: '7', holder: 'me', emit: () => {} });
    const { leases, ledger } = protocol;
    await activateLayout(leases, 6);
    const nowMs = Date.now();
    const acquire = (partition: number, holder: string, until: { updateId?: number; expiresAtMs: number }) =>
      leases.acquire({
        key: { epoch: 1, partition },
        holder,
        attemptId: `${partition}`,
        nowMs,
        staleBeforeMs: nowMs,
        ...until,
      });
    await acquire(1, 'busy one', { updateId: 1, expiresAtMs: nowMs + 60_000 });
    await acquire(2, 'idle one', { updateId: 2, expiresAtMs: nowMs + 60_000 });
    await acquire(3, 'ended one', { expiresAtMs: nowMs + 60_000 });
    await acquire(4, 'ended one', { updateId: 4, expiresAtMs: nowMs - 1 });
    await leases.retire({ key: { epoch: 1, partition: 5 }, attemptId: 'r', staleBeforeMs: nowMs });
    const keptMs = nowMs + 48 * 3_600_000;
    const claim = { updateId: 2, fencingToken: 1, holder: 'idle one', nowMs, dedupeUntilMs: keptMs };
    await ledger.claim({ ...claim, attemptId: 'c' });
    await ledger.settle({
      ...claim,
      attemptId: 's',
      status: 'done',
      attempts: 1,
      failures: 0,
      history: [],
      progress: { sent: 0, unconfirmed: 0 },
      keepUntilMs: keptMs,
    });

    const found = await readLeases(protocol, (holder) => holder === 'ended one');
    expect(found.leases.map(leaseJson)).toMatchObject([
      { state: 'free', exists: false, idle: false, holder_is_dead: false },
      { state: 'busy', exists: true, idle: false, holder_is_dead: false },
      { state: 'idle', exists: true, idle: true, holder_is_dead: false },
      { state: 'ended', exists: true, idle: false, holder_is_dead: true },
      { state: 'expired', exists: false, idle: false, holder_is_dead: true },
      { state: 'retired', exists: false, idle: false, holder_is_dead: false },
    ]);
    const told = found.leases.map((lease) => leaseLines(lease).join(' '));
    expect(told[2]).toContain('(idle: the consumer');
    expect(told[3]).toContain('(that process has ended');
  });
});
