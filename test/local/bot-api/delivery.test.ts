import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { startBotApiServer } from '../../../functions/local/bot-api/server.ts';
import type { BotApiServer } from '../../../functions/local/bot-api/types.ts';
import { ManualClock } from './manual-clock.ts';
import { TOKEN, ada, bob, profile } from './parties.ts';
import { rawCall } from './raw-call.ts';
import { answerWith, startWebhookReceiver, type Received, type WebhookReceiver } from './webhook-receiver.ts';

let clock: ManualClock;
let server: BotApiServer;
let webhook: WebhookReceiver;

beforeEach(async () => {
  clock = new ManualClock();
  server = await startBotApiServer({ bots: { [TOKEN]: profile }, clock, random: () => 0.5 });
  webhook = await startWebhookReceiver();
  server.user(ada);
  server.user(bob);
});

afterEach(async () => {
  await server.close();
  await webhook.close();
});

const setWebhook = (more: object = {}) => rawCall(server, 'setWebhook', { url: webhook.url, ...more });
const ended = (count: number) =>
  server.until(`${count} ended deliveries`, () => {
    const all = server.deliveries().filter(({ endedAt }) => endedAt !== undefined);
    return all.length >= count && all;
  });
const say = (text: string, from = ada.id): number => server.sendMessage({ from, text }).updateId ?? 0;

/** Fails until the update is gone, and returns the waits between attempts in seconds. */
async function waitsUntilDropped(): Promise<number[]> {
  const waits: number[] = [];
  for (let attempts = 1; ; attempts++) {
    await ended(attempts);
    if (server.pendingUpdates().length === 0) return waits;
    const before = clock.wallMs();
    // The first retry is due at once and has no timer to wait for.
    if (server.deliveries().length === attempts) clock.advanceToNext();
    waits.push((clock.wallMs() - before) / 1000);
  }
}

describe('the webhook request', () => {
  test('carries the update as JSON and the secret token', async () => {
    await setWebhook({ secret_token: 's3cret_-' });
    const updateId = say('hello');
    await ended(1);
    expect(webhook.received[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      'x-telegram-bot-api-secret-token': 's3cret_-',
    });
    expect(webhook.received[0]?.update).toMatchObject({
      update_id: updateId,
      message: { text: 'hello', from: ada },
    });
    expect(webhook.received[0]?.path).toBe('/telegram/webhook');
  });

  test('has no secret header where none was set', async () => {
    await setWebhook();
    say('hello');
    await ended(1);
    expect(webhook.received[0]?.headers).not.toHaveProperty('x-telegram-bot-api-secret-token');
  });

  test.each([200, 201, 204, 299])('is over once answered %i', async (status) => {
    webhook.answer = answerWith(status);
    await setWebhook();
    say('hello');
    await server.drained();
    expect(server.deliveries()).toMatchObject([{ status, attempt: 1 }]);
  });

  test.each([301, 302, 307, 308])('answered %i is a failure: redirects are not followed', async (status) => {
    webhook.answer = answerWith(status, { location: webhook.url });
    await setWebhook();
    say('hello');
    await ended(2);
    expect(server.deliveries()[0]).toMatchObject({
      status,
      error: expect.stringContaining(String(status)) as string,
    });
    expect(server.pendingUpdates()).toHaveLength(1);
  });
});

describe('the retry schedule', () => {
  test('is at once, then 2, 4, 8, 16, 32 s, then 60 to 120 s, until a message expires after a day', async () => {
    // An hour each, from the hundredth failure on, to get through the day.
    webhook.answer = (one) =>
      answerWith(500, webhook.received.length > 100 ? { 'retry-after': '3600' } : {})(one);
    const sentAt = clock.wallMs();
    await setWebhook();
    const updateId = say('hello');
    const waits = await waitsUntilDropped();
    expect(waits.slice(0, 7)).toEqual([0, 2, 4, 8, 16, 32, 64]);
    expect(waits.slice(7, 100)).toEqual(Array<number>(93).fill(90));
    expect(clock.wallMs() - sentAt).toBeGreaterThan(86_400_000 - 3_600_000);
    expect(clock.wallMs() - sentAt).toBeLessThanOrEqual(86_400_000);
    expect(server.droppedUpdates()).toMatchObject([{ updateId, reason: 'expired' }]);
    expect(server.deliveries(updateId).map(({ attempt }) => attempt)).toEqual(
      waits.concat(0).map((_, i) => i + 1),
    );
  });

  test.each([
    [0, 60],
    [0.999, 120],
  ])('waits, when the dice say %d, %i s in the end', async (dice, seconds) => {
    await server.close();
    server = await startBotApiServer({ bots: { [TOKEN]: profile }, clock, random: () => dice });
    server.user(ada);
    webhook.answer = answerWith(500);
    await setWebhook();
    server.chooseInlineResult({ from: ada.id, query: 'motor', resultId: '1' });
    expect((await waitsUntilDropped()).at(-1)).toBe(seconds);
  });

  test('gives a button press up after 150 s', async () => {
    webhook.answer = answerWith(500);
    await setWebhook();
    server.pressButton({ from: ada.id, message: 1, data: 'x', stale: true });
    const waits = await waitsUntilDropped();
    expect(waits).toEqual([0, 2, 4, 8, 16, 32, 64]);
  });

  test('gives an inline query up after 30 s', async () => {
    webhook.answer = answerWith(500);
    await setWebhook();
    server.inlineQuery({ from: ada.id, query: 'motor' });
    expect(await waitsUntilDropped()).toEqual([0, 2, 4, 8, 16]);
  });

  test('gives a chosen inline result up after 600 s', async () => {
    webhook.answer = answerWith(500);
    await setWebhook();
    server.chooseInlineResult({ from: ada.id, query: 'motor', resultId: '1' });
    const waits = await waitsUntilDropped();
    expect(waits.reduce((sum, wait) => sum + wait)).toBeGreaterThan(600 - 120);
    expect(waits.reduce((sum, wait) => sum + wait)).toBeLessThanOrEqual(600);
  });

  test('counts the life of a message from its date', async () => {
    clock.advance(1_000);
    await setWebhook();
    webhook.answer = answerWith(500);
    const date = Math.floor(clock.wallMs() / 1000) - 86_400 + 5;
    const chat = { id: ada.id, type: 'private', first_name: 'Ada' };
    server.inject({ message: { message_id: 9, date, chat, from: { ...ada, is_bot: false }, text: 'old' } });
    expect(await waitsUntilDropped()).toEqual([0, 2]);
  });

  test('honours Retry-After once and then goes on where it was', async () => {
    const answers = [
      answerWith(503, { 'retry-after': '5' }),
      answerWith(500),
      answerWith(503, { 'retry-after': '7' }),
    ];
    webhook.answer = (one) => (answers.shift() ?? answerWith(500))(one);
    await setWebhook();
    server.pressButton({ from: ada.id, message: 1, data: 'x', stale: true });
    const waits = await waitsUntilDropped();
    expect(waits.slice(0, 5)).toEqual([5, 2, 7, 4, 8]);
    expect(server.deliveries()[0]).toMatchObject({ status: 503, retryAfter: 5 });
  });

  test('caps Retry-After at an hour', async () => {
    webhook.answer = answerWith(503, { 'retry-after': '99999' });
    await setWebhook();
    say('hello');
    await ended(1);
    const before = clock.wallMs();
    clock.advanceToNext();
    expect(clock.wallMs() - before).toBe(3_600_000);
  });

  test.each(['Wed, 21 Oct 2026 07:28:00 GMT', '1.5', '-3', 'soon'])(
    'ignores Retry-After: %s',
    async (value) => {
      webhook.answer = answerWith(503, { 'retry-after': value });
      await setWebhook();
      say('hello');
      await ended(2);
      expect(server.deliveries()[1]?.at).toBe(server.deliveries()[0]?.at);
    },
  );

  test('drops an update whose Retry-After lies past its life', async () => {
    webhook.answer = answerWith(503, { 'retry-after': '31' });
    await setWebhook();
    const { updateId } = server.inlineQuery({ from: ada.id, query: 'motor' });
    await ended(1);
    expect(server.droppedUpdates()).toMatchObject([{ updateId, reason: 'expired' }]);
  });

  test('does not deliver what expired in its queue behind another', async () => {
    webhook.answer = answerWith(503, { 'retry-after': '30' });
    await setWebhook();
    server.inlineQuery({ from: ada.id, query: 'm' });
    const second = server.inlineQuery({ from: ada.id, query: 'mo' }).updateId;
    await ended(1);
    clock.advance(30_500);
    await server.drained();
    expect(server.droppedUpdates()).toMatchObject([{}, { updateId: second, reason: 'expired' }]);
    expect(webhook.received).toHaveLength(2);
  });
});

describe('order', () => {
  test('is kept within a chat: a failing message holds up the later ones of its chat only', async () => {
    const refused = new Set<string>(['one']);
    webhook.answer = (one) => answerWith(refused.has(one.update.message?.text ?? '') ? 500 : 200)(one);
    await setWebhook();
    say('one');
    say('two');
    say('other chat', bob.id);
    await ended(3);
    expect(webhook.received.map(({ update }) => update.message?.text).sort()).toEqual([
      'one',
      'one',
      'other chat',
    ]);
    refused.clear();
    clock.advance(2_000);
    await server.drained();
    expect(webhook.received.slice(3).map(({ update }) => update.message?.text)).toEqual(['one', 'two']);
  });

  test('is not kept between a message and a button press of one user: they arrive at the same time', async () => {
    const open: Received[] = [];
    webhook.answer = (one) => open.push(one);
    await setWebhook();
    say('hello');
    server.pressButton({ from: ada.id, message: 1, data: 'x', stale: true });
    server.inlineQuery({ from: ada.id, query: 'motor' });
    say('held back');
    server.pressButton({ from: ada.id, message: 1, data: 'held back', stale: true });
    await untilCount(open, 3);
    expect(open.map(({ update }) => Object.keys(update)[1]).sort()).toEqual([
      'callback_query',
      'inline_query',
      'message',
    ]);
    webhook.answer = answerWith(200);
    for (const one of open) answerWith(200)(one);
    await server.drained();
    expect(webhook.received).toHaveLength(5);
  });

  test('is kept in each of many busy chats', async () => {
    const warnings: Error[] = [];
    const note = (warning: Error): number => warnings.push(warning);
    process.on('warning', note);
    onTestFinished(() => void process.off('warning', note));
    webhook.answer = (one) => answerWith(webhook.received.length % 7 === 0 ? 500 : 200)(one);
    await setWebhook();
    for (let n = 0; n < 200; n++)
      server.sendMessage({ from: { id: 600 + (n % 40), first_name: 'U' }, text: `${n}` });
    const timer = setInterval(() => clock.advance(2_000), 20);
    onTestFinished(() => clearInterval(timer));
    await server.drained({ timeoutMs: 20_000 });
    const firstSeen = new Map<number, number[]>();
    for (const { update } of webhook.received) {
      const chat = update.message?.chat.id ?? 0;
      const seen = firstSeen.get(chat) ?? [];
      if (!seen.includes(update.update_id)) firstSeen.set(chat, [...seen, update.update_id]);
    }
    expect(firstSeen.size).toBe(40);
    for (const ids of firstSeen.values()) {
      expect(ids).toHaveLength(5);
      expect(ids).toEqual([...ids].sort((a, b) => a - b));
    }
    expect(warnings).toEqual([]);
  });

  test('runs the queues side by side up to max_connections', async () => {
    const open: Received[] = [];
    webhook.answer = (one) => open.push(one);
    await setWebhook({ max_connections: 2 });
    for (const id of [601, 602, 603])
      server.sendMessage({ from: { id, first_name: `User ${id}` }, text: 'hello' });
    await untilCount(open, 2);
    expect(server.deliveries()).toHaveLength(2);
    webhook.answer = answerWith(200);
    for (const one of open) answerWith(200)(one);
    await server.drained();
    expect(server.deliveries()).toHaveLength(3);
  });
});

describe('the window', () => {
  test('holds twice max_connections chats: so many that wait keep all others waiting', async () => {
    const users = [1, 2, 3].map((id) => server.user({ id, first_name: `U${id}` }).id);
    webhook.answer = (one) => answerWith(one.update.message?.from.id === 3 ? 200 : 503)(one);
    await setWebhook({ max_connections: 1 });
    for (const from of users) say('x', from);
    // Both that fail are tried twice, at once, and wait from then on.
    await ended(4);
    expect(
      server
        .deliveries()
        .map(({ queueId }) => queueId)
        .sort(),
    ).toEqual([1, 1, 2, 2]);
    expect(server.pendingUpdates()).toHaveLength(3);
    webhook.answer = answerWith(200);
    clock.advance(2_000);
    await server.drained();
  });
});

describe('copies', () => {
  test('of an update can be delivered at the same time, and again after it was confirmed', async () => {
    const open: Received[] = [];
    webhook.answer = (one) => open.push(one);
    await setWebhook();
    const updateId = say('hello');
    const copies = server.redeliver(updateId, { copies: 2 });
    await untilCount(open, 3);
    expect(open.map(({ update }) => update.update_id)).toEqual([updateId, updateId, updateId]);
    webhook.answer = answerWith(200);
    for (const one of open) answerWith(200)(one);
    expect(await copies).toMatchObject([
      { attempt: 0, status: 200 },
      { attempt: 0, status: 200 },
    ]);
    await server.drained();
    expect(await server.redeliver(updateId)).toMatchObject([{ updateId, status: 200 }]);
  });

  test('of an update that never was are refused', async () => {
    await expect(server.redeliver(1)).rejects.toThrow('never had an update 1');
  });
});

describe('errors in getWebhookInfo', () => {
  const info = async () => (await rawCall(server, 'getWebhookInfo')).result;

  test('name the response', async () => {
    webhook.answer = answerWith(503, { 'retry-after': '60' });
    await setWebhook();
    say('hello');
    await ended(1);
    expect(await info()).toMatchObject({
      url: webhook.url,
      pending_update_count: 1,
      last_error_date: Math.floor(clock.wallMs() / 1000),
      last_error_message: 'Wrong response from the webhook: 503 Service Unavailable',
      ip_address: '127.0.0.1',
    });
  });

  test('name a webhook that stays silent for 60 s', async () => {
    webhook.answer = () => undefined;
    await setWebhook();
    say('hello');
    await untilCount(webhook.received, 1);
    clock.advance(59_999);
    expect(server.deliveries()).toHaveLength(1);
    webhook.answer = answerWith(200);
    clock.advance(1);
    await server.drained();
    expect(server.deliveries()).toMatchObject([{ error: 'Read timeout expired' }, { status: 200 }]);
    expect(await info()).toMatchObject({
      last_error_message: 'Read timeout expired',
      pending_update_count: 0,
    });
  });

  test('name a port where nobody listens', async () => {
    await setWebhook();
    await webhook.close();
    say('hello');
    await ended(2);
    expect(await info()).toMatchObject({ last_error_message: 'Connection refused' });
    expect(server.deliveries()[0]?.status).toBeUndefined();
  });

  test('name a connection that is cut', async () => {
    webhook.answer = ({ response }) => response.socket?.resetAndDestroy();
    await setWebhook();
    say('hello');
    await ended(1);
    expect(await info()).toMatchObject({ last_error_message: 'Connection reset by peer' });
  });

  test('are forgotten when the webhook is set anew', async () => {
    webhook.answer = answerWith(500);
    await setWebhook();
    say('hello');
    await ended(2);
    webhook.answer = answerWith(200);
    clock.advance(1_000);
    await setWebhook({ max_connections: 3 });
    await server.drained();
    expect(await info()).not.toHaveProperty('last_error_message');
  });
});

describe('410 Gone', () => {
  test('for more than 23 hours takes the webhook away and keeps the update', async () => {
    webhook.answer = answerWith(410, { 'retry-after': '3600' });
    await setWebhook();
    say('hello');
    for (let attempts = 1; attempts <= 23; attempts++) {
      await ended(attempts);
      expect(await rawCall(server, 'getWebhookInfo')).toMatchObject({ result: { url: webhook.url } });
      // One second each hour, so that the last attempt is later than 23 hours after the first.
      clock.advance(3_601_000);
    }
    await ended(24);
    expect(await rawCall(server, 'getWebhookInfo')).toMatchObject({
      result: { url: '', pending_update_count: 1 },
    });
  });

  test('in between other answers takes nothing away', async () => {
    let count = 0;
    webhook.answer = (one) => answerWith(++count === 20 ? 500 : 410, { 'retry-after': '3600' })(one);
    await setWebhook();
    say('hello');
    for (let attempts = 1; server.pendingUpdates().length > 0; attempts++) {
      await ended(attempts);
      clock.advance(3_601_000);
    }
    expect(await rawCall(server, 'getWebhookInfo')).toMatchObject({ result: { url: webhook.url } });
  });
});

describe('a method call in the answer of the webhook', () => {
  const reply = (body: object): void => {
    webhook.answer = answerWith(200, { 'content-type': 'application/json' }, JSON.stringify(body));
  };

  test('is made, and belongs to the update', async () => {
    reply({ method: 'sendMessage', chat_id: ada.id, text: 'right away' });
    await setWebhook();
    const updateId = say('hello');
    expect(await server.nextMessage(ada.id)).toMatchObject({ text: 'right away' });
    expect(server.calls('sendMessage')).toMatchObject([{ updateId, webhookReply: true, processed: true }]);
  });

  test.each(['getMe', 'setWebhook', 'deleteWebhook', 'close', 'logOut'])(
    'is ignored for %s',
    async (method) => {
      reply({ method });
      await setWebhook();
      say('hello');
      await server.drained();
      expect(server.calls().filter((call) => call.webhookReply)).toEqual([]);
    },
  );

  test('that fails changes nothing: the update is over', async () => {
    reply({ method: 'sendMessage', chat_id: 999, text: 'nobody' });
    await setWebhook();
    say('hello');
    await server.drained();
    await server.until('the call', () => server.calls('sendMessage')[0]?.description);
    expect(server.calls('sendMessage')).toMatchObject([
      { description: 'Bad Request: chat not found', processed: false },
    ]);
    expect(server.deliveries()).toHaveLength(1);
  });
});

/** The webhook's side of things, which raises no event here. */
async function untilCount(list: readonly unknown[], count: number): Promise<void> {
  for (let turns = 0; list.length < count; turns++) {
    if (turns > 500) throw new Error(`Only ${list.length} of ${count} arrived`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
