import type { LinkPreviewOptions, Message } from 'grammy/types';
import { isDeepStrictEqual } from 'node:util';
import { badRequest } from '../api-error.ts';
import type { Arguments } from '../arguments.ts';
import { unixTime } from '../clock.ts';
import { replyMarkup } from '../markup.ts';
import { MESSAGE_LIMIT, formattedText } from '../text/formatted-text.ts';
import type { FormattedText } from '../text/with-entities.ts';
import type { Method, MethodContext } from './method.ts';
import { repliedMessage, targetMessage, writableChat } from './targets.ts';

export const sendMessage: Method = (context) => {
  const { args } = context;
  const { text, entities } = messageText(args);
  const markup = replyMarkup(args);
  const chat = writableChat(context);
  const reply = repliedMessage(context, chat);
  const preview = linkPreview(args);
  return {
    result: publish(context, {
      chat,
      ...(reply && { reply_to_message: reply }),
      text,
      ...(entities.length > 0 && { entities }),
      ...(preview && { link_preview_options: preview }),
      ...(markup && { reply_markup: markup }),
    }),
  };
};

/** Puts a message of the bot into its chat. */
export function publish({ bot, telegram }: MethodContext, content: object): Message {
  const message = {
    message_id: bot.book.takeId(),
    from: bot.user,
    date: unixTime(telegram.clock),
    ...content,
  } as unknown as Message;
  bot.book.add(message);
  telegram.changed();
  telegram.hub.emit({ type: 'message-sent', bot: bot.id, message });
  return message;
}

export const editMessageText: Method = (context) => {
  const { args, telegram } = context;
  const { text, entities } = messageText(args);
  const markup = replyMarkup(args);
  const preview = linkPreview(args);
  const message = editable(context);
  if (message.text === undefined) throw badRequest('there is no text in the message to edit');
  const { entities: _entities, reply_markup: _markup, link_preview_options: _preview, ...kept } = message;
  return {
    result: replace(context, message, {
      ...kept,
      edit_date: unixTime(telegram.clock),
      text,
      ...(entities.length > 0 && { entities }),
      ...(preview && { link_preview_options: preview }),
      ...(markup && { reply_markup: markup }),
    } as Message),
  };
};

export const editMessageReplyMarkup: Method = (context) => {
  const markup = replyMarkup(context.args);
  const message = editable(context);
  const { reply_markup: _markup, ...kept } = message;
  return {
    result: replace(context, message, { ...kept, ...(markup && { reply_markup: markup }) }),
  };
};

export const deleteMessage: Method = (context) => {
  const { bot, telegram } = context;
  const message = targetMessage(context, 'message to delete');
  bot.book.remove(message.chat.id, message.message_id);
  telegram.changed();
  telegram.hub.emit({
    type: 'message-deleted',
    bot: bot.id,
    chat: message.chat.id,
    messageId: message.message_id,
  });
  return { result: true };
};

function editable(context: MethodContext): Message {
  const message = targetMessage(context, 'message to edit');
  if (message.from?.id !== context.bot.id) throw badRequest("message can't be edited");
  return message;
}

function replace({ bot, telegram }: MethodContext, before: Message, after: Message): Message {
  if (isDeepStrictEqual(comparable(before), comparable(after))) {
    throw badRequest(
      'message is not modified: specified new message content and reply markup are exactly the same as a current ' +
        'content and reply markup of the message',
    );
  }
  bot.book.replace(after);
  telegram.changed();
  telegram.hub.emit({ type: 'message-edited', bot: bot.id, message: after });
  return after;
}

const comparable = ({ text, entities, reply_markup }: Message): object => ({ text, entities, reply_markup });

function messageText(args: Arguments): FormattedText {
  const text = args.text('text');
  if (text === '') throw badRequest('Message text is empty');
  return formattedText(
    { text, parseMode: args.text('parse_mode'), entities: entitiesOf(args, 'entities') },
    MESSAGE_LIMIT,
  );
}

/** A JSON value, undefined when it is no JSON, which Telegram ignores. */
export function entitiesOf(args: Arguments, name: string): unknown {
  try {
    return args.json(name);
  } catch {
    return undefined;
  }
}

function linkPreview(args: Arguments): LinkPreviewOptions | undefined {
  if (!args.has('link_preview_options')) {
    return args.boolean('disable_web_page_preview') ? { is_disabled: true } : undefined;
  }
  let value: unknown;
  try {
    value = args.json('link_preview_options');
  } catch {
    throw badRequest("Can't parse link preview options JSON object");
  }
  if (typeof value !== 'object' || value === null)
    throw badRequest('Object expected as link preview options');
  return value;
}
