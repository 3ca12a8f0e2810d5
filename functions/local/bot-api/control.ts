import type { Chat, Message } from 'grammy/types';
import type { Bot } from './bot.ts';
import type { Telegram } from './telegram.ts';
import type { AboutBot, ChatProfile, Control, WaitOptions } from './types.ts';
import { UserActs } from './user-acts.ts';

/** The users' side, and the looking glass. */
export function createControl(telegram: Telegram, bots: readonly Bot[]): Control {
  const { people, hub, files } = telegram;
  const botOf = ({ bot }: AboutBot = {}): Bot => {
    const found = bot === undefined && bots.length === 1 ? bots[0] : bots.find(({ id }) => id === bot);
    if (found) return found;
    throw new Error(bot === undefined ? 'Say which bot, by its id' : `There is no bot ${bot}`);
  };
  const acts = new UserActs(telegram, botOf);
  const until = <T>(what: string, probe: () => T | undefined | false, options?: WaitOptions): Promise<T> =>
    hub.until(what, probe, options?.timeoutMs);

  const known = (profile: ChatProfile, chat: Chat): Chat => {
    telegram.changed();
    hub.emit({ type: 'chat-known', chat: profile });
    return chat;
  };

  return {
    user: (profile) => {
      const user = people.addUser(profile);
      telegram.changed();
      hub.emit({ type: 'user-known', user: profile });
      return user;
    },
    chat: (profile) => known(profile, people.addChat(profile)),
    people: () => ({ users: people.state.users, chats: people.state.chats }),
    menu: (reader) => {
      const { user, chat = user } = reader;
      return botOf(reader).texts.menuFor({
        user,
        chat,
        isGroup: chat < 0,
        language: people.user(user)?.language_code?.slice(0, 2) ?? '',
      });
    },
    migrate: (id, to) => known(to, people.migrate(id, to)),
    block: (user, options) => acts.setBlocked(user, true, options),
    unblock: (user, options) => acts.setBlocked(user, false, options),

    sendMessage: (act) => acts.sendMessage(act),
    sendDocument: (act) => acts.sendDocument(act),
    pressButton: (press) => acts.pressButton(press),
    inlineQuery: (request) => acts.inlineQuery(request),
    chooseInlineResult: (choice) => acts.chooseInlineResult(choice),
    inject: (update, options) =>
      botOf(options).inject(update, { queueId: options?.queueId, lifetimeMs: options?.lifetimeMs }),
    redeliver: async (updateId, options) => botOf(options).redeliver(updateId, options?.copies ?? 1),

    messages: (chat, options) => botOf(options).book.inChat(chat),
    file: (fileId) => files.bytes(fileId),
    callbackAnswer: (id) =>
      bots.map((bot) => bot.queries.callbackAnswer(id)).find((answer) => answer !== undefined),
    inlineAnswer: (id) =>
      bots.map((bot) => bot.queries.inlineAnswer(id)).find((answer) => answer !== undefined),

    nextMessage: async (chat, options) => {
      const bot = botOf(options);
      const isBots = (message: Message): boolean => message.from?.id === bot.id;
      const after =
        options?.after ?? bot.book.inChat(chat).findLast((each) => !isBots(each))?.message_id ?? 0;
      const probe = () => bot.book.inChat(chat).find((each) => isBots(each) && each.message_id > after);
      return until(`message of the bot after #${after} in chat ${chat}`, probe, options).catch(
        (error: Error) => {
          throw new Error(`${error.message}; the chat: ${lastMessages(bot, chat)}`);
        },
      );
    },
    nextEdit: async (chat, known, options) => {
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
    nextCallbackAnswer: async (id, options) =>
      until(`answer to callback query ${id}`, () => botOf(options).queries.callbackAnswer(id), options),
    nextInlineAnswer: async (id, options) =>
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

function lastMessages(bot: Bot, chat: number): string {
  const words = bot.book
    .inChat(chat)
    .slice(-3)
    .map((message) => {
      const text = JSON.stringify((message.text ?? message.caption ?? '').slice(0, 60));
      return `#${message.message_id} ${message.from?.is_bot ? 'bot' : 'user'} ${text}`;
    });
  return words.join(', ') || 'empty';
}
