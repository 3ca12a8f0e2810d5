import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startBotApiServer } from '../../../functions/local/bot-api/server.ts';
import type { BotApiServer } from '../../../functions/local/bot-api/types.ts';
import { TOKEN, ada, profile } from './parties.ts';
import { rawCall, rawRequest } from './raw-call.ts';

let server: BotApiServer;

beforeEach(async () => {
  server = await startBotApiServer({ bots: { [TOKEN]: profile } });
  server.user(ada);
});

afterEach(() => server.close());

const at = (path: string): string => `${server.apiRoot}/bot${TOKEN}/${path}`;
const sent = (text: string) => ({
  ok: true,
  result: { text, chat: { id: ada.id, type: 'private', first_name: 'Ada' } },
});

describe('a call', () => {
  test('is taken by GET with a query string', async () => {
    expect(await rawRequest(at(`sendMessage?chat_id=${ada.id}&text=a%20b`))).toMatchObject(sent('a b'));
  });

  test('is taken as JSON', async () => {
    expect(await rawCall(server, 'sendMessage', { chat_id: ada.id, text: 'a b' })).toMatchObject(sent('a b'));
  });

  test('is taken as a form, with structured values as JSON', async () => {
    const body = new URLSearchParams({
      chat_id: String(ada.id),
      text: 'a b',
      entities: '[{"type":"bold","offset":0,"length":1}]',
    });
    const answer = await rawRequest(at('sendMessage'), { method: 'POST', body });
    expect(answer).toMatchObject(sent('a b'));
    expect(answer.result).toMatchObject({ entities: [{ type: 'bold', offset: 0, length: 1 }] });
  });

  test('is taken as multipart/form-data', async () => {
    const body = new FormData();
    body.set('chat_id', String(ada.id));
    body.set('text', 'a b');
    expect(await rawRequest(at('sendMessage'), { method: 'POST', body })).toMatchObject(sent('a b'));
  });

  test('minds no upper or lower case in the method', async () => {
    expect(await rawCall(server, 'GETME')).toMatchObject({ result: { id: profile.id } });
    expect(server.calls('getMe')).toHaveLength(1);
  });

  test('of an unknown method is answered 404', async () => {
    expect(await rawCall(server, 'sendTelepathy')).toMatchObject({
      status: 404,
      ok: false,
      error_code: 404,
      description: 'Not Found: method not found',
    });
  });

  test('with an unknown token is answered 401', async () => {
    expect(await rawRequest(`${server.apiRoot}/bot123:other/getMe`)).toMatchObject({
      status: 401,
      error_code: 401,
      description: 'Unauthorized',
    });
  });

  test('with something that is no token is answered 401', async () => {
    expect(await rawRequest(`${server.apiRoot}/botless/getMe`)).toMatchObject({
      status: 401,
      description: 'Unauthorized: invalid token specified',
    });
  });

  test('to any other path is answered 404', async () => {
    expect(await rawRequest(`${server.apiRoot}/`)).toMatchObject({ status: 404, description: 'Not Found' });
    expect(await rawRequest(`${server.apiRoot}/local/calls`)).toMatchObject({ status: 404 });
  });

  test.each(['{', '[]', '"text"', 'null'])('with the JSON body %s goes on without it', async (body) => {
    const headers = { 'content-type': 'APPLICATION/JSON' };
    expect(await rawRequest(at('getMe'), { method: 'POST', body, headers })).toMatchObject({ ok: true });
    expect(await rawRequest(at('sendMessage'), { method: 'POST', body, headers })).toMatchObject({
      status: 400,
      description: 'Bad Request: message text is empty',
    });
  });

  test('may be packed by gzip, and a null in it is the word', async () => {
    const packed = (payload: object): RequestInit => ({
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      body: new Uint8Array(gzipSync(JSON.stringify(payload))),
    });
    const payload = { chat_id: ada.id, text: 'a b' };
    expect(await rawRequest(at('sendMessage'), packed(payload))).toMatchObject(sent('a b'));
    expect(await rawRequest(at('sendMessage'), packed({ ...payload, parse_mode: null }))).toMatchObject({
      description: 'Bad Request: unsupported parse_mode',
    });
    const plain = { ...packed({}), body: 'no gzip' };
    expect(await rawRequest(at('sendMessage'), plain)).toMatchObject({ status: 400 });
  });

  test('finds a public group by its name', async () => {
    server.chat({ id: -1001, type: 'supergroup', title: 'G', username: 'some_group' });
    const answer = await rawCall(server, 'sendMessage', { chat_id: '@Some_Group', text: 'a' });
    expect(answer.result).toMatchObject({ chat: { id: -1001 } });
  });

  test('with text that is not UTF-8 is answered 400', async () => {
    const body = Buffer.concat([Buffer.from('{"text":"'), Buffer.from([0xff]), Buffer.from('"}')]);
    expect(await rawCall(server, 'sendMessage', {}, { body })).toMatchObject({
      status: 400,
      description: 'Bad Request: strings must be encoded in UTF-8',
    });
  });

  test('with a broken multipart body is answered 400', async () => {
    const headers = { 'content-type': 'multipart/form-data; boundary=x' };
    expect(
      await rawRequest(at('sendMessage'), { method: 'POST', headers, body: '--x\r\nbroken' }),
    ).toMatchObject({
      status: 400,
    });
  });

  test('with more than an upload may hold is answered 413', async () => {
    const body = Buffer.alloc(51 * 1024 * 1024 + 1, 'x');
    expect(await rawCall(server, 'sendMessage', {}, { body })).toMatchObject({
      status: 413,
      description: 'Request Entity Too Large',
    });
  });
});

describe('the log of calls', () => {
  test('holds method, arguments and outcome of each, and no token', async () => {
    await rawCall(server, 'sendMessage', {
      chat_id: ada.id,
      text: 'hello',
      reply_markup: { inline_keyboard: [] },
    });
    await rawCall(server, 'sendMessage', { chat_id: 999, text: 'hello' });
    await rawRequest(at(`sendMessage?chat_id=${ada.id}&text=hi`));
    expect(server.calls()).toMatchObject([
      {
        seq: 1,
        bot: profile.id,
        method: 'sendMessage',
        payload: { chat_id: ada.id, text: 'hello', reply_markup: { inline_keyboard: [] } },
        status: 200,
        processed: true,
        webhookReply: false,
      },
      { seq: 2, status: 400, description: 'Bad Request: chat not found', processed: false },
      { seq: 3, payload: { chat_id: ada.id, text: 'hi' } },
    ]);
    expect(JSON.stringify(server.calls())).not.toContain(TOKEN.split(':')[1]);
  });
});

describe('the server', () => {
  test('listens on the loopback interface alone', () => {
    expect(server.apiRoot).toBe(`http://127.0.0.1:${server.port}`);
  });

  test('refuses a token that does not belong to its bot', async () => {
    await expect(startBotApiServer({ bots: { '5:abc': profile } })).rejects.toThrow(
      'must begin with "7000000001:"',
    );
    await expect(startBotApiServer({ bots: { nonsense: profile } })).rejects.toThrow('A bot token is');
  });

  test('says when its port is taken', async () => {
    await expect(startBotApiServer({ bots: {}, port: server.port })).rejects.toThrow('EADDRINUSE');
  });

  test('ends calls that wait when it closes', async () => {
    const other = await startBotApiServer({ bots: { [TOKEN]: profile } });
    const waiting = rawCall(other, 'getUpdates', { timeout: 50 }).then(
      () => 'ended',
      () => 'ended',
    );
    await other.until('the call', () => other.calls().length > 0);
    await other.close();
    expect(await waiting).toBe('ended');
  });
});

describe('getMe, logOut and close', () => {
  test('getMe describes the bot', async () => {
    expect(await rawCall(server, 'getMe')).toMatchObject({
      result: { ...profile, is_bot: true, supports_inline_queries: true, can_join_groups: true },
    });
  });

  test('logOut takes the webhook away', async () => {
    await rawCall(server, 'setWebhook', { url: 'https://bot.example/' });
    expect(await rawCall(server, 'logOut')).toMatchObject({ result: true });
    expect(await rawCall(server, 'getWebhookInfo')).toMatchObject({ result: { url: '' } });
  });

  test('close is refused in the first ten minutes', async () => {
    expect(await rawCall(server, 'close')).toMatchObject({ status: 429, parameters: { retry_after: 600 } });
  });
});

describe('a stranger', () => {
  const ask = (path: string, headers: Record<string, string> = {}): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const call = request({ port: server.port, host: '127.0.0.1', path, headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      call.on('error', reject).end();
    });

  test('is refused: a web page, and a name that resolves to loopback', async () => {
    const path = `/bot${TOKEN}/getMe`;
    expect(await ask(path)).toBe(200);
    for (const headers of [
      { host: 'evil.example' },
      { origin: 'http://evil.example' },
      { origin: server.apiRoot },
      { 'sec-fetch-site': 'cross-site' },
    ] as Record<string, string>[])
      expect(await ask(path, headers)).toBe(403);
  });

  test('with a path that is none gets a clean answer', async () => {
    expect(await ask('//')).toBe(404);
    expect(await ask('//x:99999/')).toBe(404);
    expect(await ask('/bot%E0%A4%A/getMe')).toBe(401);
    expect(await ask(`/file/bot${TOKEN}/%E0%A4%A`)).toBe(404);
  });
});

test('a bot takes no webhook while the server’s own program polls it', async () => {
  const polled = await startBotApiServer({
    bots: { [TOKEN]: profile },
    polledOnly: { forgotWebhook: () => {} },
  });
  expect(await rawCall(polled, 'setWebhook', { url: 'https://evil.example/collect' })).toMatchObject({
    status: 400,
  });
  expect(await rawCall(polled, 'getUpdates')).toMatchObject({ status: 200 });
  await polled.close();
});
