import { GrammyError } from 'grammy/web';
import type { InlineKeyboardButton } from 'grammy/types';
import { type Html, printable } from '../telegram/limits-html.ts';
import { BUTTON_CHARACTERS, shorten } from '../telegram/limits.ts';
import type { BotContext } from './context.ts';

export type Keyboard = InlineKeyboardButton[][];

/** One message: its text and what can be pressed below it. */
export interface View {
  text: Html;
  keyboard?: Keyboard;
}

/** How everything is sent: escaped HTML, without the preview of any link in it. */
const FORMAT = { parse_mode: 'HTML', link_preview_options: { is_disabled: true } } as const;

/** 400s of a message that was deleted, or is too old to be changed. */
const NOT_EDITABLE = /message to edit not found|message can't be edited|MESSAGE_ID_INVALID/i;

/** Sends a new message; in a group, or where it `quotes`, as a reply to the one it answers. */
export async function reply(
  ctx: BotContext,
  { text, keyboard = [] }: View,
  { quotes = false }: { quotes?: boolean } = {},
): Promise<void> {
  await ctx.reply(text.markup, {
    ...FORMAT,
    ...replyTo(ctx, quotes),
    ...(keyboard.length > 0 && { reply_markup: { inline_keyboard: keyboard } }),
  });
}

interface ReplyTo {
  message_thread_id?: undefined;
  reply_parameters?: { message_id: number; allow_sending_without_reply?: true };
}

/** The fields that make a message a reply; none in a private chat, where it is plain what is answered. */
export function replyTo({ message, msg }: BotContext, quotes = false): ReplyTo {
  if (msg?.is_topic_message === true && msg.chat.type !== 'private') {
    // A reply finds its topic by itself, even one that Telegram does not know by its id any more:
    // https://github.com/tdlib/telegram-bot-api/issues/693
    return { message_thread_id: undefined, reply_parameters: { message_id: msg.message_id } };
  }
  if (message === undefined || (message.chat.type === 'private' && !quotes)) return {};
  return { reply_parameters: { message_id: message.message_id, allow_sending_without_reply: true } };
}

/**
 * Answers a press by changing the message that carries the button, or by a new message where that cannot be done.
 * The press is acknowledged first: a repeat of the change is harmless and must be the last that can fail.
 */
export async function replace(ctx: BotContext, view: View, toast?: string): Promise<void> {
  await acknowledge(ctx, toast);
  const message = ctx.callbackQuery?.message;
  // Date 0 marks a message that the bot cannot access any more.
  if (message === undefined || message.date === 0) return reply(ctx, view);
  const { text, keyboard = [] } = view;
  try {
    await ctx.api.editMessageText(message.chat.id, message.message_id, text.markup, {
      ...FORMAT,
      reply_markup: { inline_keyboard: keyboard },
    });
  } catch (error) {
    if (!(error instanceof GrammyError && NOT_EDITABLE.test(error.description))) throw error;
    await reply(ctx, view);
  }
}

/** Stops the button's spinner, with a short text where there is something to say. */
export async function acknowledge(ctx: BotContext, toast?: string): Promise<void> {
  try {
    await ctx.answerCallbackQuery(toast === undefined ? {} : { text: toast });
  } catch (error) {
    // Too old, or answered before the update was handled again: what follows is still worth doing.
    if (!(error instanceof GrammyError && error.error_code === 400)) throw error;
  }
}

export function button(label: string, callbackData: string): InlineKeyboardButton {
  return {
    text: shorten(printable(label).replace(/\s+/g, ' ').trim(), BUTTON_CHARACTERS),
    callback_data: callbackData,
  };
}
