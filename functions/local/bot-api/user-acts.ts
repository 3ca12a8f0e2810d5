import type { CallbackQuery, Chat, InlineQueryResult, Message, User } from 'grammy/types';
import { ApiError } from './api-error.ts';
import type { Bot, UpdateContent } from './bot.ts';
import { unixTime } from './clock.ts';
import type { Telegram } from './telegram.ts';
import { CAPTION_LIMIT, MESSAGE_LIMIT, formattedText, type LengthLimit } from './text/formatted-text.ts';
import type {
  AboutBot,
  Actor,
  Asked,
  ButtonPress,
  InlineChoice,
  InlineRequest,
  Sent,
  UserDocument,
  UserMessage,
} from './types.ts';

/** The writer of a message, and its chat. */
type Poster = Pick<UserMessage, 'from' | 'chat' | 'bot' | 'replyTo'>;

/** Turns the acts of users into messages of their chats and updates for the bot. */
export class UserActs {
  readonly #telegram: Telegram;
  readonly #botOf: (options?: AboutBot) => Bot;

  constructor(telegram: Telegram, botOf: (options?: AboutBot) => Bot) {
    this.#telegram = telegram;
    this.#botOf = botOf;
  }

  sendMessage(act: UserMessage): Sent {
    return this.#post(act, userText('text', 'entities', act.text, MESSAGE_LIMIT));
  }

  sendDocument(act: UserDocument): Sent {
    const caption = act.caption ? userText('caption', 'caption_entities', act.caption, CAPTION_LIMIT) : {};
    return this.#post(act, { document: this.#telegram.files.add(act.filename, act.bytes), ...caption });
  }

  pressButton(press: ButtonPress): Asked {
    const bot = this.#botOf(press);
    const from = this.userOf(press.from);
    const chat = this.#chatOf(press.chat ?? from.id);
    const message = bot.book.find(chat.id, press.message);
    const data = pressedData(message, press);
    const id = bot.queries.open('callback');
    const query = {
      id,
      from,
      message: message ?? { chat, message_id: press.message, date: 0 },
      chat_instance: String(chat.id * 7_919),
      data,
    } as unknown as CallbackQuery;
    const updateId = bot.queue({ callback_query: query });
    bot.queries.assign(id, updateId);
    return { updateId, queryId: id };
  }

  inlineQuery(request: InlineRequest): Asked {
    const bot = this.#botOf(request);
    const from = this.userOf(request.from);
    const id = bot.queries.open('inline');
    const { query, offset = '' } = request;
    const updateId = bot.queue({ inline_query: { id, from, chat_type: 'private', query, offset } });
    bot.queries.assign(id, updateId);
    return { updateId, queryId: id };
  }

  /** The client posts the content in its user's name, and Telegram tells the bot what was chosen. */
  chooseInlineResult(choice: InlineChoice): { updateId: number | undefined } {
    const bot = this.#botOf(choice);
    const { from, query, resultId, queryId, chat } = choice;
    if (queryId !== undefined) {
      const result = bot.queries.inlineAnswer(queryId)?.results.find(({ id }) => id === resultId);
      if (!result) throw new Error(`The answer to inline query ${queryId} has no result ${resultId}`);
      this.#post(
        { from, ...(chat !== undefined && { chat }), bot: bot.id },
        { via_bot: bot.user, ...contentOf(result) },
      );
    }
    return {
      updateId: bot.queue({ chosen_inline_result: { result_id: resultId, from: this.userOf(from), query } }),
    };
  }

  /** Blocking and unblocking the bot; doing it twice does nothing. */
  setBlocked(actor: Actor, blocked: boolean, options?: AboutBot): void {
    const { people, clock } = this.#telegram;
    const bot = this.#botOf(options);
    const from = this.userOf(actor);
    const changed = blocked ? people.block(bot.id, from.id) : people.unblock(bot.id, from.id);
    if (!changed) return;
    this.#telegram.changed();
    const gone = { user: bot.user, status: 'kicked', until_date: 0 };
    const there = { user: bot.user, status: 'member' };
    bot.queue({
      my_chat_member: {
        chat: people.chat(from.id),
        from,
        date: unixTime(clock),
        old_chat_member: blocked ? there : gone,
        new_chat_member: blocked ? gone : there,
      },
    } as UpdateContent);
  }

  /** @throws Error for a user nobody made known */
  userOf(actor: Actor): User {
    if (typeof actor !== 'number') return this.#telegram.people.addUser(actor);
    const user = this.#telegram.people.user(actor);
    if (!user) throw new Error(`There is no user ${actor}: make them known with user()`);
    return user;
  }

  #chatOf(id: number): Chat {
    const chat = this.#telegram.people.chat(id);
    if (!chat) throw new Error(`There is no chat ${id}: make it known with chat()`);
    return chat;
  }

  /** A message of a user, in the chat and to the bot. */
  #post(act: Poster, content: object): Sent {
    const { clock, hub } = this.#telegram;
    const bot = this.#botOf(act);
    const from = this.userOf(act.from);
    const chat = this.#chatOf(act.chat ?? from.id);
    // A client offers no text field while the bot is blocked.
    if (chat.type === 'private') this.setBlocked(from.id, false, { bot: bot.id });
    const replyTo = act.replyTo !== undefined ? bot.book.find(chat.id, act.replyTo) : undefined;
    const message = {
      message_id: bot.book.takeId(),
      from,
      chat,
      date: unixTime(clock),
      ...(replyTo && { reply_to_message: { ...replyTo, reply_to_message: undefined } }),
      ...content,
    } as unknown as Message;
    bot.book.add(message);
    hub.emit({ type: 'message-sent', bot: bot.id, message });
    const isShown = !bot.hasPrivacyMode || chat.type === 'private' || isMeantFor(message, bot);
    return { updateId: isShown ? bot.queue({ message } as UpdateContent) : undefined, message };
  }
}

/** The message that an inline result becomes. @throws Error for a result that is no text */
function contentOf(result: InlineQueryResult): object {
  const content = 'input_message_content' in result ? result.input_message_content : undefined;
  if (content === undefined || !('message_text' in content))
    throw new Error(`An inline result of type ${result.type} cannot be sent here: only texts can`);
  const { message_text: text, parse_mode: parseMode = '', entities } = content;
  return {
    ...formattedText({ text, parseMode, entities }, MESSAGE_LIMIT),
    ...(result.reply_markup && { reply_markup: result.reply_markup }),
  };
}

/**
 * Tells whether a group shows a bot in privacy mode a message, as @BotFather words it: commands, mentions, replies to
 * the bot.
 */
function isMeantFor(message: Message, bot: Bot): boolean {
  const text = message.text ?? message.caption ?? '';
  const name = bot.user.username.toLowerCase();
  const target = /^\/\w+(?:@(\w+))?/.exec(text);
  if (target) return target[1] === undefined || target[1].toLowerCase() === name;
  const mentioned = [...text.matchAll(/@(\w+)/g)].some(([, each]) => each?.toLowerCase() === name);
  return mentioned || [message.reply_to_message?.from?.id, message.via_bot?.id].includes(bot.id);
}

/** A user's text with the entities Telegram finds in it. @throws Error for a text that no client would send */
function userText(field: string, entitiesField: string, text: string, limit: LengthLimit): object {
  try {
    const formatted = formattedText({ text, parseMode: '', entities: undefined }, limit);
    return {
      [field]: formatted.text,
      ...(formatted.entities.length > 0 && { [entitiesField]: formatted.entities }),
    };
  } catch (error) {
    if (error instanceof ApiError) throw new Error(`A user cannot send this: ${error.description}`);
    throw error;
  }
}

/** The data of the button that is pressed. @throws Error when the message shows no such button */
function pressedData(message: Message | undefined, press: ButtonPress): string {
  if (press.stale) {
    if (press.data === undefined) throw new Error('A stale press needs its data');
    return press.data;
  }
  const buttons = (message?.reply_markup?.inline_keyboard ?? []).flat();
  const found = buttons.find(
    (button) =>
      'callback_data' in button &&
      (press.data === undefined || button.callback_data === press.data) &&
      (press.label === undefined || button.text === press.label),
  );
  if (found && 'callback_data' in found) return found.callback_data;
  const shown = buttons.map((button) => `"${button.text}"`).join(', ') || 'none';
  const wanted = JSON.stringify(press.label ?? press.data);
  throw new Error(`Message ${press.message} has no button ${wanted}; it shows ${shown}`);
}
