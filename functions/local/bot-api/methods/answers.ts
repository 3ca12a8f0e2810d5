import type { InlineQueryResult, InlineQueryResultsButton } from 'grammy/types';
import * as v from 'valibot';
import { badRequest, type ApiError } from '../api-error.ts';
import type { Arguments } from '../arguments.ts';
import { inlineKeyboard } from '../markup.ts';
import { MESSAGE_LIMIT, formattedText } from '../text/formatted-text.ts';
import type { Method } from './method.ts';

const MAX_ANSWER_LENGTH = 200;
const MAX_RESULTS = 50;
const MAX_OFFSET_BYTES = 64;
const MAX_RESULT_ID_BYTES = 64;
const DAY_S = 86_400;

const TOO_OLD = 'query is too old and response timeout expired or query ID is invalid';

export const answerCallbackQuery: Method = ({ args, bot, telegram }) => {
  const queryId = args.text('callback_query_id');
  const text = args.text('text');
  if (text.length > MAX_ANSWER_LENGTH) throw badRequest('MESSAGE_TOO_LONG');
  if (!bot.queries.isOpen(queryId, 'callback')) throw badRequest(TOO_OLD);
  const answer = {
    queryId,
    text,
    show_alert: args.boolean('show_alert'),
    url: args.text('url'),
    cache_time: args.integer('cache_time', { default: 0, min: 0 }),
  };
  bot.queries.answer(answer);
  telegram.hub.emit({ type: 'callback-answered', bot: bot.id, answer });
  return { result: true };
};

export const answerInlineQuery: Method = ({ args, bot, telegram }) => {
  const queryId = args.text('inline_query_id');
  const answer = {
    queryId,
    results: resultsOf(args),
    next_offset: args.text('next_offset'),
    cache_time: args.integer('cache_time', { default: 300, min: 0, max: DAY_S }),
    is_personal: args.boolean('is_personal'),
    button: buttonOf(args),
  };
  if (Buffer.byteLength(answer.next_offset) > MAX_OFFSET_BYTES) throw badRequest('NEXT_OFFSET_INVALID');
  if (!bot.queries.isOpen(queryId, 'inline')) throw badRequest(TOO_OLD);
  bot.queries.answer(answer);
  telegram.hub.emit({ type: 'inline-answered', bot: bot.id, answer });
  return { result: true };
};

const RESULT_TYPES = [
  'article',
  'audio',
  'contact',
  'document',
  'game',
  'gif',
  'location',
  'mpeg4_gif',
  'photo',
  'sticker',
  'venue',
  'video',
  'voice',
];

/** By which Telegram knows contents other than texts. */
const OTHER_CONTENT = ['latitude', 'phone_number', 'payload'];

const resultSchema = v.looseObject({ type: v.string(), id: v.string() });

function resultsOf(args: Arguments): InlineQueryResult[] {
  let values: unknown;
  try {
    values = args.json('results') ?? [];
  } catch {
    throw badRequest("Can't parse JSON encoded inline query results");
  }
  if (!Array.isArray(values)) throw badRequest('Expected an Array of inline query results');
  if (values.length > MAX_RESULTS) throw badRequest('Too many inline query results specified');
  const results = values.map(resultOf);
  if (new Set(results.map(({ id }) => id)).size < results.length) throw badRequest('RESULT_ID_DUPLICATE');
  return results as unknown[] as InlineQueryResult[];
}

function resultOf(value: unknown): v.InferOutput<typeof resultSchema> {
  const parsed = v.safeParse(resultSchema, value);
  const refuse = (reason: string): Error => badRequest(`Can't parse inline query result: ${reason}`);
  if (!parsed.success) throw refuse('Inline query result must be an object with the fields "type" and "id"');
  const result = parsed.output;
  if (result.id === '' || Buffer.byteLength(result.id) > MAX_RESULT_ID_BYTES)
    throw badRequest('RESULT_ID_INVALID');
  if (!RESULT_TYPES.includes(result.type.toLowerCase()))
    throw refuse(`invalid inline query result type specified`);
  // Telegram refuses the whole answer for what one of its results says.
  try {
    checkContent(result);
    if (result['reply_markup'] !== undefined) inlineKeyboard(result['reply_markup']);
  } catch (error) {
    throw refuse(
      (error as ApiError).description.replace(/^Bad Request: (.)/, (_, first: string) => first.toUpperCase()),
    );
  }
  if (result.type.toLowerCase() !== 'article') return result;
  if (typeof result['title'] !== 'string' || result['title'] === '') throw badRequest('ARTICLE_TITLE_EMPTY');
  return result;
}

/**
 * Checks the content that a result sends: its `input_message_content`, or in the older form a `message_text` of its
 * own.
 */
function checkContent(result: v.InferOutput<typeof resultSchema>): void {
  const isArticle = result.type.toLowerCase() === 'article';
  const content = result['input_message_content'] ?? ('message_text' in result ? result : undefined);
  if (content === undefined || content === null) {
    if (isArticle) throw badRequest('Input message content is not specified');
    return;
  }
  if (typeof content !== 'object') throw badRequest('Field "input_message_content" must be of type Object');
  const {
    message_text: text = '',
    parse_mode: parseMode = '',
    entities,
  } = content as Record<string, unknown>;
  if (text === '' && OTHER_CONTENT.some((field) => field in content)) return;
  if (text === '') throw badRequest('Input message content is not specified');
  const formatted = formattedText(
    { text: String(text), parseMode: String(parseMode), entities },
    MESSAGE_LIMIT,
  );
  if (formatted.text === '') throw badRequest('message text is empty');
}

function buttonOf(args: Arguments): InlineQueryResultsButton | undefined {
  let value: unknown;
  try {
    value = args.json('button');
  } catch {
    throw badRequest("Can't parse inline query results button JSON object");
  }
  if (value === undefined) return undefined;
  if (typeof value !== 'object' || value === null || !('text' in value)) {
    throw badRequest("Can't parse inline query results button: InlineQueryResultsButton must be an Object");
  }
  if ('start_parameter' in value && !/^[A-Za-z0-9_-]{1,64}$/.test(String(value.start_parameter))) {
    throw badRequest('START_PARAM_INVALID');
  }
  return value as InlineQueryResultsButton;
}
