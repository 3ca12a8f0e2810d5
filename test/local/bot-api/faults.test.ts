import { Api, GrammyError, HttpError } from 'grammy/web';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startBotApiServer } from '../../../functions/local/bot-api/server.ts';
import type { BotApiServer } from '../../../functions/local/bot-api/types.ts';
import { ManualClock } from './manual-clock.ts';
import { TOKEN, ada, profile } from './parties.ts';
import { rawCall } from './raw-call.ts';

let clock: ManualClock;
let server: BotApiServer;
let api: Api;

beforeEach(async () => {
  clock = new ManualClock();
  server = await startBotApiServer({ bots: { [TOKEN]: profile }, clock });
  server.user(ada);
  api = new Api(TOKEN, { apiRoot: server.apiRoot });
});

afterEach(() => server.close());

const send = (text = 'x') => rawCall(server, 'sendMessage', { chat_id: ada.id, text });
const texts = () => server.messages(ada.id).map(({ text }) => text);

test('429 carries retry_after in body and header, and the message is not sent', async () => {
  server.fault({ method: 'sendMessage', fault: { kind: 'too-many-requests', retryAfter: 7 } });
  const answer = await send();
  expect(answer).toMatchObject({ status: 429, parameters: { retry_after: 7 } });
  expect(answer.headers.get('retry-after')).toBe('7');
  expect(texts()).toEqual([]);
  expect(await send()).toMatchObject({ ok: true });
});

test('500 is JSON, with or without effect', async () => {
  server.fault({ method: 'sendMessage', fault: { kind: 'internal-error' } });
  server.fault({ method: 'sendMessage', fault: { kind: 'internal-error', processed: true } });
  expect(await send('one')).toMatchObject({ status: 500, description: 'Internal Server Error' });
  expect(await send('two')).toMatchObject({ status: 500 });
  expect(texts()).toEqual(['two']);
});

test('502 is a page of HTML', async () => {
  server.fault({ fault: { kind: 'bad-gateway' } });
  const response = await fetch(`${server.apiRoot}/bot${TOKEN}/getMe`);
  expect(response.status).toBe(502);
  expect(response.headers.get('content-type')).toBe('text/html');
  expect(await response.text()).toContain('502 Bad Gateway');
});

test('blocked is a 403', async () => {
  server.fault({ method: 'SENDMESSAGE', fault: { kind: 'blocked' } });
  const error = await api.sendMessage(ada.id, 'x').catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(GrammyError);
  expect(error).toMatchObject({ error_code: 403, description: 'Forbidden: bot was blocked by the user' });
});

test('a connection reset before processing leaves no message', async () => {
  server.fault({ method: 'sendMessage', fault: { kind: 'reset' } });
  await expect(api.sendMessage(ada.id, 'lost')).rejects.toBeInstanceOf(HttpError);
  expect(texts()).toEqual([]);
  expect(server.calls()).toMatchObject([{ fault: 'reset', processed: false }]);
  expect(server.calls()[0]?.status).toBeUndefined();
});

test('a lost response leaves the message in the chat', async () => {
  server.fault({ method: 'sendMessage', fault: { kind: 'reset', processed: true } });
  await expect(api.sendMessage(ada.id, 'there')).rejects.toBeInstanceOf(HttpError);
  expect(texts()).toEqual(['there']);
  expect(server.calls()).toMatchObject([{ fault: 'reset', processed: true }]);
});

test('a call that hangs ends when its caller hangs up', async () => {
  server.fault({ method: 'sendMessage', fault: { kind: 'hang', processed: true } });
  const hangUp = new AbortController();
  const call = rawCall(server, 'sendMessage', { chat_id: ada.id, text: 'there' }, { signal: hangUp.signal });
  const outcome = expect(call).rejects.toThrow();
  await server.nextMessage(ada.id, { after: 0 });
  const ended = new Promise((resolve) =>
    server.subscribe((event) => event.type === 'call-ended' && resolve(event)),
  );
  hangUp.abort();
  await outcome;
  await ended;
  expect(server.calls()[0]?.status).toBeUndefined();
});

test('a slow call takes effect at once and is answered later', async () => {
  server.fault({ method: 'sendMessage', fault: { kind: 'slow', delayMs: 3_000 } });
  const asked = clock.asked;
  let answered = false;
  const answer = send('slow').then((result) => ((answered = true), result));
  await server.nextMessage(ada.id, { after: 0 });
  while (clock.asked === asked) await new Promise((resolve) => setTimeout(resolve, 2));
  clock.advance(2_999);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(answered).toBe(false);
  clock.advance(1);
  expect(await answer).toMatchObject({ ok: true });
});

test('a rule meets so many calls of its method as it says, and counts them', async () => {
  const fault = server.fault({ method: 'sendMessage', times: 2, fault: { kind: 'internal-error' } });
  expect(await rawCall(server, 'getMe')).toMatchObject({ ok: true });
  const statuses = [await send(), await send(), await send()].map(({ status }) => status);
  expect(statuses).toEqual([500, 500, 200]);
  expect(fault.hits).toBe(2);
});

test('a rule may choose its calls, and last until it is removed', async () => {
  const fault = server.fault({
    times: Infinity,
    when: ({ payload }) => payload['text'] === 'bad',
    fault: { kind: 'internal-error' },
  });
  expect((await send('bad')).status).toBe(500);
  expect((await send('good')).status).toBe(200);
  expect((await send('bad')).status).toBe(500);
  fault.remove();
  expect((await send('bad')).status).toBe(200);
  server.fault({ times: Infinity, fault: { kind: 'internal-error' } });
  server.clearFaults();
  expect((await send('bad')).status).toBe(200);
});
