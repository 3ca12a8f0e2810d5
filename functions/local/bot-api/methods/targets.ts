import type { Chat, Message } from 'grammy/types';
import { ApiError, badRequest, forbidden } from '../api-error.ts';
import type { MethodContext } from './method.ts';

/** The chat of `chat_id`. @throws ApiError 400 */
export function targetChat({ args, telegram }: MethodContext): Chat {
  const id = args.text('chat_id');
  if (id === '') throw badRequest('chat_id is empty');
  const chatId = id.startsWith('@')
    ? telegram.people.groupNamed(id.slice(1))
    : args.integer('chat_id', { default: 0 });
  const movedTo = telegram.people.migratedTo(chatId);
  if (movedTo !== undefined) {
    const reason = 'Bad Request: group chat was upgraded to a supergroup chat';
    throw new ApiError(400, reason, { migrate_to_chat_id: movedTo });
  }
  const chat = telegram.people.chat(chatId);
  if (!chat) throw badRequest('chat not found');
  return chat;
}

/** The chat of `chat_id`, for changing something there. @throws ApiError 400, or 403 when the user has blocked the bot */
export function writableChat(context: MethodContext): Chat {
  const chat = targetChat(context);
  if (chat.type === 'private' && context.telegram.people.hasBlocked(context.bot.id, chat.id)) {
    throw forbidden('bot was blocked by the user');
  }
  return chat;
}

/** The message of `chat_id` and `message_id`; `what` is Telegram's name for it. @throws ApiError 400, 403 */
export function targetMessage(context: MethodContext, what: string): Message {
  const { args, bot } = context;
  if (args.has('inline_message_id') && !args.has('chat_id')) throw badRequest('MESSAGE_ID_INVALID');
  const chat = writableChat(context);
  if (!args.has('message_id')) throw badRequest('Message identifier is not specified');
  const message = bot.book.find(chat.id, args.integer('message_id', { default: 0 }));
  if (!message) throw badRequest(`${what} not found`);
  return message;
}

/** The message that `reply_parameters` (or the older `reply_to_message_id`) names, without what it replied to itself. */
export function repliedMessage({ args, bot }: MethodContext, chat: Chat): Message | undefined {
  const parameters = replyParameters(args.text('reply_parameters'));
  const id = parameters?.message_id ?? args.integer('reply_to_message_id', { default: 0 });
  if (id === 0) return undefined;
  const message = bot.book.find(chat.id, id);
  if (message) return { ...message, reply_to_message: undefined };
  if (parameters?.allow_sending_without_reply ?? args.boolean('allow_sending_without_reply'))
    return undefined;
  throw badRequest('message to be replied not found');
}

function replyParameters(
  json: string,
): { message_id: number; allow_sending_without_reply?: boolean } | undefined {
  if (json === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw badRequest("Can't parse reply parameters JSON object");
  }
  if (typeof value !== 'object' || value === null) throw badRequest('Object expected as reply parameters');
  const id = 'message_id' in value ? Number(value.message_id) : 0;
  const lenient = 'allow_sending_without_reply' in value && value.allow_sending_without_reply === true;
  return { message_id: id, allow_sending_without_reply: lenient };
}
