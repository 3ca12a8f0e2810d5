import type { InlineQueryResult, InlineQueryResultsButton } from 'grammy/types';
import * as v from 'valibot';
import { badRequest } from '../api-error.ts';
import type { Arguments } from '../arguments.ts';
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
  if (result.type !== 'article') return result;
  if (typeof result['title'] !== 'string' || result['title'] === '') throw badRequest('ARTICLE_TITLE_EMPTY');
  const content = result['input_message_content'];
  if (typeof content !== 'object' || content === null) throw refuse('Input message content is not specified');
  return result;
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
