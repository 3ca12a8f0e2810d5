import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startBotApiServer } from '../../../functions/local/bot-api/server.ts';
import type { BotApiServer } from '../../../functions/local/bot-api/types.ts';
import { ManualClock } from './manual-clock.ts';
import { TOKEN, ada, profile } from './parties.ts';
import { rawCall } from './raw-call.ts';
import { startWebhookReceiver, type WebhookReceiver } from './webhook-receiver.ts';

const HOOK = 'https://bot.example/telegram/webhook';

let clock: ManualClock;
let server: BotApiServer;

beforeEach(async () => {
  clock = new ManualClock();
  server = await startBotApiServer({ bots: { [TOKEN]: profile }, clock });
  server.user(ada);
});

afterEach(() => server.close());

/** Later than a second after the call before. */
const later = (method: string, payload: object = {}) => {
  clock.advance(1_000);
  return rawCall(server, method, payload);
};
const info = async () => (await rawCall(server, 'getWebhookInfo')).result;

describe('setWebhook', () => {
  test('that is refused leaves none, whatever was set before', async () => {
    for (const bad of [
      { url: 'https://bot.example:1' },
      { url: HOOK, secret_token: 'a b' },
      { url: 'http://x.example' },
    ]) {
      await later('setWebhook', { url: HOOK });
      expect(await later('setWebhook', bad)).toMatchObject({ status: 400 });
      expect(await info()).toMatchObject({ url: '' });
    }
  });

  test('takes an address without a scheme for https', async () => {
    await later('setWebhook', { url: 'bot.example/telegram/webhook' });
    expect(await info()).toMatchObject({ url: HOOK });
  });

  test('sets, says so when nothing changed, and sets again when something did', async () => {
    expect(await later('setWebhook', { url: HOOK })).toMatchObject({
      result: true,
      description: 'Webhook was set',
    });
    expect(await later('setWebhook', { url: HOOK })).toMatchObject({ description: 'Webhook is already set' });
    expect(await later('setWebhook', { url: HOOK, secret_token: 'x' })).toMatchObject({
      description: 'Webhook was set',
    });
    expect(await info()).toEqual({
      url: HOOK,
      has_custom_certificate: false,
      pending_update_count: 0,
      max_connections: 40,
      ip_address: '<unknown>',
    });
  });

  test('is refused with 429 within a second of another', async () => {
    await later('setWebhook', { url: HOOK });
    const again = await rawCall(server, 'setWebhook', { url: HOOK });
    expect(again).toMatchObject({
      status: 429,
      description: 'Too Many Requests: retry after 1',
      parameters: { retry_after: 1 },
    });
    expect(again.headers.get('retry-after')).toBe('1');
    expect(await later('setWebhook', { url: HOOK })).toMatchObject({ ok: true });
  });

  test('keeps allowed_updates when left out', async () => {
    await later('setWebhook', { url: HOOK, allowed_updates: ['message', 'callback_query'] });
    await later('setWebhook', { url: `${HOOK}/2` });
    expect(await info()).toMatchObject({ url: `${HOOK}/2`, allowed_updates: ['message', 'callback_query'] });
  });

  test('takes allowed_updates even when nothing else changed', async () => {
    await later('setWebhook', { url: HOOK });
    await later('setWebhook', { url: HOOK, allowed_updates: ['message'] });
    expect(await info()).toMatchObject({ allowed_updates: ['message'] });
  });

  test.each([
    [0, 1],
    [1, 1],
    [100, 100],
    [1_000, 100],
  ])('moves max_connections %i to %i', async (asked, kept) => {
    await later('setWebhook', { url: HOOK, max_connections: asked });
    expect(await info()).toMatchObject({ max_connections: kept });
  });

  test.each(['a', 'A-z_9', 'x'.repeat(256)])('takes the secret token %s', async (secret) => {
    expect(await later('setWebhook', { url: HOOK, secret_token: secret })).toMatchObject({ ok: true });
  });

  test.each([
    ['x'.repeat(257), 'secret token is too long'],
    ['with space', 'secret token contains unallowed characters'],
    ['ümlaut', 'secret token contains unallowed characters'],
    ['a+b', 'secret token contains unallowed characters'],
  ])('refuses the secret token %s', async (secret, reason) => {
    expect(await later('setWebhook', { url: HOOK, secret_token: secret })).toMatchObject({
      status: 400,
      description: `Bad Request: ${reason}`,
    });
    expect(await info()).toMatchObject({ url: '' });
  });

  test.each([
    ['http://bot.example/hook', 'bad webhook: An HTTPS URL must be provided for webhook'],
    ['https://bot.example:3000/hook', 'bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443'],
    ['ftp://bot.example/', 'invalid webhook URL specified'],
    ['no url', 'invalid webhook URL specified'],
  ])('refuses the address %s', async (url, reason) => {
    expect(await later('setWebhook', { url })).toMatchObject({
      status: 400,
      description: `Bad Request: ${reason}`,
    });
  });

  test.each([
    'https://bot.example:8443/',
    'http://127.0.0.1:3000/',
    'http://localhost:3000/',
    'http://[::1]:9/',
  ])('takes the address %s', async (url) => {
    expect(await later('setWebhook', { url })).toMatchObject({ ok: true });
  });

  test('with an empty address is deleteWebhook', async () => {
    await later('setWebhook', { url: HOOK });
    expect(await rawCall(server, 'setWebhook', { url: '' })).toMatchObject({
      description: 'Webhook was deleted',
    });
  });
});

describe('deleteWebhook', () => {
  test('says whether there was one', async () => {
    await later('setWebhook', { url: HOOK });
    expect(await rawCall(server, 'deleteWebhook')).toMatchObject({ description: 'Webhook was deleted' });
    expect(await rawCall(server, 'deleteWebhook')).toMatchObject({
      description: 'Webhook is already deleted',
    });
    expect(await info()).toEqual({ url: '', has_custom_certificate: false, pending_update_count: 0 });
  });

  test('keeps the pending updates, unless it is to drop them', async () => {
    const { updateId } = server.sendMessage({ from: ada.id, text: 'hello' });
    await rawCall(server, 'deleteWebhook');
    expect(await info()).toMatchObject({ pending_update_count: 1 });
    await rawCall(server, 'deleteWebhook', { drop_pending_updates: true });
    expect(await info()).toMatchObject({ pending_update_count: 0 });
    expect(server.droppedUpdates()).toMatchObject([{ updateId, reason: 'drop_pending_updates' }]);
  });

  describe('while the webhook is being called', () => {
    let webhook: WebhookReceiver;
    beforeEach(async () => (webhook = await startWebhookReceiver()));
    afterEach(() => webhook.close());

    test('cuts the call and leaves the update to the next one who asks', async () => {
      let cut = false;
      webhook.answer = ({ response }) => response.on('close', () => (cut = true));
      await later('setWebhook', { url: webhook.url });
      const { updateId } = server.sendMessage({ from: ada.id, text: 'hello' });
      for (let turns = 0; webhook.received.length === 0 && turns < 500; turns++)
        await new Promise((r) => setTimeout(r, 2));
      await rawCall(server, 'deleteWebhook');
      await server.until('the end of the attempt', () => server.deliveries()[0]?.endedAt !== undefined);
      expect(server.deliveries()[0]).toMatchObject({ error: 'Webhook was closed' });
      expect(await rawCall(server, 'getUpdates')).toMatchObject({ result: [{ update_id: updateId }] });
      for (let turns = 0; !cut && turns < 500; turns++) await new Promise((r) => setTimeout(r, 2));
      expect(cut).toBe(true);
    });
  });
});
