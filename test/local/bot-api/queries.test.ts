import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startBotApiServer } from '../../../functions/local/bot-api/server.ts';
import type { BotApiServer } from '../../../functions/local/bot-api/types.ts';
import { ManualClock } from './manual-clock.ts';
import { TOKEN, ada, profile } from './parties.ts';
import { rawCall, type RawAnswer } from './raw-call.ts';

const TOO_OLD = {
  status: 400,
  description: 'Bad Request: query is too old and response timeout expired or query ID is invalid',
};

let clock: ManualClock;
let server: BotApiServer;

beforeEach(async () => {
  clock = new ManualClock();
  server = await startBotApiServer({ bots: { [TOKEN]: profile }, clock });
  server.user(ada);
});

afterEach(() => server.close());

const refusal = (reason: string) => ({ status: 400, description: `Bad Request: ${reason}` });
const article = (id: string, more: object = {}) => ({
  type: 'article',
  id,
  title: 'Motor',
  input_message_content: { message_text: 'Motor' },
  ...more,
});

describe('a button', () => {
  const reply_markup = {
    inline_keyboard: [
      [
        { text: '‹', callback_data: 'p:1' },
        { text: '›', callback_data: 'p:3' },
      ],
    ],
  };
  let message: number;
  beforeEach(async () => {
    const sent = await rawCall(server, 'sendMessage', { chat_id: ada.id, text: 'page 2', reply_markup });
    message = (sent.result as { message_id: number }).message_id;
  });

  test('pressed by its label or data sends a callback query with its message', () => {
    const byLabel = server.pressButton({ from: ada.id, message, label: '›' });
    const byData = server.pressButton({ from: ada.id, message, data: 'p:1' });
    expect(server.pendingUpdates()).toMatchObject([
      {
        update_id: byLabel.updateId,
        callback_query: {
          id: byLabel.queryId,
          data: 'p:3',
          from: ada,
          message: { text: 'page 2', reply_markup },
        },
      },
      { callback_query: { id: byData.queryId, data: 'p:1' } },
    ]);
  });

  test('that is not shown cannot be pressed, except by a client that is slow to see the change', async () => {
    expect(() => server.pressButton({ from: ada.id, message, data: 'p:9' })).toThrow(
      'has no button "p:9"; it shows "‹", "›"',
    );
    await rawCall(server, 'deleteMessage', { chat_id: ada.id, message_id: message });
    server.pressButton({ from: ada.id, message, data: 'p:3', stale: true });
    expect(server.pendingUpdates()).toMatchObject([
      { callback_query: { data: 'p:3', message: { message_id: message, date: 0, chat: { id: ada.id } } } },
    ]);
  });

  describe('is answered by answerCallbackQuery', () => {
    const answer = (callback_query_id: string, payload: object = {}): Promise<RawAnswer> =>
      rawCall(server, 'answerCallbackQuery', { callback_query_id, ...payload });

    test('with what the user sees', async () => {
      const { queryId, updateId } = server.pressButton({ from: ada.id, message, label: '›' });
      expect(await answer(queryId, { text: 'x'.repeat(200), show_alert: true })).toMatchObject({
        result: true,
      });
      expect(await server.nextCallbackAnswer(queryId)).toEqual({
        queryId,
        text: 'x'.repeat(200),
        show_alert: true,
        url: '',
        cache_time: 0,
      });
      expect(server.calls('answerCallbackQuery')).toMatchObject([{ updateId }]);
    });

    test('with 200 characters at most', async () => {
      const { queryId } = server.pressButton({ from: ada.id, message, label: '›' });
      expect(await answer(queryId, { text: 'x'.repeat(201) })).toMatchObject(refusal('MESSAGE_TOO_LONG'));
    });

    test('once, while it lives, if it is a callback query at all', async () => {
      const { queryId } = server.pressButton({ from: ada.id, message, label: '›' });
      const late = server.pressButton({ from: ada.id, message, label: '›' });
      const inline = server.inlineQuery({ from: ada.id, query: 'x' });
      expect(await answer(queryId)).toMatchObject({ ok: true });
      expect(await answer(queryId)).toMatchObject(TOO_OLD);
      expect(await answer('12345')).toMatchObject(TOO_OLD);
      expect(await answer(inline.queryId)).toMatchObject(TOO_OLD);
      clock.advance(150_000);
      expect(await answer(late.queryId)).toMatchObject(TOO_OLD);
    });
  });
});

describe('an inline query', () => {
  const answer = (inline_query_id: string, payload: object = {}): Promise<RawAnswer> =>
    rawCall(server, 'answerInlineQuery', { inline_query_id, results: [], ...payload });

  test('is answered with results, paging and caching', async () => {
    const { queryId, updateId } = server.inlineQuery({ from: ada.id, query: 'motor', offset: '20' });
    expect(server.pendingUpdates()).toMatchObject([
      { update_id: updateId, inline_query: { id: queryId, query: 'motor', offset: '20', from: ada } },
    ]);
    const results = Array.from({ length: 50 }, (_, index) => article(String(index)));
    await answer(queryId, { results, next_offset: 'ü'.repeat(32), is_personal: true });
    expect(await server.nextInlineAnswer(queryId)).toEqual({
      queryId,
      results,
      next_offset: 'ü'.repeat(32),
      cache_time: 300,
      is_personal: true,
      button: undefined,
    });
  });

  test.each([
    [
      '51 results',
      { results: Array.from({ length: 51 }, (_, index) => article(String(index))) },
      'too many inline query results specified',
    ],
    ['an offset of 65 bytes', { next_offset: 'x'.repeat(65) }, 'NEXT_OFFSET_INVALID'],
    ['two results of one id', { results: [article('1'), article('1')] }, 'RESULT_ID_DUPLICATE'],
    ['a result id of 65 bytes', { results: [article('x'.repeat(65))] }, 'RESULT_ID_INVALID'],
    ['an empty result id', { results: [article('')] }, 'RESULT_ID_INVALID'],
    ['an article without title', { results: [article('1', { title: '' })] }, 'ARTICLE_TITLE_EMPTY'],
    [
      'an article without content',
      { results: [article('1', { input_message_content: null })] },
      "can't parse inline query result: Input message content is not specified",
    ],
    ...(
      [
        ['a text with an open tag', { message_text: '<b>open', parse_mode: 'HTML' }],
        ['a text of 5,000 letters', { message_text: 'x'.repeat(5_000) }],
        ['an empty text', { message_text: '' }],
        ['a content of nothing', {}],
      ] as const
    ).map(
      ([what, content]) =>
        [
          `an article with ${what}`,
          { results: [article('1', { input_message_content: content })] },
          "can't parse inline query result: ",
        ] as [string, object, string],
    ),
    [
      'a button that does nothing',
      { results: [article('1', { reply_markup: { inline_keyboard: [[{ text: 'x' }]] } })] },
      "can't parse inline query result: ",
    ],
    [
      'a button with 65 bytes of data',
      {
        results: [
          article('1', {
            reply_markup: { inline_keyboard: [[{ text: 'x', callback_data: 'x'.repeat(65) }]] },
          }),
        ],
      },
      "can't parse inline query result: ",
    ],
    [
      'a type that is none',
      { results: [{ ...article('1'), type: 'nonsense' }] },
      "can't parse inline query result: ",
    ],
    ['results that are no list', { results: {} }, 'expected an Array of inline query results'],
    [
      'a start parameter with a space',
      { button: { text: 'x', start_parameter: 'a b' } },
      'START_PARAM_INVALID',
    ],
  ])('cannot be answered with %s', async (_, payload, reason) => {
    const { queryId } = server.inlineQuery({ from: ada.id, query: 'motor' });
    expect(await answer(queryId, payload)).toMatchObject({
      status: 400,
      description: expect.stringContaining(reason) as string,
    });
  });

  test('is answered with an article of the older form, whose text is its own', async () => {
    const { queryId } = server.inlineQuery({ from: ada.id, query: 'motor' });
    const older = { type: 'article', id: '1', title: 'T', message_text: 'text' };
    expect(await answer(queryId, { results: [older] })).toMatchObject({ ok: true });
  });

  test('cannot be answered after 30 s', async () => {
    const { queryId } = server.inlineQuery({ from: ada.id, query: 'motor' });
    clock.advance(30_000);
    expect(await answer(queryId)).toMatchObject(TOO_OLD);
  });

  test('leads to a chosen result', () => {
    server.chooseInlineResult({ from: ada.id, query: 'motor', resultId: '7' });
    expect(server.pendingUpdates()).toMatchObject([
      { chosen_inline_result: { result_id: '7', query: 'motor', from: ada } },
    ]);
  });
});
