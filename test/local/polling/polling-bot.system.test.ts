import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { DynamoLeaseStore } from '../../../functions/dynamodb/lease-store.ts';
import { createTableIfMissing } from '../../../functions/dynamodb/table.ts';
import { systemClock } from '../../../functions/lease/clock.ts';
import { changeLayout } from '../../../functions/lease/layout-change.ts';
import { startBotApiServer } from '../../../functions/local/bot-api/server.ts';
import type { BotApiServer } from '../../../functions/local/bot-api/types.ts';
import { createFoundation } from '../../../functions/local/foundation.ts';
import { PollingBot, standingTermMs } from '../../../functions/local/polling/polling-bot.ts';
import { processIdentity } from '../../../functions/local/machine/process-identity.ts';
import { runBot } from '../../../functions/local/run-bot.ts';
import { Standby } from '../../../functions/local/polling/standby.ts';
import { readSettings } from '../../../functions/settings/settings.ts';
import { deriveWebhookSecret } from '../../../functions/telegram/webhook-secret.ts';
import { fastEndpoint, localClient, type RunningEndpoint } from '../../fixtures/local-dynamodb.ts';
import { observe } from '../../fixtures/observed-client.ts';

const TOKEN = '88:polling-bot-test-token';
const ANNA = { id: 10, first_name: 'Anna' };
const HELP = {
  update_id: 900,
  message: {
    message_id: 1,
    date: 1_700_000_000,
    chat: { ...ANNA, type: 'private' },
    from: { ...ANNA, is_bot: false },
    text: '/help',
    entities: [{ type: 'bot_command', offset: 0, length: 5 }],
  },
};

describe('a bot that polls', () => {
  let dynamo: RunningEndpoint;
  let telegram: BotApiServer;
  let folder: string;
  beforeAll(async () => {
    dynamo = await fastEndpoint().start();
    telegram = await startBotApiServer({
      bots: { [TOKEN]: { id: 88, username: 'polling_bot', first_name: 'P' } },
    });
    telegram.user(ANNA);
    folder = await mkdtemp(join(tmpdir(), 'polling-bot-'));
  });
  afterAll(async () => {
    await telegram.close();
    await dynamo.close();
    await rm(folder, { recursive: true });
  });

  const environment = (tableName: string, hostId: string) => ({
    TABLE_NAME: tableName,
    AWS_ENDPOINT_URL_DYNAMODB: dynamo.endpoint,
    TELEGRAM_BOT_TOKEN: TOKEN,
    TELEGRAM_API_ROOT: telegram.apiRoot,
    BOT_HOST_ID: hostId,
    BOT_DATA: join(folder, hostId),
    PORT: '0',
    MAX_CLOCK_SKEW_MS: '500',
  });

  /** `bot start` on a machine of its own; `said` resolves when it says something of the kind. */
  const begin = (
    tableName: string,
    hostId: string,
    { standby = false, changed = {} }: { standby?: boolean; changed?: Record<string, string> } = {},
  ) => {
    const env = { ...environment(tableName, hostId), ...changed };
    const stop = new AbortController();
    const lines: string[] = [];
    const finished = runBot({
      env,
      settings: readSettings(env),
      mode: 'polling',
      standby,
      signal: stop.signal,
      say: (line) => lines.push(line),
      terminal: { input: Readable.from([]), write: () => {}, leave: () => {} },
    });
    onTestFinished(async () => {
      stop.abort();
      await finished;
    });
    const said = async (line: RegExp): Promise<RegExpExecArray> => {
      const heard = () => lines.map((each) => line.exec(each)).find((each) => each !== null);
      await expect.poll(heard, { interval: 10 }).toBeDefined();
      return heard()!;
    };
    return { said, stop: () => stop.abort(), finished };
  };

  const leasesOf = (tableName: string): DynamoLeaseStore => {
    const client = localClient(dynamo.endpoint);
    onTestFinished(() => client.destroy());
    return new DynamoLeaseStore({ client, tableName, scope: '88' });
  };

  it('renews its lease while a start lasts long', async () => {
    const tableName = `test-${randomUUID()}`;
    const handlerDeadlineMs = 1_000;
    telegram.fault({ fault: { kind: 'slow', delayMs: 3_000 }, method: 'getMe' });
    const changed = { HANDLER_DEADLINE_MS: String(handlerDeadlineMs), MAX_CLOCK_SKEW_MS: '250' };
    const { said } = begin(tableName, 'press-5', { changed });
    await said(/Bot is running/);
    const { expiresAtMs } = (await leasesOf(tableName).read({ epoch: 1, partition: 0 }))!;
    expect(expiresAtMs - standingTermMs(handlerDeadlineMs)).toBeGreaterThan(telegram.calls('getMe')[0]!.at);
  });

  it('frees its lease after a replay that is in hand when it is stopped', async () => {
    const tableName = `test-${randomUUID()}`;
    const first = begin(tableName, 'press-1');
    const [, health] = await first.said(/(http:.*\/)health/);
    await first.said(/Bot is running/);
    const replay = (update: object) =>
      fetch(`${health}telegram/webhook`, {
        method: 'POST',
        headers: { 'x-telegram-bot-api-secret-token': deriveWebhookSecret(TOKEN) },
        body: JSON.stringify(update),
      });
    const standby = begin(tableName, 'press-2', { standby: true });
    await standby.said(/Standing by: the lease is held by PID \d+ on press-1/);

    // The answer to it leaves again when the flood wait has been sat out.
    telegram.fault({ fault: { kind: 'too-many-requests', retryAfter: 2 }, method: 'sendMessage' });
    const answers = () => telegram.calls('sendMessage').length;
    const replayed = replay(HELP);
    await expect.poll(answers, { interval: 5 }).toBe(1);
    first.stop();
    await standby.said(/Lease acquired/);
    expect(answers()).toBe(2);
    expect((await replayed).status).toBe(200);
    await first.finished;
    expect(answers()).toBe(2);
  });

  it('waits while nobody holds its lease since the layout is being changed, and goes on in the next one', async () => {
    const tableName = `test-${randomUUID()}`;
    const changed = { HANDLER_DEADLINE_MS: '3000' };
    const { said, stop, finished } = begin(tableName, 'press-4', { changed });
    await said(/Bot is running/);
    const store = leasesOf(tableName);
    const operator = {
      store,
      clock: systemClock,
      skewMs: 500,
      newAttemptId: randomUUID,
      stateOf: async () => 'over' as const,
      emit: () => {},
    };
    // As if it had been frozen past its lease, and the operator's process died after the first step.
    await store.retire({
      key: { epoch: 1, partition: 0 },
      attemptId: 'half',
      staleBeforeMs: Date.now() + 3_600_000,
      overToken: undefined,
    });
    await said(/taking the lease again/);
    await changeLayout(operator, { partitions: 2, patienceMs: 0 });
    await said(/Lease acquired again/);
    expect(await store.read({ epoch: 2, partition: 1 })).toMatchObject({
      holder: expect.stringContaining('press-4') as string,
    });
    stop();
    await finished;
  });

  it('goes on standing by when the store fails it as its turn has come', async () => {
    const env = environment(`test-${randomUUID()}`, 'press-3');
    const settings = readSettings(env);
    const client = localClient(dynamo.endpoint, { attempts: 1 });
    onTestFinished(() => client.destroy());
    await createTableIfMissing(client, settings.tableName);
    const identity = processIdentity({ hostId: 'press-3' });
    const access = { token: TOKEN, apiRoot: telegram.apiRoot };
    const lines: string[] = [];
    const say = (line: string): void => void lines.push(line);
    const foundation = await createFoundation({
      store: {
        client,
        tableName: settings.tableName,
        isLocal: true,
        id: '',
        description: '',
        close: async () => {},
      },
      settings,
      secrets: { token: TOKEN, botId: '88', webhookSecret: deriveWebhookSecret(TOKEN) },
      telegram: access,
      identity,
      emit: () => {},
      troubles: () => [],
      say,
    });
    const { leases, context } = foundation.protocol;
    const standby = new Standby({
      readLease: () => leases.read({ epoch: 1, partition: 0 }),
      isDead: identity.isDead,
      holder: identity.holder,
      webhookHost: async () => undefined,
      isWebhookUnwanted: async () => false,
      neighbour: async () => undefined,
      clock: context.clock,
      skewMs: settings.maxClockSkewMs,
      termMs: standingTermMs(settings.handlerDeadlineMs),
      say,
    });
    const { handlerDeadlineMs } = settings;
    const bot = new PollingBot({ foundation, telegram: access, handlerDeadlineMs, standby, say });
    const traffic = observe(client);
    // Once it never arrives, once only the answer is lost: then the lease is its own, and it does not wait for itself.
    traffic.loseBefore('acquire');
    traffic.before('acquire', () => traffic.loseAnswer('acquire'));
    const startedAt = performance.now();
    await bot.take(new AbortController().signal);
    expect(performance.now() - startedAt).toBeLessThan(standingTermMs(handlerDeadlineMs));
    expect(bot.tokens).toEqual([{ partition: 0, fencingToken: 2 }]);
    expect(lines).toContainEqual(expect.stringContaining('Standing by: the store did not answer'));
    await bot.release();
    expect(await leases.read({ epoch: 1, partition: 0 })).toMatchObject({ holder: undefined });
  });
});
