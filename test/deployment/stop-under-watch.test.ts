import { Api } from 'grammy/web';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { watchWebhook } from '../../functions/deployment/webhook-watch.ts';
import { DynamoStatusStore } from '../../functions/dynamodb/status-store.ts';
import { startBotApiServer } from '../../functions/local/bot-api/server.ts';
import type { BotApiServer } from '../../functions/local/bot-api/types.ts';
import { deleteWebhookIfOurs } from '../../functions/telegram/webhook-state.ts';
import { describeOnEveryStore, type StoreFixture } from '../fixtures/dynamodb-endpoints.ts';

const TOKEN = '42:right';
const OURS = 'https://ours.example.com/telegram/webhook';
const THEIRS = 'https://theirs.example.com/hook';

describeOnEveryStore('an operator who stops the bot during a round of the watchdog', (store) => {
  let telegram: BotApiServer;
  let table: Awaited<ReturnType<StoreFixture['freshTable']>>;
  let status: DynamoStatusStore;
  let telegramMs = Date.now();
  beforeAll(async () => {
    telegram = await startBotApiServer({
      bots: { [TOKEN]: { id: 42, username: 'b', first_name: 'B' } },
      clock: { wallMs: () => (telegramMs += 5_000), after: () => () => {} },
    });
  });
  afterAll(() => telegram.close());
  beforeEach(async () => {
    table = await store.freshTable();
    status = new DynamoStatusStore(table);
    await status.desireWebhook('42', { desired: 'on', expectedUrl: OURS });
    await api().deleteWebhook();
  });

  const api = () => new Api(TOKEN, { apiRoot: telegram.apiRoot });
  const url = async () => (await api().getWebhookInfo()).url;
  const setCalls = () => telegram.calls('setWebhook').length;
  /** As `bot stop` does it. */
  const stop = async () => {
    await status.desireWebhook('42', { desired: 'off' });
    await deleteWebhookIfOurs(api(), OURS);
  };
  const start = async () => {
    await status.desireWebhook('42', { desired: 'on', expectedUrl: OURS });
    await api().setWebhook(OURS);
  };
  /** Between the n-th reading of the operator's wish and what follows it, something happens. */
  const round = (meanwhile: { reading: number; act: () => Promise<void> }) => {
    let readings = 0;
    class Interrupted extends DynamoStatusStore {
      override async webhook(botId: string) {
        const known = await super.webhook(botId);
        readings += 1;
        if (readings === meanwhile.reading) await meanwhile.act();
        return known;
      }
    }
    return watchWebhook({
      api: api(),
      botId: '42',
      webhookSecret: 'secret-1',
      status: new Interrupted(table),
      partitions: async () => 16,
      nowMs: Date.now,
    });
  };

  it('is not undone by it: the wish is read again before the webhook is set', async () => {
    const before = setCalls();
    expect(await round({ reading: 1, act: stop })).toMatchObject({ isDrifted: true, isRetaken: false });
    expect(await url()).toBe('');
    expect(setCalls()).toBe(before);
  });

  it('is not undone by a setting that was under way: it is taken away again', async () => {
    const before = setCalls();
    expect(await round({ reading: 2, act: stop })).toMatchObject({ isDrifted: true, isRetaken: false });
    expect(setCalls()).toBe(before + 1);
    expect(await url()).toBe('');
  });

  it('has a webhook of ours that is left over taken away by the next round', async () => {
    await api().setWebhook(OURS);
    await status.desireWebhook('42', { desired: 'off' });
    expect(await round({ reading: 0, act: stop })).toMatchObject({
      isDrifted: true,
      isRemoved: true,
      isLeftToOthers: false,
    });
    expect(await url()).toBe('');
    expect(await round({ reading: 0, act: stop })).toMatchObject({ isDrifted: false });
  });

  it('has nobody else’s webhook taken away, were it at the same host', async () => {
    await status.desireWebhook('42', { desired: 'off' });
    for (const foreign of [THEIRS, `${OURS}/2`]) {
      await api().setWebhook(foreign);
      expect(await round({ reading: 0, act: stop })).toMatchObject({ isDrifted: false });
      expect(await url()).toBe(foreign);
    }
  });

  it('and starts it at once keeps the webhook', async () => {
    await api().setWebhook(OURS);
    await status.desireWebhook('42', { desired: 'off' });
    await round({ reading: 1, act: start });
    expect(await url()).toBe(OURS);
  });
});
