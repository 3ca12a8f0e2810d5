import type { InlineKeyboardMarkup } from 'grammy/types';
import * as v from 'valibot';
import { badRequest } from './api-error.ts';
import type { Arguments } from './arguments.ts';

const MAX_CALLBACK_DATA_BYTES = 64;
const MAX_BUTTONS = 100;

/** Telegram takes a number for the text of it. */
const text = v.pipe(v.union([v.string(), v.number()]), v.transform(String));

const buttonSchema = v.looseObject({ text, url: v.optional(text), callback_data: v.optional(text) });

/** Fields that make an inline button do something, besides `url` and `callback_data`. */
const OTHER_ACTIONS = [
  'web_app',
  'login_url',
  'switch_inline_query',
  'switch_inline_query_current_chat',
  'switch_inline_query_chosen_chat',
  'copy_text',
  'callback_game',
  'pay',
];

/** Checks `reply_markup`. Keyboards other than inline ones are accepted and not kept. @throws ApiError 400 */
export function replyMarkup(args: Arguments): InlineKeyboardMarkup | undefined {
  let markup: unknown;
  try {
    markup = args.json('reply_markup');
  } catch {
    throw badRequest("Can't parse reply keyboard markup JSON object");
  }
  return markup === undefined ? undefined : inlineKeyboard(markup);
}

/** The inline keyboard of a reply markup that is parsed already; `undefined` for the other kinds. @throws ApiError 400 */
export function inlineKeyboard(markup: unknown): InlineKeyboardMarkup | undefined {
  if (typeof markup !== 'object' || markup === null || Array.isArray(markup)) {
    throw badRequest('Object expected as reply markup');
  }
  if (!('inline_keyboard' in markup)) return undefined;
  const rows: unknown = markup.inline_keyboard;
  if (!Array.isArray(rows) || !rows.every((row) => Array.isArray(row))) {
    throw badRequest('Field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays');
  }
  const keyboard = (rows as unknown[][]).map((row) => row.map(button)).filter((row) => row.length > 0);
  if (keyboard.flat().length > MAX_BUTTONS) throw badRequest('reply markup is too long');
  return keyboard.length === 0 ? undefined : ({ inline_keyboard: keyboard } as InlineKeyboardMarkup);
}

function button(value: unknown): v.InferOutput<typeof buttonSchema> {
  const parsed = v.safeParse(buttonSchema, value);
  if (!parsed.success) {
    const field = v.getDotPath(parsed.issues[0]);
    const reason =
      field === null ? 'InlineKeyboardButton must be an Object' : `Field "${field}" must be of type String`;
    throw badRequest(`Can't parse inline keyboard button: ${reason}`);
  }
  const { text, url, callback_data: data } = parsed.output;
  if (!url && !data && !OTHER_ACTIONS.some((action) => action in parsed.output)) {
    throw badRequest("Can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard");
  }
  if (text.trim() === '') throw badRequest('BUTTON_TEXT_INVALID');
  if (data && Buffer.byteLength(data) > MAX_CALLBACK_DATA_BYTES) throw badRequest('BUTTON_DATA_INVALID');
  if (url && !URL.canParse(/^[a-z]+:/i.test(url) ? url : `http://${url}`))
    throw badRequest('BUTTON_URL_INVALID');
  return parsed.output;
}
