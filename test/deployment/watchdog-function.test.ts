import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { DynamoLeaseStore } from '../../functions/dynamodb/lease-store.ts';
import { DynamoLedgerStore } from '../../functions/dynamodb/ledger-store.ts';
import { DynamoStatusStore } from '../../functions/dynamodb/status-store.ts';
import { activateLayout } from '../../functions/lease/layout-change.ts';
import { startBotApiServer } from '../../functions/local/bot-api/server.ts';
import type { BotApiServer } from '../../functions/local/bot-api/types.ts';
import { REASONS } from '../../functions/status/reasons.ts';
import { healthCheckOf } from '../../functions/wiring/health.ts';
import { watchdogFunction } from '../../functions/wiring/watchdog.ts';
import { delivered, parkedByAFaultyVersion } from '../cli/parked-updates.ts';
import { describeOnEveryStore } from '../fixtures/dynamodb-endpoints.ts';

const TOKEN = '42:right';
const OURS = 'https://ours.example.com/telegram/webhook';

describeOnEveryStore('the watchdog function', (store) => {
  let telegram: BotApiServer;
  let health: Server;
  let healthStatus: number | 'hangs up';
  let healthBody: string;
  let table: Awaited<ReturnType<typeof store.freshTable>>;
  let written: string;

  beforeEach(async () => {
    telegram = await startBotApiServer({ bots: { [TOKEN]: { id: 42, username: 'b', first_name: 'B' } } });
    health = createServer((_request, response) => {
      if (healthStatus === 'hangs up') response.destroy();
      else response.writeHead(healthStatus).end(healthBody);
    });
    health.listen(0, '127.0.0.1');
    await once(health, 'listening');
    table = await store.freshTable();
    healthStatus = 200;
    healthBody = '{"reasons":[]}';
    written = '';
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', store.endpoint());
    vi.stubEnv('AWS_REGION', 'us-east-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
    health.closeAllConnections();
    health.close();
    await telegram.close();
  });

  const healthUrl = () => `http://127.0.0.1:${(health.address() as AddressInfo).port}/health`;
  const round = async (): Promise<void> => {
    const { round: go } = watchdogFunction({
      TABLE_NAME: table.tableName,
      HEALTH_URL: healthUrl(),
      TELEGRAM_BOT_TOKEN: TOKEN,
      TELEGRAM_API_ROOT: telegram.apiRoot,
    });
    const take = (chunk: string | Uint8Array): boolean => {
      written += String(chunk);
      return true;
    };
    for (const stream of [process.stdout, process.stderr]) vi.spyOn(stream, 'write').mockImplementation(take);
    try {
      await go();
    } finally {
      vi.restoreAllMocks();
    }
  };
  /** The value of each metric that was written. */
  const measured = (): Record<string, unknown> => {
    const lines = written.split('\n').filter((line) => line.includes('"_aws"'));
    return Object.assign({}, ...lines.map((line) => JSON.parse(line) as object)) as Record<string, unknown>;
  };

  it.each([
    [200, [], 1],
    [503, [REASONS.parked], 1],
    [503, [REASONS.parked, REASONS.storeSilent], 0],
  ])('takes a health of %i with %j for %i', async (status, reasons, served) => {
    healthStatus = status;
    healthBody = JSON.stringify({ reasons });
    await round();
    expect(measured()).toMatchObject({ Served: served, PendingUpdates: 0 });
  });

  it('has the health tell of parked updates, and of none when they are dropped', async () => {
    const { client, tableName } = table;
    await new DynamoStatusStore(table).saveBot({ id: 42, username: 'b', firstName: 'B' });
    await parkedByAFaultyVersion({ client, tableName, botId: 42 }, [delivered(41)]);
    const check = healthCheckOf({ client, settings: { tableName }, version: '1' });
    const told = async (): Promise<string[]> =>
      (await check()).reasons.filter((each) => each.startsWith(REASONS.parked));
    await round();
    expect(await told()).toEqual(['updates are parked: 1, see `bot dead list`']);
    const ledger = new DynamoLedgerStore({ ...table, scope: '42' });
    const { attemptId: expectedAttemptId } = (await ledger.read(41))!;
    await ledger.drop({ updateId: 41, expectedAttemptId, attemptId: 'drop', nowMs: Date.now() });
    await round();
    expect(await told()).toEqual([]);
  });

  it.each(['no answer', '{"message":"Internal Server Error"}', 'null', '<html>'])(
    'leaves a health that says nothing (%s) to the other looks, and says so',
    async (body) => {
      healthStatus = body === 'no answer' ? 'hangs up' : 500;
      healthBody = body;
      await round();
      expect(measured()).toMatchObject({ Served: 1 });
      expect(written).toContain('"health-silent"');
    },
  );

  it('counts a throttled look as none, and says so, whatever used up the route’s limit', async () => {
    healthStatus = 429;
    await round();
    expect(measured()).toMatchObject({ Served: 1, PendingUpdates: 0, ParkedUpdates: 0 });
    expect(written).toContain('"health-throttled"');
  });

  it('asks Telegram once more how the webhook is when the connection was dead', async () => {
    telegram.fault({ fault: { kind: 'reset' }, method: 'getWebhookInfo' });
    await round();
    expect(measured()).toMatchObject({ PendingUpdates: 0, WebhookDrift: 0 });
    expect(telegram.calls('getWebhookInfo')).toHaveLength(2);
  });

  it('leaves a Telegram that is silent twice to the next round', async () => {
    telegram.fault({ fault: { kind: 'reset' }, method: 'getWebhookInfo', times: Infinity });
    await expect(round()).rejects.toThrow(/1 of 7 looks failed/);
    expect(measured()).not.toHaveProperty('PendingUpdates');
    expect(measured()).toMatchObject({ Served: 0 });
    expect(telegram.calls('getWebhookInfo')).toHaveLength(2);
  });

  it('does not set the webhook a second time within a round: what was wanted may have changed', async () => {
    const { client, tableName } = table;
    await activateLayout(new DynamoLeaseStore({ client, tableName, scope: '42' }), 1);
    await new DynamoStatusStore(table).desireWebhook('42', { desired: 'on', expectedUrl: OURS });
    telegram.fault({ fault: { kind: 'reset' }, method: 'setWebhook', times: Infinity });
    await expect(round()).rejects.toThrow(/1 of 7 looks failed/);
    expect(telegram.calls('setWebhook')).toHaveLength(1);
  });
});
