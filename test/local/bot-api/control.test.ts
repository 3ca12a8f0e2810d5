import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startBotApiServer } from '../../../functions/local/bot-api/server.ts';
import type { BotApiServer } from '../../../functions/local/bot-api/types.ts';
import { TOKEN, ada, profile } from './parties.ts';
import { rawCall } from './raw-call.ts';

const SECRET = 'of-this-server';
let server: BotApiServer;

beforeEach(async () => {
  server = await startBotApiServer({ bots: { [TOKEN]: profile }, control: { secret: SECRET } });
  server.user(ada);
});

afterEach(() => server.close());

const reply = (text: string) => rawCall(server, 'sendMessage', { chat_id: ada.id, text });

describe('waiting', () => {
  test('for a message takes the first after what the user said last, or after a given one', async () => {
    await reply('before');
    server.sendMessage({ from: ada.id, text: 'question' });
    const waiting = server.nextMessage(ada.id);
    await reply('one');
    await reply('two');
    const one = await waiting;
    expect(one.text).toBe('one');
    expect((await server.nextMessage(ada.id, { after: one.message_id })).text).toBe('two');
  });

  test('in vain says what was seen instead', async () => {
    server.sendMessage({ from: ada.id, text: 'question' });
    await rawCall(server, 'sendMessage', { chat_id: 999, text: 'x' });
    await expect(server.nextMessage(ada.id, { timeoutMs: 20 })).rejects.toThrow(
      /^No message of the bot after #1 in chat 501 within 20 ms\. Seen: last calls \[sendMessage 400\], .*; the chat: #1 user "question"$/,
    );
  });

  test('for anything else asks again after every event', async () => {
    const waiting = server.until('two messages', () => server.messages(ada.id).length === 2 && 'both');
    await reply('one');
    await reply('two');
    expect(await waiting).toBe('both');
  });

  test('passes on what the probe throws', async () => {
    await expect(
      server.until('anything', () => {
        throw new Error('bad probe');
      }),
    ).rejects.toThrow('bad probe');
  });
});

describe('inject', () => {
  test('queues an update as it is, with the next id where it has none', async () => {
    const first = server.inject({ message: { anything: true } });
    const second = server.inject({ something_new: {} });
    const given = server.inject({ update_id: second + 50, poll: {} });
    expect(given).toBe(second + 50);
    expect(server.inject({})).toBe(second + 51);
    expect(await rawCall(server, 'getUpdates')).toMatchObject({
      result: [
        { update_id: first, message: { anything: true } },
        { update_id: second, something_new: {} },
        { update_id: second + 50, poll: {} },
        { update_id: second + 51 },
      ],
    });
  });

  test('hands even an impossible update_id through', async () => {
    server.inject({ update_id: 'seven', message: {} });
    expect(await rawCall(server, 'getUpdates')).toMatchObject({ result: [{ update_id: 'seven' }] });
  });
});

test('gives copies to listeners and readers', async () => {
  const sent = (await reply('one')).result as { message_id: number };
  const [before] = server.messages(ada.id);
  await rawCall(server, 'editMessageText', { chat_id: ada.id, message_id: sent.message_id, text: 'two' });
  expect(before?.text).toBe('one');
  expect(server.messages(ada.id)[0]?.text).toBe('two');
});

test('gives each of several bots its own chats, and wants it named', async () => {
  const other = { id: 8, username: 'other_bot', first_name: 'Other' };
  const both = await startBotApiServer({ bots: { [TOKEN]: profile, '8:other': other } });
  both.user(ada);
  expect(() => both.sendMessage({ from: ada.id, text: 'x' })).toThrow('Say which bot');
  both.sendMessage({ from: ada.id, text: 'to the other', bot: 8 });
  expect(both.pendingUpdates({ bot: 8 })).toHaveLength(1);
  expect(both.pendingUpdates({ bot: profile.id })).toEqual([]);
  expect(both.messages(ada.id, { bot: profile.id })).toEqual([]);
  await both.close();
});

describe('control over HTTP', () => {
  const control = async (method: string, body: object = {}, headers: Record<string, string> = {}) => {
    const response = await fetch(`${server.apiRoot}/local/${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${SECRET}`, ...headers },
      body: JSON.stringify(body),
    });
    return {
      status: response.status,
      ...((await response.json()) as { ok: boolean; result: unknown; error: string }),
    };
  };

  test('lets another process be the user', async () => {
    await control('user', { id: 77, first_name: 'Eve' });
    const sent = await control('sendMessage', { from: 77, text: '/start' });
    expect(sent.result).toMatchObject({ message: { entities: [{ type: 'bot_command' }] } });
    const waiting = control('nextMessage', { chat: 77, timeoutMs: 20_000 });
    await rawCall(server, 'sendMessage', {
      chat_id: 77,
      text: 'hi',
      reply_markup: { inline_keyboard: [[{ text: 'A', callback_data: 'a' }]] },
    });
    const { message_id } = (await waiting).result as { message_id: number };
    const { queryId } = (await control('pressButton', { from: 77, message: message_id, label: 'A' }))
      .result as { queryId: string };
    await rawCall(server, 'answerCallbackQuery', { callback_query_id: queryId, text: 'ok' });
    expect(await control('nextCallbackAnswer', { queryId })).toMatchObject({ result: { text: 'ok' } });
    const document = await control('sendDocument', { from: 77, filename: 'a.txt', bytes: 'YWJj' });
    const fileId = (document.result as { message: { document: { file_id: string } } }).message.document
      .file_id;
    expect(await control('file', { fileId })).toMatchObject({ result: 'YWJj' });
    expect(await control('messages', { chat: 77 })).toMatchObject({
      result: [{ text: '/start' }, { text: 'hi' }, { document: {} }],
    });
  });

  test('sets and removes faults', async () => {
    const { result: id } = await control('fault', {
      method: 'getMe',
      times: null,
      fault: { kind: 'internal-error' },
    });
    expect((await rawCall(server, 'getMe')).status).toBe(500);
    expect((await rawCall(server, 'getMe')).status).toBe(500);
    expect(await control('faultHits', { id })).toMatchObject({ result: 2 });
    await control('removeFault', { id });
    expect((await rawCall(server, 'getMe')).status).toBe(200);
    expect(await control('calls', { method: 'getMe' })).toMatchObject({
      result: [{ status: 500 }, {}, { status: 200 }],
    });
  });

  test('names the field that is wrong', async () => {
    expect(await control('sendMessage', { from: 'ada', text: 'x' })).toMatchObject({
      status: 400,
      error: expect.stringMatching(/^from: /) as string,
    });
    expect(await control('nextMessage', {})).toMatchObject({
      status: 400,
      error: expect.stringMatching(/^chat: /) as string,
    });
    expect(await control('sendMessage', { from: 1, text: 'x' })).toMatchObject({
      error: 'There is no user 1: make them known with user()',
    });
    expect(await control('explode')).toMatchObject({ status: 404 });
    expect(await control('toString')).toMatchObject({ status: 404 });
  });

  test('is closed to a caller without the secret', async () => {
    for (const authorization of ['', 'Bearer ', 'Bearer of-another-server', SECRET])
      expect(await control('calls', {}, { authorization })).toMatchObject({ status: 401, ok: false });
  });

  test('is closed to web pages: no forms', async () => {
    expect(await control('calls', {}, { 'content-type': 'text/plain' })).toMatchObject({ status: 400 });
  });

  test('is not there unless asked for', async () => {
    const plain = await startBotApiServer({ bots: {} });
    const response = await fetch(`${plain.apiRoot}/local/calls`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    });
    expect(response.status).toBe(404);
    await plain.close();
  });
});

test('a group shows a bot in privacy mode only what is meant for it', async () => {
  const shy = await startBotApiServer({ bots: { [TOKEN]: { ...profile, hasPrivacyMode: true } } });
  shy.user(ada);
  const { id: chat } = shy.chat({ id: -1001, type: 'supergroup', title: 'G' });
  const isShown = (text: string, replyTo?: number): boolean =>
    shy.sendMessage({ from: ada.id, chat, text, ...(replyTo !== undefined && { replyTo }) }).updateId !==
    undefined;
  const sent = await rawCall(shy, 'sendMessage', { chat_id: chat, text: 'an answer' });
  const { message_id: answer } = sent.result as { message_id: number };
  expect(isShown('motor')).toBe(false);
  expect(isShown('/help@another_bot')).toBe(false);
  expect(isShown('/help')).toBe(true);
  expect(isShown(`motor @${profile.username}`)).toBe(true);
  expect(isShown('and then?', answer)).toBe(true);
  expect((await rawCall(shy, 'getMe')).result).toMatchObject({ can_read_all_group_messages: false });
  await shy.close();
});
