import { Api } from 'grammy/web';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startBotApiServer } from '../../functions/local/bot-api/server.ts';
import type { BotApiServer } from '../../functions/local/bot-api/types.ts';
import type { StatusStore, WebhookStatus } from '../../functions/status/status-store.ts';
import { retake, turnOff, turnOn, WebhookRefusedError } from '../../functions/telegram/webhook-switch.ts';

const TOKEN = '42:webhook-switch-test';
const FORMER = 'https://former.example.com/telegram/webhook';
const NEXT = 'https://next.example.com/telegram/webhook';
const desired = (url: string) => ({ url, secretToken: 'x'.repeat(32), maxConnections: 1 });

describe('the switch of a webhook', () => {
  let telegram: BotApiServer;
  let nowMs = Date.now();
  let wish: Pick<WebhookStatus, 'desired' | 'expectedUrl'> | undefined;
  /** The wishes, and the requests to Telegram, in order. */
  let log: string[];
  let api: Api;
  const status: Pick<StatusStore, 'webhook' | 'desireWebhook'> = {
    webhook: async () => wish && { ...wish, retakenAtMs: [] },
    desireWebhook: async (_, wanted) => {
      wish = { ...wish, ...wanted };
      log.push(`want ${wanted.desired} ${wish.expectedUrl ?? ''}`);
    },
  };
  const deps = () => ({ api, status, botId: '42' });
  const set = async (): Promise<string | undefined> =>
    (await new Api(TOKEN, { apiRoot: telegram.apiRoot }).getWebhookInfo()).url;

  beforeAll(async () => {
    telegram = await startBotApiServer({
      bots: { [TOKEN]: { id: 42, username: 'b', first_name: 'B' } },
      // Two seconds pass with every look at the clock: Telegram takes one setWebhook a second.
      clock: { wallMs: () => (nowMs += 2_000), after: () => () => {} },
    });
  });
  afterAll(() => telegram.close());
  beforeEach(async () => {
    telegram.clearFaults();
    const plain = new Api(TOKEN, { apiRoot: telegram.apiRoot });
    await plain.setWebhook(FORMER);
    wish = { desired: 'on', expectedUrl: FORMER };
    log = [];
    api = new Api(TOKEN, { apiRoot: telegram.apiRoot });
    api.config.use((prev, method, payload, signal) => {
      if (method !== 'getWebhookInfo') log.push(method);
      return prev(method, payload, signal);
    });
  });

  it('says what is wanted before it touches the webhook', async () => {
    await turnOn(deps(), desired(NEXT));
    expect(log).toEqual([`want on ${NEXT}`, 'setWebhook']);
    expect(await set()).toBe(NEXT);
    log = [];
    expect(await turnOff(deps(), { url: NEXT })).toBe(true);
    expect(log).toEqual([`want off ${NEXT}`, 'deleteWebhook']);
    expect(await set()).toBe('');
  });

  it('wants again what was wanted before where Telegram refuses', async () => {
    telegram.fault({
      fault: { kind: 'refused', reason: 'bad webhook: Failed to resolve host' },
      method: 'setWebhook',
    });
    const refused = turnOn(deps(), desired(NEXT));
    await expect(refused).rejects.toThrow(WebhookRefusedError);
    await expect(refused).rejects.toThrow(
      /Failed to resolve host\. The webhook at former\.example\.com is as it was/,
    );
    expect(wish).toEqual({ desired: 'on', expectedUrl: FORMER });
  });

  it('sets the former webhook again, which Telegram closes before it refuses another', async () => {
    const closesFirst = new Api(TOKEN, { apiRoot: telegram.apiRoot });
    telegram.fault({ fault: { kind: 'refused', reason: 'bad webhook' }, method: 'setWebhook' });
    api.config.use(async (prev, method, payload, signal) => {
      const answer = await prev(method, payload, signal);
      if (method === 'setWebhook' && !answer.ok) await closesFirst.deleteWebhook();
      return answer;
    });
    await expect(turnOn(deps(), desired(NEXT))).rejects.toThrow(/former\.example\.com is set again/);
    expect(await set()).toBe(FORMER);
  });

  it('lets the wish stand where no answer came, since the webhook may be set', async () => {
    telegram.fault({ fault: { kind: 'reset', processed: true }, method: 'setWebhook' });
    await expect(turnOn(deps(), desired(NEXT))).rejects.not.toThrow(WebhookRefusedError);
    expect(wish).toEqual({ desired: 'on', expectedUrl: NEXT });
    expect(await set()).toBe(NEXT);
  });

  it('wants no webhook where none was wanted before the one that was refused', async () => {
    wish = undefined;
    telegram.fault({ fault: { kind: 'refused', reason: 'bad webhook' }, method: 'setWebhook' });
    await expect(turnOn(deps(), desired(NEXT))).rejects.toThrow(WebhookRefusedError);
    expect(wish).toMatchObject({ desired: 'off' });
  });

  it('wants the webhook again that could not be deleted', async () => {
    telegram.fault({ fault: { kind: 'too-many-requests', retryAfter: 60 }, method: 'deleteWebhook' });
    await expect(turnOff(deps(), { any: true })).rejects.toThrow('429');
    expect(wish).toEqual({ desired: 'on', expectedUrl: FORMER });
  });

  it('takes back only what is wanted, before and after', async () => {
    wish = { desired: 'off', expectedUrl: NEXT };
    expect(await retake(deps(), desired(NEXT))).toBe(false);
    expect(log).toEqual([]);
    wish = { desired: 'on', expectedUrl: NEXT };
    expect(await retake(deps(), desired(NEXT))).toBe(true);
    api.config.use(async (prev, method, payload, signal) => {
      const answer = await prev(method, payload, signal);
      if (method === 'setWebhook') wish = { desired: 'off', expectedUrl: NEXT };
      return answer;
    });
    expect(await retake(deps(), desired(NEXT))).toBe(false);
    expect(await set()).toBe('');
  });
});
