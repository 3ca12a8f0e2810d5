import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startBotApiServer } from '../../../functions/local/bot-api/server.ts';
import type { BotApiServer } from '../../../functions/local/bot-api/types.ts';
import { TOKEN, ada, bob, profile } from './parties.ts';
import { rawCall, type RawAnswer } from './raw-call.ts';

let server: BotApiServer;

beforeEach(async () => {
  server = await startBotApiServer({ bots: { [TOKEN]: profile } });
  server.user(ada);
});

afterEach(() => server.close());

const call = (method: string, payload: object = {}): Promise<RawAnswer> => rawCall(server, method, payload);
const send = (payload: object): Promise<RawAnswer> => call('sendMessage', { chat_id: ada.id, ...payload });
const refusal = (reason: string, status = 400) => ({
  status,
  ok: false,
  error_code: status,
  description: `${status === 400 ? 'Bad Request' : 'Forbidden'}: ${reason}`,
});
const keyboard = (data: string, text = 'Go') => ({ inline_keyboard: [[{ text, callback_data: data }]] });
const messageId = (answer: RawAnswer): number => (answer.result as { message_id: number }).message_id;

describe('sendMessage', () => {
  test('returns the message as the chat has it', async () => {
    const answer = await send({ text: '<i>x</i> &amp; y', parse_mode: 'HTML', reply_markup: keyboard('go') });
    expect(answer.result).toMatchObject({
      from: { ...profile, is_bot: true },
      chat: { id: ada.id, type: 'private' },
      text: 'x & y',
      entities: [{ type: 'italic', offset: 0, length: 1 }],
      reply_markup: keyboard('go'),
    });
    expect(server.messages(ada.id)).toEqual([answer.result]);
  });

  test('replies to a message, and says when there is none', async () => {
    const { message } = server.sendMessage({ from: ada.id, text: 'question' });
    const reply = await send({ text: 'answer', reply_parameters: { message_id: message.message_id } });
    expect(reply.result).toMatchObject({
      reply_to_message: { message_id: message.message_id, text: 'question' },
    });
    expect(await send({ text: 'x', reply_parameters: { message_id: 999 } })).toMatchObject(
      refusal('message to be replied not found'),
    );
    expect(
      await send({ text: 'x', reply_parameters: { message_id: 999, allow_sending_without_reply: true } }),
    ).toMatchObject({ ok: true });
  });

  test.each([
    ['missing', undefined, 'message text is empty'],
    ['empty', '', 'message text is empty'],
    ['white space', ' \n\t ', 'text must be non-empty'],
    ['4097 characters long', 'x'.repeat(4097), 'message is too long'],
    ['over 32 KiB', 'x'.repeat(32_769), 'text is too long'],
  ])('refuses a text that is %s', async (_, text, reason) => {
    expect(await send({ text })).toMatchObject(refusal(reason));
  });

  test('counts the length after parsing, in UTF-16 units', async () => {
    expect(await send({ text: `<b>${'x'.repeat(4096)}</b>`, parse_mode: 'HTML' })).toMatchObject({
      ok: true,
    });
    expect(await send({ text: '&lt;'.repeat(4096), parse_mode: 'HTML' })).toMatchObject({ ok: true });
    expect(await send({ text: '😀'.repeat(2049) })).toMatchObject(refusal('message is too long'));
  });

  test('refuses the parse modes it does not imitate', async () => {
    expect(await send({ text: 'x', parse_mode: 'Markdown' })).toMatchObject(
      refusal('unsupported parse_mode'),
    );
  });

  test('ignores what users of Telegram call an unknown argument', async () => {
    expect(await send({ text: 'x', nonsense: [1, { a: 2 }] })).toMatchObject({ ok: true });
  });

  test.each([
    ['without a chat', { chat_id: undefined }, 'chat_id is empty'],
    ['to an unknown chat', { chat_id: 12345 }, 'chat not found'],
    ['to a name nobody has', { chat_id: '@nobody' }, 'chat not found'],
  ])('%s is refused', async (_, payload, reason) => {
    expect(await send({ text: 'x', ...payload })).toMatchObject(refusal(reason));
  });

  test('to a user who blocked the bot is answered 403, until they unblock it', async () => {
    server.block(ada.id);
    expect(await send({ text: 'x' })).toMatchObject(refusal('bot was blocked by the user', 403));
    server.unblock(ada.id);
    expect(await send({ text: 'x' })).toMatchObject({ ok: true });
    expect(server.pendingUpdates()).toMatchObject([
      { my_chat_member: { old_chat_member: { status: 'member' }, new_chat_member: { status: 'kicked' } } },
      { my_chat_member: { old_chat_member: { status: 'kicked' }, new_chat_member: { status: 'member' } } },
    ]);
  });
});

test('a user who writes to a bot they blocked unblocks it first', async () => {
  server.block(ada.id);
  server.sendMessage({ from: ada.id, text: '/start' });
  expect(await send({ text: 'x' })).toMatchObject({ ok: true });
  expect(server.pendingUpdates().map((update) => Object.keys(update)[1])).toEqual([
    'my_chat_member',
    'my_chat_member',
    'message',
  ]);
});

describe('an inline keyboard', () => {
  test.each([
    ['data of 64 bytes', keyboard('x'.repeat(64))],
    ['an address', { inline_keyboard: [[{ text: 'Go', url: 'https://example.com' }]] }],
    ['an inline query', { inline_keyboard: [[{ text: 'Go', switch_inline_query_current_chat: '' }]] }],
  ])('may hold %s', async (_, reply_markup) => {
    expect(await send({ text: 'x', reply_markup })).toMatchObject({ result: { reply_markup } });
  });

  test.each([
    ['65 bytes of data', keyboard('x'.repeat(65)), 'BUTTON_DATA_INVALID'],
    ['33 characters of two bytes', keyboard('ü'.repeat(33)), 'BUTTON_DATA_INVALID'],
    ['a blank label', keyboard('x', ' '), 'BUTTON_TEXT_INVALID'],
    [
      'a button that does nothing',
      { inline_keyboard: [[{ text: 'Go' }]] },
      "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
    ],
    [
      'a button without label',
      { inline_keyboard: [[{ callback_data: 'x' }]] },
      /^Bad Request: can't parse inline keyboard button: /,
    ],
    [
      'rows that are no lists',
      { inline_keyboard: [{ text: 'Go' }] },
      'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
    ],
    [
      '101 buttons',
      { inline_keyboard: Array.from({ length: 101 }, () => [{ text: 'a', callback_data: 'a' }]) },
      'reply markup is too long',
    ],
    ['an unparsable form', '{', "can't parse reply keyboard markup JSON object"],
    ['a form that is no object', '[]', 'object expected as reply markup'],
  ])('may not hold %s', async (_, reply_markup, reason) => {
    const answer = await send({ text: 'x', reply_markup });
    expect(answer.status).toBe(400);
    if (typeof reason === 'string') expect(answer).toMatchObject(refusal(reason));
    else expect(answer.description).toMatch(reason);
  });
});

describe('editMessageText', () => {
  const edit = (message_id: number | undefined, payload: object): Promise<RawAnswer> =>
    call('editMessageText', { chat_id: ada.id, message_id, ...payload });

  test('changes text and keyboard in place; a keyboard left out is gone', async () => {
    const id = messageId(await send({ text: 'one', reply_markup: keyboard('1') }));
    await send({ text: 'later' });
    expect(await edit(id, { text: '<b>two</b>', parse_mode: 'HTML' })).toMatchObject({
      result: { message_id: id, text: 'two' },
    });
    const [edited] = server.messages(ada.id);
    expect(edited).toMatchObject({ message_id: id, text: 'two', entities: [{ type: 'bold' }] });
    expect(edited).not.toHaveProperty('reply_markup');
    expect(edited).toHaveProperty('edit_date');
  });

  test('refuses an edit that changes nothing', async () => {
    const id = messageId(await send({ text: '<b>one</b>', parse_mode: 'HTML', reply_markup: keyboard('1') }));
    const same = { text: '<strong>one</strong>', parse_mode: 'HTML', reply_markup: keyboard('1') };
    expect(await edit(id, same)).toMatchObject(
      refusal(
        'message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message',
      ),
    );
    expect(await edit(id, { ...same, reply_markup: keyboard('2') })).toMatchObject({ ok: true });
  });

  test('refuses what it cannot edit', async () => {
    const { message } = server.sendMessage({ from: ada.id, text: 'mine' });
    const document = server.sendDocument({
      from: ada.id,
      filename: 'a.txt',
      bytes: Buffer.from('a'),
    }).message;
    const own = await call('sendDocument', { chat_id: ada.id, document: document.document?.file_id });
    expect(await edit(999, { text: 'x' })).toMatchObject(refusal('message to edit not found'));
    expect(await edit(undefined, { text: 'x' })).toMatchObject(
      refusal('message identifier is not specified'),
    );
    expect(await edit(message.message_id, { text: 'x' })).toMatchObject(refusal("message can't be edited"));
    expect(await edit(messageId(own), { text: 'x' })).toMatchObject(
      refusal('there is no text in the message to edit'),
    );
    expect(await call('editMessageText', { inline_message_id: 'a', text: 'x' })).toMatchObject(
      refusal('MESSAGE_ID_INVALID'),
    );
  });
});

test('editMessageReplyMarkup changes the keyboard alone, or takes it away', async () => {
  const id = messageId(await send({ text: 'one', reply_markup: keyboard('1') }));
  const edit = (payload: object) =>
    call('editMessageReplyMarkup', { chat_id: ada.id, message_id: id, ...payload });
  expect(await edit({ reply_markup: keyboard('2') })).toMatchObject({
    result: { text: 'one', reply_markup: keyboard('2') },
  });
  expect((await edit({})).result).not.toHaveProperty('reply_markup');
  expect((await edit({})).description).toContain('message is not modified');
});

test('deleteMessage removes a message once', async () => {
  const id = messageId(await send({ text: 'one' }));
  expect(await call('deleteMessage', { chat_id: ada.id, message_id: id })).toMatchObject({ result: true });
  expect(server.messages(ada.id)).toEqual([]);
  expect(await call('deleteMessage', { chat_id: ada.id, message_id: id })).toMatchObject(
    refusal('message to delete not found'),
  );
});

test('sendChatAction is shown to the user and refuses unknown actions', async () => {
  const seen: unknown[] = [];
  server.subscribe((event) => event.type === 'chat-action' && seen.push(event));
  expect(await call('sendChatAction', { chat_id: ada.id, action: 'typing' })).toMatchObject({ result: true });
  expect(seen).toMatchObject([{ chat: ada.id, action: 'typing' }]);
  expect(await call('sendChatAction', { chat_id: ada.id, action: 'juggling' })).toMatchObject(
    refusal('wrong parameter action in request'),
  );
});

test('getChat describes users and groups', async () => {
  server.chat({ id: -1001, type: 'supergroup', title: 'Plant 7' });
  expect(await call('getChat', { chat_id: ada.id })).toMatchObject({
    result: { type: 'private', username: 'ada' },
  });
  expect(await call('getChat', { chat_id: -1001 })).toMatchObject({
    result: { type: 'supergroup', title: 'Plant 7' },
  });
  expect(await call('getChat', { chat_id: -2 })).toMatchObject(refusal('chat not found'));
});

describe('a user', () => {
  test.each([
    ['/start', { type: 'bot_command', offset: 0, length: 6 }],
    ['/kb_search@agent_factory_test_bot motor', { type: 'bot_command', offset: 0, length: 33 }],
    ['see #motor', { type: 'hashtag', offset: 4, length: 6 }],
    ['ask @ada now', { type: 'mention', offset: 4, length: 4 }],
    ['at https://example.com/a?b=1.', { type: 'url', offset: 3, length: 25 }],
  ])('who writes %s sends an entity', (text, entity) => {
    expect(server.sendMessage({ from: ada.id, text }).message.entities).toEqual([entity]);
  });

  test.each(['1/2', 'a/b', '//x', '/', 'no@name', '</b>', '/ü'])('who writes %s sends none', (text) => {
    expect(server.sendMessage({ from: ada.id, text }).message).not.toHaveProperty('entities');
  });

  test('writes in groups as well', async () => {
    server.chat({ id: -5, type: 'group', title: 'Plant 7' });
    server.sendMessage({ from: bob, chat: -5, text: 'hello' });
    expect(server.pendingUpdates()).toMatchObject([
      { message: { chat: { id: -5, title: 'Plant 7' }, from: bob } },
    ]);
    await call('sendMessage', { chat_id: -5, text: 'hi' });
    expect(await server.nextMessage(-5)).toMatchObject({ text: 'hi' });
  });

  test('cannot write what no client sends', () => {
    expect(() => server.sendMessage({ from: ada.id, text: ' ' })).toThrow('A user cannot send this');
    expect(() => server.sendMessage({ from: 1, text: 'x' })).toThrow('There is no user 1');
    expect(() => server.sendMessage({ from: ada.id, chat: -9, text: 'x' })).toThrow('There is no chat -9');
  });
});
