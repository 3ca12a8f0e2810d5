import { Api } from 'grammy/web';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, describe, vi } from 'vitest';
import { DynamoStatusStore } from '../../functions/dynamodb/status-store.ts';
import { startBotApiServer } from '../../functions/local/bot-api/server.ts';
import type { BotApiServer } from '../../functions/local/bot-api/types.ts';
import { runRound, LOOK_LIMIT_MS, type RoundDeps } from '../../functions/deployment/watchdog-round.ts';
import { ALLOWED_UPDATES } from '../../functions/telegram/allowed-updates.ts';
import { watchWebhook, type Sighting } from '../../functions/deployment/webhook-watch.ts';
import { reason, REASONS } from '../../functions/status/reasons.ts';
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

  it('sets one again at our own address for which somebody has asked for less than we handle', async () => {
    await api().setWebhook(OURS, { allowed_updates: ['inline_query'] });
    expect(await round()).toMatchObject({ isDrifted: true, isRetaken: true });
    const { allowed_updates: kinds } = await api().getWebhookInfo();
    expect(kinds?.sort()).toEqual([...ALLOWED_UPDATES].sort());
    expect(await round()).toMatchObject({ isDrifted: false, isRetaken: false });
  });

  it('leaves one at our own address that brings more', async () => {
    await api().setWebhook(OURS, { allowed_updates: [...ALLOWED_UPDATES, 'edited_message'] });
    expect(await round()).toMatchObject({ isDrifted: false, isRetaken: false });
  });

  it('takes it back three times an hour, then leaves it, and begins anew when the hour is over', async () => {
    const seen: Sighting[] = [];
    for (let i = 0; i < 5; i += 1) {
      await api().setWebhook(THEIRS);
      seen.push(await round());
      nowMs += MINUTE_MS;
    }
    expect(seen.map(({ isRetaken }) => isRetaken)).toEqual([true, true, true, false, false]);
    expect(seen.map(({ isLeftToOthers }) => isLeftToOthers)).toEqual([false, false, false, true, true]);
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
    isWanted: true,
    isDrifted: true,
    isRetaken: false,
    isRemoved: true,
    isLeftToOthers: true,
  };
  const deps: RoundDeps = {
    watch: async () => sighting,
    askEndpoint: async () => undefined,
    askHealth: async () => ({ kind: 'told', reasons: [] }),
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
    await runRound(deps);
    expect(Object.fromEntries(told)).toEqual({
      PendingUpdates: 4,
      UpdatesDone: 0,
      DeliveriesToRepeat: 0,
      WebhookDrift: 1,
      WebhookRetaken: 0,
      WebhookErrors: 1,
      Served: 1,
      ParkedUpdates: 2,
      KnowledgeAtoms: 5,
      KnowledgePublishedAt: 7,
    });
  });

  describe('takes users for served', () => {
    const well = { ...sighting, isDrifted: false, isRemoved: false, isLeftToOthers: false };
    const verdictOf = async (changed: Partial<RoundDeps>): Promise<unknown> => {
      const lines: unknown[] = [];
      const log = (message: string, details: object) => lines.push([message, details]);
      await runRound({ ...deps, watch: async () => well, log, ...changed }).catch(() => {});
      const [, why] = (lines.find((line) => (line as string[])[0] === 'not-served') ?? []) as [
        string?,
        { troubles: string[] }?,
      ];
      return told.get('Served') === 1 ? 'served' : why?.troubles;
    };

    it.each<[string, Partial<RoundDeps>]>([
      ['all is well', {}],
      ['updates are parked', { askHealth: async () => ({ kind: 'told', reasons: [reason('parked', '2')] }) }],
      [
        'nothing was imported',
        { askHealth: async () => ({ kind: 'told', reasons: [reason('noKnowledge')] }) },
      ],
      [
        'nobody can tell how the health is',
        { askHealth: async () => ({ kind: 'unknown', why: 'health-throttled' }) },
      ],
      ['the webhook was taken back', { watch: async () => ({ ...well, isDrifted: true, isRetaken: true }) }],
      ['one that is not wanted was removed', { watch: async () => sighting }],
      ['only news cannot be told', { tellNews: () => Promise.reject(new Error('no news')) }],
    ])('when %s', async (_, changed) => {
      expect(await verdictOf(changed)).toBe('served');
    });

    it.each<[string, Partial<RoundDeps>, string]>([
      [
        'Telegram is silent',
        { watch: () => Promise.reject(new Error('Telegram is silent')) },
        'Telegram is silent',
      ],
      [
        'the webhook stays another’s',
        { watch: async () => ({ ...well, isDrifted: true }) },
        REASONS.webhookForeign,
      ],
      [
        'a synthetic update fails',
        { askEndpoint: async () => 'HTTP 500' },
        `${REASONS.endpointFails}: HTTP 500`,
      ],
      [
        'the store is silent',
        { askHealth: async () => ({ kind: 'told', reasons: [REASONS.storeSilent] }) },
        REASONS.storeSilent,
      ],
      [
        'a partition is stuck',
        { askHealth: async () => ({ kind: 'told', reasons: [REASONS.partitionStopped] }) },
        REASONS.partitionStopped,
      ],
    ])('not when %s', async (_, changed, why) => {
      expect(await verdictOf(changed)).toEqual([why]);
    });

    it('and writes down why the health says nothing', async () => {
      const lines: string[] = [];
      const askHealth = async () => ({ kind: 'unknown', why: 'health-silent' }) as const;
      await runRound({ ...deps, askHealth, log: (message) => lines.push(message) });
      expect(lines).toContain('health-silent');
    });
  });

  it('counts none as pending while an operator wants none delivered', async () => {
    await runRound({ ...deps, watch: async () => ({ ...sighting, isWanted: false }) });
    expect(told.get('PendingUpdates')).toBe(0);
  });

  it('lets no look that fails keep another from being told, and fails in the end', async () => {
    const failing = { ...deps, watch: () => Promise.reject(new Error('Telegram is silent')) };
    await expect(runRound(failing)).rejects.toThrow(/1 of 7 looks failed: Telegram is silent/);
    expect(told.get('ParkedUpdates')).toBe(2);
    expect(told.has('WebhookDrift')).toBe(false);
  });

  describe('in which a look never ends', () => {
    beforeEach(() => void vi.useFakeTimers());
    afterEach(() => void vi.useRealTimers());

    it.each(['watch', 'askEndpoint', 'askHealth', 'countParked', 'knowledge', 'tellNews'] as const)(
      'tells what the others than %s see, in time',
      async (slow) => {
        const calm = { ...deps, watch: async () => ({ ...sighting, isDrifted: false }) };
        await runRound(calm);
        const names = [...told.keys()];
        told.clear();
        let end: () => void = () => {};
        const never = new Promise<never>((_, reject) => (end = () => reject(new Error('much later'))));
        const round = expect(runRound({ ...calm, [slow]: () => never })).rejects.toThrow(
          /^1 of 7 looks failed: the look (at|for) .* took too long$/,
        );
        await vi.advanceTimersByTimeAsync(LOOK_LIMIT_MS);
        await round;
        const untold = names.filter((name) => !told.has(name));
        expect(told.size).toBeGreaterThan(3);
        expect(untold.length).toBe(
          { watch: 6, askEndpoint: 0, askHealth: 0, countParked: 1, knowledge: 2, tellNews: 0 }[slow],
        );
        end();
      },
    );

    it('leaves no timer behind when none is slow', async () => {
      await runRound(deps);
      expect(vi.getTimerCount()).toBe(0);
    });
  });

  it('writes down what it did and what it leaves alone', async () => {
    const lines: string[] = [];
    await runRound({ ...deps, log: (message) => lines.push(message) });
    expect(lines).toEqual(['webhook-error', 'webhook-removed', 'webhook-left-to-others']);
  });

  it('forgets Telegram’s error after five minutes', async () => {
    await runRound({ ...deps, nowMs: () => 9_000 + 300_000 });
    expect(told.get('WebhookErrors')).toBe(0);
  });
});
