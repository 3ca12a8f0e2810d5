import type { CallbackQuery, Message, User } from 'grammy/types';
import { ApiError } from './api-error.ts';
import type { Bot, UpdateContent } from './bot.ts';
import { unixTime } from './clock.ts';
import type { Telegram } from './telegram.ts';
import { CAPTION_LIMIT, MESSAGE_LIMIT, formattedText, type LengthLimit } from './text/formatted-text.ts';
import type { Actor, Control, UserDocument, UserMessage, WaitOptions } from './types.ts';

/** The users' side, and the looking glass. */
export function createControl(telegram: Telegram, bots: readonly Bot[]): Control {
  const { people, hub, clock, files } = telegram;

  const botOf = ({ bot }: { bot?: number } = {}): Bot => {
    const found = bot === undefined && bots.length === 1 ? bots[0] : bots.find(({ id }) => id === bot);
    if (!found)
      throw new Error(
        bot === undefined ? 'There are several bots: say which by its id' : `There is no bot ${bot}`,
      );
    return found;
  };
  const userOf = (actor: Actor): User => {
    if (typeof actor !== 'number') return people.addUser(actor);
    const user = people.user(actor);
    if (!user) throw new Error(`There is no user ${actor}: make them known with user()`);
    return user;
  };

  /** A message of a user, to the bot too. */
  const post = (act: UserMessage | UserDocument, content: object) => {
    const bot = botOf(act);
    const from = userOf(act.from);
    const chatId = act.chat ?? from.id;
    const chat = people.chat(chatId);
    if (!chat) throw new Error(`There is no chat ${chatId}: make it known with chat()`);
    const replyTo =
      'replyTo' in act && act.replyTo !== undefined ? bot.book.find(chatId, act.replyTo) : undefined;
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
    return { updateId: bot.queue({ message } as UpdateContent), message };
  };

  const setBlocked = (actor: Actor, blocked: boolean, options?: { bot?: number }): void => {
    const bot = botOf(options);
    const from = userOf(actor);
    const changed = blocked ? people.block(bot.id, from.id) : people.unblock(bot.id, from.id);
    if (!changed) return;
    telegram.changed();
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
  };

  const until = <T>(what: string, probe: () => T | undefined | false, options?: WaitOptions): Promise<T> =>
    hub.until(what, probe, options?.timeoutMs);

  const describeChat = (bot: Bot, chat: number): string =>
    bot.book
      .inChat(chat)
      .slice(-3)
      .map(
        (each) =>
          `#${each.message_id} ${each.from?.is_bot ? 'bot' : 'user'} ${JSON.stringify((each.text ?? each.caption ?? '').slice(0, 60))}`,
      )
      .join(', ') || 'empty';

  return {
    user: (profile) => {
      const user = people.addUser(profile);
      telegram.changed();
      return user;
    },
    chat: (profile) => {
      const chat = people.addChat(profile);
      telegram.changed();
      return chat;
    },
    block: (user, options) => setBlocked(user, true, options),
    unblock: (user, options) => setBlocked(user, false, options),

    sendMessage: (act) => post(act, userText('text', 'entities', act.text, MESSAGE_LIMIT)),
    sendDocument: (act) => {
      const caption = act.caption ? userText('caption', 'caption_entities', act.caption, CAPTION_LIMIT) : {};
      return post(act, { document: files.add(act.filename, act.bytes), ...caption });
    },
    pressButton: (press) => {
      const bot = botOf(press);
      const from = userOf(press.from);
      const chat = people.chat(press.chat ?? from.id);
      if (!chat) throw new Error(`There is no chat ${press.chat ?? from.id}`);
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
    },
    inlineQuery: (request) => {
      const bot = botOf(request);
      const from = userOf(request.from);
      const id = bot.queries.open('inline');
      const { query, offset = '' } = request;
      const updateId = bot.queue({ inline_query: { id, from, chat_type: 'private', query, offset } });
      bot.queries.assign(id, updateId);
      return { updateId, queryId: id };
    },
    chooseInlineResult: (choice) => {
      const { query, resultId } = choice;
      const from = userOf(choice.from);
      return {
        updateId: botOf(choice).queue({ chosen_inline_result: { result_id: resultId, from, query } }),
      };
    },
    inject: (update, options) =>
      botOf(options).inject(update, { queueId: options?.queueId, lifetimeMs: options?.lifetimeMs }),
    redeliver: (updateId, options) => botOf(options).redeliver(updateId, options?.copies ?? 1),

    messages: (chat, options) => botOf(options).book.inChat(chat),
    file: (fileId) => files.bytes(fileId),
    callbackAnswer: (id) =>
      bots.map((bot) => bot.queries.callbackAnswer(id)).find((answer) => answer !== undefined),
    inlineAnswer: (id) =>
      bots.map((bot) => bot.queries.inlineAnswer(id)).find((answer) => answer !== undefined),

    nextMessage: (chat, options) => {
      const bot = botOf(options);
      const isBots = (message: Message): boolean => message.from?.id === bot.id;
      const after =
        options?.after ?? bot.book.inChat(chat).findLast((each) => !isBots(each))?.message_id ?? 0;
      const probe = () => bot.book.inChat(chat).find((each) => isBots(each) && each.message_id > after);
      return until(`message of the bot after #${after} in chat ${chat}`, probe, options).catch(
        (error: Error) => {
          throw new Error(`${error.message}; the chat: ${describeChat(bot, chat)}`);
        },
      );
    },
    nextEdit: (chat, known, options) => {
      const bot = botOf(options);
      const id = typeof known === 'number' ? known : known.message_id;
      const before = typeof known === 'number' ? bot.book.find(chat, id) : known;
      if (!before) throw new Error(`There is no message ${id} in chat ${chat}`);
      const probe = () => {
        const now = bot.book.find(chat, id);
        return now !== before && now;
      };
      return until(`edit of message ${id} in chat ${chat}`, probe, options);
    },
    nextCallbackAnswer: (id, options) =>
      until(`answer to callback query ${id}`, () => botOf(options).queries.callbackAnswer(id), options),
    nextInlineAnswer: (id, options) =>
      until(`answer to inline query ${id}`, () => botOf(options).queries.inlineAnswer(id), options),
    drained: async (options) => {
      const bot = botOf(options);
      await until('end of the pending updates', () => bot.updates.size === 0, options);
    },
    until,
    subscribe: (listener) => hub.subscribe(listener),

    fault: (rule) => telegram.faults.add(rule),
    clearFaults: () => telegram.faults.clear(),

    calls: (method) => telegram.calls.all().filter((call) => method === undefined || call.method === method),
    deliveries: (updateId) =>
      telegram.deliveries.all().filter((each) => updateId === undefined || each.updateId === updateId),
    pendingUpdates: (options) =>
      botOf(options)
        .updates.all()
        .map(({ update }) => update),
    droppedUpdates: () => telegram.dropped,
  };
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

function pressedData(
  message: Message | undefined,
  press: { message: number; data?: string; label?: string; stale?: boolean },
): string {
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
  throw new Error(
    `Message ${press.message} has no button ${JSON.stringify(press.label ?? press.data)}; it shows ${shown}`,
  );
}
