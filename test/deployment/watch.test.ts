import { Api } from 'grammy/web';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, describe, vi } from 'vitest';
import { DynamoStatusStore } from '../../functions/dynamodb/status-store.ts';
import { startBotApiServer } from '../../functions/local/bot-api/server.ts';
import type { BotApiServer } from '../../functions/local/bot-api/types.ts';
import { goRound, LOOK_LIMIT_MS, type RoundDeps } from '../../functions/deployment/watchdog-round.ts';
import { watchWebhook, type Sighting } from '../../functions/deployment/webhook-watch.ts';
import { describeOnEveryStore } from '../fixtures/dynamodb-endpoints.ts';

const TOKEN = '42:right';
const OURS = 'https://ours.example.com/telegram/webhook';
const THEIRS = 'https://theirs.example.com/hook';
const MINUTE_MS = 60_000;

describeOnEveryStore('the watchdog', (store) => {
  let telegram: BotApiServer;
  let status: DynamoStatusStore;
  let nowMs: number;
  const api = () => new Api(TOKEN, { apiRoot: telegram.apiRoot });
  const url = async () => (await api().getWebhookInfo()).url;
  const round = () =>
    watchWebhook({
      api: api(),
      botId: '42',
      webhookSecret: 'secret-1',
      status,
      partitions: async () => 16,
      nowMs: () => nowMs,
    });

  let telegramMs = Date.now();
  beforeAll(async () => {
    telegram = await startBotApiServer({
      bots: { [TOKEN]: { id: 42, username: 'b', first_name: 'B' } },
      clock: { wallMs: () => (telegramMs += 5_000), after: () => () => {} },
    });
  });
  afterAll(() => telegram.close());
  beforeEach(async () => {
    status = new DynamoStatusStore(await store.freshTable());
    nowMs = 1_800_000_000_000;
    await status.desireWebhook('42', { desired: 'on', expectedUrl: OURS });
    await api().setWebhook(OURS);
  });

  it('writes down what it sees', async () => {
    expect(await round()).toMatchObject({ isDrifted: false, isRetaken: false });
    expect(await status.webhook('42')).toMatchObject({
      desired: 'on',
      isOurs: true,
      checkedAtMs: nowMs,
      pendingUpdateCount: 0,
      retakenAtMs: [],
    });
  });

  it('takes a webhook back that somebody else has set, with the layout’s connections', async () => {
    await api().setWebhook(THEIRS);
    expect(await round()).toMatchObject({ isDrifted: true, isRetaken: true });
    expect(await url()).toBe(OURS);
    expect(telegram.calls('setWebhook').at(-1)?.payload).toMatchObject({
      max_connections: 4,
      secret_token: 'secret-1',
    });
  });

  it('takes it back three times an hour, then leaves it, and begins anew when the hour is over', async () => {
    const seen: Sighting[] = [];
    for (let i = 0; i < 5; i += 1) {
      await api().setWebhook(THEIRS);
      seen.push(await round());
      nowMs += MINUTE_MS;
    }
    expect(seen.map(({ isRetaken }) => isRetaken)).toEqual([true, true, true, false, false]);
    expect(seen.map(({ isGivenUp }) => isGivenUp)).toEqual([false, false, false, true, true]);
    expect(await url()).toBe(THEIRS);
    nowMs += 60 * MINUTE_MS;
    expect(await round()).toMatchObject({ isRetaken: true });
  });

  it('sets a missing webhook, unless an operator wants it off', async () => {
    await api().deleteWebhook();
    await status.desireWebhook('42', { desired: 'off' });
    expect(await round()).toMatchObject({ isDrifted: false, isRetaken: false });
    expect(await url()).toBe('');
    await status.desireWebhook('42', { desired: 'on' });
    expect(await round()).toMatchObject({ isRetaken: true });
    expect(await url()).toBe(OURS);
  });

  it('counts a retake even if Telegram refuses it', async () => {
    await api().setWebhook(THEIRS);
    telegram.fault({ fault: { kind: 'internal-error' }, method: 'setWebhook' });
    await expect(round()).rejects.toThrow(/500/);
    expect((await status.webhook('42'))?.retakenAtMs).toEqual([nowMs]);
  });

  it('touches nothing where nothing was ever registered', async () => {
    status = new DynamoStatusStore(await store.freshTable());
    await api().setWebhook(THEIRS);
    expect(await round()).toMatchObject({ isDrifted: false, isRetaken: false });
    expect(await url()).toBe(THEIRS);
  });
});

describe('a round', () => {
  const told = new Map<string, number>();
  const sighting: Sighting = {
    actual: { url: OURS, pendingUpdateCount: 4, lastErrorAtMs: 9_000, lastError: 'Connection refused' },
    isDrifted: true,
    isRetaken: false,
    isRemoved: true,
    isGivenUp: true,
  };
  const deps: RoundDeps = {
    watch: async () => sighting,
    askEndpoint: async () => {},
    isHealthy: async () => false,
    countParked: async () => 2,
    knowledge: async () => ({ atoms: 5, publishedAtMs: 7_000 }),
    tellNews: async () => {},
    tellWeek: async () => {},
    measure: (name, value) => void told.set(name, value),
    log: () => {},
    nowMs: () => 10_000,
  };
  beforeEach(() => told.clear());

  it('measures everything, the good as well as the bad', async () => {
    await goRound(deps);
    expect(Object.fromEntries(told)).toEqual({
      PendingUpdates: 4,
      WebhookDrift: 1,
      WebhookRetaken: 0,
      WebhookErrors: 1,
      HealthDegraded: 1,
      ParkedUpdates: 2,
      KnowledgeAtoms: 5,
      KnowledgePublishedAt: 7,
    });
  });

  it('measures no health when nobody can tell how it is', async () => {
    await goRound({ ...deps, isHealthy: async () => undefined });
    expect(told.has('HealthDegraded')).toBe(false);
    expect(told.size).toBe(7);
  });

  it('lets no look that fails keep another from being told, and fails in the end', async () => {
    const failing = { ...deps, watch: () => Promise.reject(new Error('Telegram is silent')) };
    await expect(goRound(failing)).rejects.toThrow(/1 of 7 looks failed: Telegram is silent/);
    expect(told.get('ParkedUpdates')).toBe(2);
    expect(told.has('WebhookDrift')).toBe(false);
  });

  describe('in which a look never ends', () => {
    beforeEach(() => void vi.useFakeTimers());
    afterEach(() => void vi.useRealTimers());

    it.each(['watch', 'askEndpoint', 'isHealthy', 'countParked', 'knowledge', 'tellNews'] as const)(
      'tells what the others than %s see, in time',
      async (slow) => {
        const calm = { ...deps, watch: async () => ({ ...sighting, isDrifted: false }) };
        await goRound(calm);
        const names = [...told.keys()];
        told.clear();
        let end: () => void = () => {};
        const never = new Promise<never>((_, reject) => (end = () => reject(new Error('much later'))));
        const round = expect(goRound({ ...calm, [slow]: () => never })).rejects.toThrow(
          /^1 of 7 looks failed: the look (at|for) .* took too long$/,
        );
        await vi.advanceTimersByTimeAsync(LOOK_LIMIT_MS);
        await round;
        const untold = names.filter((name) => !told.has(name));
        expect(told.size).toBeGreaterThan(3);
        expect(untold.length).toBe(
          { watch: 4, askEndpoint: 0, isHealthy: 1, countParked: 1, knowledge: 2, tellNews: 0 }[slow],
        );
        end();
      },
    );

    it('leaves no timer behind when none is slow', async () => {
      await goRound(deps);
      expect(vi.getTimerCount()).toBe(0);
    });
  });

  it('writes down what it did and what it leaves alone', async () => {
    const lines: string[] = [];
    await goRound({ ...deps, log: (message) => lines.push(message) });
    expect(lines).toEqual(['webhook-error', 'webhook-removed', 'webhook-given-up']);
  });

  it('forgets Telegram’s error after five minutes', async () => {
    await goRound({ ...deps, nowMs: () => 9_000 + 300_000 });
    expect(told.get('WebhookErrors')).toBe(0);
  });
});
