import { DeleteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { keys } from '../../functions/dynamodb/keys.ts';
import { beforeEach, expect, it, vi } from 'vitest';
import { DynamoStatusStore } from '../../functions/dynamodb/status-store.ts';
import { checkHealth, HEALTH_WITHIN_MS, type HealthDeps } from '../../functions/status/check.ts';
import { FRESH_MS, keepingUsersOut, REASONS } from '../../functions/status/reasons.ts';
import { systemClock } from '../../functions/lease/clock.ts';
import { activateLayout } from '../../functions/lease/layout-change.ts';
import { openProtocol, type Protocol } from '../../functions/wiring/protocol.ts';
import { describeOnEveryStore, localClient } from '../fixtures/dynamodb-endpoints.ts';
import { observe } from '../fixtures/observed-client.ts';

const BOT = { id: 7, username: 'a_bot', firstName: 'A' };
const BOT_ID = '7';

describeOnEveryStore('the health check', (store) => {
  let client: DynamoDBDocumentClient;
  let tableName: string;
  let status: DynamoStatusStore;
  let protocol: Protocol;
  let deps: HealthDeps;

  beforeEach(async () => {
    ({ client, tableName } = await store.freshTable());
    status = new DynamoStatusStore({ client, tableName });
    const settings = { tableName, maxClockSkewMs: 100, maxAttempts: 5 };
    protocol = openProtocol({ client, settings, scope: BOT_ID, holder: 'holder-1', emit: () => {} });
    deps = {
      version: '9.9.9',
      clock: systemClock,
      status,
      knowledge: async () => ({ version: 'v1', atoms: 3 }),
      protocolOf: () => protocol,
    };
  });

  const activate = async (): Promise<void> => {
    await status.saveBot(BOT);
    await activateLayout(protocol.leases, 2);
  };
  const healthyWebhook = {
    checkedAtMs: Date.now(),
    isOurs: true,
    pendingUpdateCount: 0,
    retakenAtMs: [],
  };

  it('is running with a knowledge base and a table, and shows each partition', async () => {
    await activate();
    const report = await checkHealth(deps);
    expect(report).toMatchObject({ status: 'running', version: '9.9.9', reasons: [], webhook: null });
    expect(report.lease.map(({ partition, state, holder }) => ({ partition, state, holder }))).toEqual([
      { partition: 0, state: 'free', holder: null },
      { partition: 1, state: 'free', holder: null },
    ]);
  });

  it('is degraded while a partition takes no updates: its item is missing, or retired by a change cut short', async () => {
    await activate();
    await protocol.leases.retire({ key: { epoch: 1, partition: 1 }, attemptId: 'r', staleBeforeMs: 0 });
    const TableName = tableName;
    await client.send(new DeleteCommand({ TableName, Key: keys.lease(BOT_ID, 1, 0) }));
    const report = await checkHealth(deps);
    expect(report.status).toBe('degraded');
    expect(report.lease.map(({ state }) => state)).toEqual(['missing', 'retired']);
    expect(report.reasons).toEqual([
      'a partition takes no updates: 0 is missing, 1 is retired; `bot doctor` says what to do',
    ]);
  });

  it('tells a layout that is lost from one that was never activated', async () => {
    await status.saveBot(BOT);
    expect((await checkHealth(deps)).reasons).toEqual([]);
    await activate();
    const asked = { key: { epoch: 1, partition: 0 }, holder: 'A', attemptId: 'a', nowMs: 1, expiresAtMs: 2 };
    await protocol.leases.acquire({ ...asked, staleBeforeMs: 0 });
    await client.send(new DeleteCommand({ TableName: tableName, Key: keys.layout(BOT_ID) }));
    const report = await checkHealth(deps);
    expect(report).toMatchObject({ status: 'degraded', lease: [] });
    expect(report.reasons).toEqual(['the layout of the partitions is lost: `bot doctor` says what to do']);
    expect(keepingUsersOut(report.reasons)).toEqual(report.reasons);
  });

  it('reads all leases with one request, however many there are', async () => {
    await status.saveBot(BOT);
    await activateLayout(protocol.leases, 100);
    const traffic = observe(client);
    const report = await checkHealth(deps);
    expect(report.lease).toHaveLength(100);
    // The bot, the deployment, the webhook, and the layout; then the leases.
    expect(traffic.kinds().sort()).toEqual(['query', 'read', 'read', 'read', 'read']);
  });

  it('names the holder and tells busy, idle and expired apart', async () => {
    await activate();
    const key = { epoch: 1, partition: 0 };
    const nowMs = Date.now();
    const acquire = (expiresAtMs: number, updateId?: number) =>
      protocol.leases.acquire({
        key,
        holder: 'holder-1',
        attemptId: `${expiresAtMs}`,
        updateId,
        nowMs,
        expiresAtMs,
        staleBeforeMs: nowMs + 10_000_000,
      });
    await acquire(nowMs + 60_000, 5);
    const busy = (await checkHealth(deps)).lease[0];
    expect(busy).toMatchObject({ state: 'busy', holder: 'holder-1', fencing_token: 1 });
    expect(Date.parse(busy?.expires_at ?? '')).toBe(nowMs + 60_000);

    const ledger = { updateId: 5, fencingToken: 1, attemptId: 'c', holder: 'holder-1', nowMs };
    await protocol.ledger.claim({ ...ledger, dedupeUntilMs: nowMs + 48 * 3_600_000 });
    await protocol.ledger.settle({
      ...ledger,
      attemptId: 's',
      status: 'done',
      attempts: 1,
      failures: 0,
      history: [],
      progress: { sent: 0, unconfirmed: 0 },
      dedupeUntilMs: nowMs + 48 * 3_600_000,
      keepUntilMs: nowMs + 48 * 3_600_000,
    });
    expect((await checkHealth(deps)).lease[0]?.state).toBe('idle');

    await acquire(nowMs - 1, 6);
    expect((await checkHealth(deps)).lease[0]?.state).toBe('expired');
  });

  it('is degraded without a knowledge base', async () => {
    const report = await checkHealth({ ...deps, knowledge: async () => undefined });
    expect(report.status).toBe('degraded');
    expect(report.reasons).toEqual([expect.stringContaining('knowledge base')]);
  });

  it('is degraded, and still answers, when the store cannot be reached', async () => {
    const gone = localClient('http://127.0.0.1:1', { attempts: 1 });
    const report = await checkHealth({ ...deps, status: new DynamoStatusStore({ client: gone, tableName }) });
    expect(report).toMatchObject({ status: 'degraded', reasons: ['the store cannot be reached'] });
    gone.destroy();
  });

  it('is degraded, and ends before its caller gives it up, when the store stays silent', async () => {
    const waitedMs: number[] = [];
    const atOnce = (delayMs: number, callback: () => void): (() => void) => {
      waitedMs.push(delayMs);
      const timer = setImmediate(callback);
      return () => clearImmediate(timer);
    };
    const silent = () => new Promise<undefined>(() => {});
    const report = await checkHealth({
      ...deps,
      knowledge: silent,
      clock: { ...systemClock, after: atOnce },
    });
    expect(report).toMatchObject({ status: 'degraded', reasons: ['the store cannot be reached'] });
    expect(waitedMs).toEqual([HEALTH_WITHIN_MS]);
  });

  it.each([
    ['the webhook is somebody else’s', { isOurs: false }],
    ['Telegram had an error', { lastError: 'Read timeout expired', lastErrorAtMs: Date.now() - 1000 }],
    ['the watchdog is silent', { checkedAtMs: Date.now() - FRESH_MS - 1000 }],
  ])('is degraded when %s while the webhook should be on, and only then', async (_, seen) => {
    await activate();
    await status.desireWebhook(BOT_ID, {
      desired: 'on',
      expectedUrl: 'https://ours.example/telegram/webhook',
    });
    await status.observeWebhook(BOT_ID, healthyWebhook);
    expect((await checkHealth(deps)).status).toBe('running');

    await status.observeWebhook(BOT_ID, { ...healthyWebhook, ...seen });
    const report = await checkHealth(deps);
    expect(report.status).toBe('degraded');
    expect(report.reasons).toHaveLength(1);

    await status.desireWebhook(BOT_ID, { desired: 'off' });
    expect((await checkHealth(deps)).status).toBe('running');
  });

  it('says of a watchdog that has just been set up that it never looked', async () => {
    await activate();
    await status.desireWebhook(BOT_ID, { desired: 'on' });
    expect((await checkHealth(deps)).reasons).toEqual([`${REASONS.watchdogSilent}: it never has so far`]);
  });

  it('forgives an error that is five minutes old', async () => {
    await activate();
    await status.desireWebhook(BOT_ID, { desired: 'on' });
    await status.observeWebhook(BOT_ID, {
      ...healthyWebhook,
      lastError: 'old',
      lastErrorAtMs: Date.now() - FRESH_MS - 1,
    });
    expect((await checkHealth(deps)).status).toBe('running');
  });

  it('counts the uptime of a deployment, for each environment alike, and a local one’s from its process', async () => {
    await activate();
    const nowMs = Date.now();
    const clock = { ...systemClock, wallMs: () => nowMs };
    const served = async (version: string, of: Partial<HealthDeps> = {}) =>
      (await checkHealth({ ...deps, ...of, version, clock })).uptime_seconds;
    const deployed = (version: string, secondsAgo: number, requestId: string) =>
      status.recordDeployment({ version, requestId }, nowMs - secondsAgo * 1_000);
    // As over a table that no deployment was noted in so far.
    expect(await served('9.9.9')).toBe(0);
    await deployed('9.9.9', 500, 'first');
    expect([await served('9.9.9'), await served('9.9.9', { botId: BOT_ID })]).toEqual([500, 500]);
    await deployed('9.9.8', 300, 'an earlier one again');
    expect([await served('9.9.8'), await served('9.9.9')]).toEqual([300, 300]);
    await deployed('9.9.8', 120, 'the same, configured otherwise');
    await deployed('9.9.8', 0, 'the same, configured otherwise');
    expect(await served('9.9.8')).toBe(120);
    // The watchdog meets it within a minute, and later the version before, which somebody has put back.
    const met = (version: string, secondsAgo: number) =>
      status.observeEndpoint(BOT_ID, { version, sinceMs: nowMs - secondsAgo * 1_000 });
    await met('9.9.8', 80);
    expect(await served('9.9.8')).toBe(120);
    await met('9.9.7', 40);
    expect([await served('9.9.7'), await served('9.9.8', { botId: BOT_ID })]).toEqual([40, 40]);
    await deployed('9.9.9', 10, 'the revert, which the watchdog has not met yet');
    expect(await served('9.9.9')).toBe(10);
    // By a clock that is ahead of this one.
    await deployed('9.9.9', -1, 'and back');
    expect(await served('9.9.9')).toBe(0);
    expect(await checkHealth(deps)).not.toHaveProperty('pid');
    const local = await checkHealth({ ...deps, process: { pid: 42, uptimeSeconds: () => 7.9 } });
    expect(local).toMatchObject({ pid: 42, uptime_seconds: 7 });
  });

  it('of a local bot is degraded by what it meets at Telegram, and by parked updates until they are done', async () => {
    await activate();
    const told = ['Telegram does not answer this bot: since today'];
    const local = { ...deps, process: { pid: 42, uptimeSeconds: () => 1, troubles: () => told } };
    expect(await checkHealth(local)).toMatchObject({ status: 'degraded', reasons: told });
    const { ledger } = protocol;
    const nowMs = Date.now();
    const later = nowMs + 48 * 3_600_000;
    const of = { updateId: 5, fencingToken: 1, nowMs, dedupeUntilMs: later };
    await ledger.claim({ ...of, attemptId: 'c', holder: 'A' });
    await ledger.settle({
      ...of,
      attemptId: 's',
      status: 'dead',
      attempts: 5,
      failures: 5,
      history: [],
      progress: { sent: 0, unconfirmed: 0 },
      keepUntilMs: later,
      payload: { update_id: 5 },
    });
    told.length = 0;
    expect((await checkHealth(local)).reasons).toEqual(['updates are parked: 1, see `bot dead list`']);
    await status.observeParked(BOT_ID, 100);
    const listDead = vi.spyOn(ledger, 'listDead');
    expect((await checkHealth(deps)).reasons).toEqual([
      'updates are parked: 100 or more, see `bot dead list`',
    ]);
    await status.observeParked(BOT_ID, 0);
    expect((await checkHealth(deps)).reasons).toEqual([]);
    expect(listDead).not.toHaveBeenCalled();
    await ledger.drop({ updateId: 5, expectedAttemptId: 's', attemptId: 'd', nowMs });
    expect((await checkHealth(local)).status).toBe('running');
  });
});
