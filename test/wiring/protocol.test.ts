import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTableIfMissing } from '../../functions/dynamodb/table.ts';
import { activateLayout } from '../../functions/lease/layout-change.ts';
import { readSettings } from '../../functions/settings/settings.ts';
import { consumerOver, openProtocol } from '../../functions/wiring/protocol.ts';
import { fastEndpoint, localClient, type RunningEndpoint } from '../fixtures/local-dynamodb.ts';
import { gate } from '../lease/world.ts';

describe('two consumers of one process', () => {
  let store: RunningEndpoint;
  beforeAll(async () => {
    store = await fastEndpoint().start();
  });
  afterAll(() => store.close());

  it('do not take each other’s tenure for one that never began, as after a rotation of the token', async () => {
    const client = localClient(store.endpoint);
    const settings = { ...readSettings({}), tableName: 'two-consumers', maxClockSkewMs: 100 };
    await createTableIfMissing(client, settings.tableName);
    const protocol = openProtocol({ client, settings, scope: '42', holder: 'one', emit: () => {} });
    await activateLayout(protocol.leases, 1);
    const [begun, end] = [gate(), gate()];
    const handle = async (): Promise<void> => {
      begun.open();
      await end.opened;
    };
    const before = consumerOver(protocol, { handle, maxAttempts: 5 });
    const after = consumerOver(protocol, { handle: async () => {}, maxAttempts: 5 });
    const first = before.consume({ update: { update_id: 1 }, orderingKey: 1, deadlineMs: 10_000 });
    await begun.opened;
    const second = { update: { update_id: 2 }, orderingKey: 1, deadlineMs: 500 };
    expect(await after.consume(second)).toMatchObject({ kind: 'busy' });
    end.open();
    expect(await first).toStrictEqual({ kind: 'done' });
    client.destroy();
  });
});
