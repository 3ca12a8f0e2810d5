import { batch, computed, signal } from '@preact/signals';
import type { BotCommand, InlineQueryResult, Message } from 'grammy/types';
import type {
  BotApiEvent,
  CallbackAnswer,
  ChatProfile,
  InlineAnswer,
  UserProfile,
} from '../../../bot-api/types.ts';
import { listen, post, telegram } from '../server.ts';

/** A bot shows that it is typing for so long. https://core.telegram.org/bots/api#sendchataction */
const TYPING_MS = 5_000;

/** Names are known before the chat is drawn. */
export const bot = signal({
  username: '',
  firstName: '',
  administrators: [] as readonly number[],
  canAppoint: false,
});
export const users = signal<readonly UserProfile[]>([]);
export const groups = signal<readonly ChatProfile[]>([]);
/** The user who acts in this window. */
export const me = signal(numberIn('user') ?? 1);
/** The group that is shown; undefined for the private chat with the bot. */
export const group = signal<number | undefined>(numberIn('group'));
export const chat = computed(() => group.value ?? me.value);

export const messages = signal<readonly Message[]>([]);
export const isTyping = signal(false);
export const menu = signal<readonly BotCommand[]>([]);
/** The bot's answer to a press: a toast, or an alert that wants to be closed. */
export const toast = signal<{ text: string; isAlert: boolean } | undefined>(undefined);
export const replyingTo = signal<Message | undefined>(undefined);
/** A message that is to be looked at, wherever it is in the chat. */
export const revealed = signal<number | undefined>(undefined);
export const inline = signal<
  { queryId: string; query: string; results: readonly InlineQueryResult[] } | undefined
>(undefined);

let typingEnds: ReturnType<typeof setTimeout> | undefined;
let toastEnds: ReturnType<typeof setTimeout> | undefined;
/** Queries of this window: answers to others are not its business. */
const presses = new Set<string>();
let inlineAsked: { queryId: string; query: string } | undefined;

/** Messages that arrive in one frame are drawn together. */
const arrived: Message[] = [];
let frame: ReturnType<typeof setTimeout> | undefined;
/** The news that arrives while the chat is read: newer than the answer, perhaps. */
let meanwhile = nothing();
let reads = 0;

function nothing(): { messages: Message[]; users: UserProfile[]; groups: ChatProfile[] } {
  return { messages: [], users: [], groups: [] };
}

export function begin(): void {
  addEventListener('hashchange', goWhereTheAddressSays);
  listen<BotApiEvent>('telegram/events', { onEvent: take, onReset: () => void load() });
}

/** Reads what is shown anew. */
async function load(): Promise<void> {
  const shown = chat.value;
  const read = (reads += 1);
  meanwhile = nothing();
  const answers = await Promise.all([
    telegram<{ users: UserProfile[]; chats: ChatProfile[] }>('people'),
    telegram<Message[]>('messages', { chat: shown }),
    readMenu(),
    post<typeof bot.value>('guarantee/bot'),
  ]).catch((error: Error) => say(error.message, true));
  // A later reading knows more.
  if (answers === undefined || read !== reads) return;
  const [people, book, commands, known] = answers;
  batch(() => {
    users.value = meanwhile.users.reduce(withOne, people.users);
    groups.value = meanwhile.groups.reduce(withOne, people.chats);
    messages.value = merged(book, meanwhile.messages);
    menu.value = commands;
    bot.value = known;
  });
}

/** The rights and the menu that go with them, once the bot has set all of its menus. */
let menusRead: ReturnType<typeof setTimeout> | undefined;
function readMenus(): void {
  clearTimeout(menusRead);
  menusRead = setTimeout(() => {
    void Promise.all([post<typeof bot.value>('guarantee/bot'), readMenu()]).then(
      ([known, commands]) => batch(() => ((bot.value = known), (menu.value = commands))),
      () => {},
    );
  }, 100);
}

const readMenu = (): Promise<BotCommand[]> =>
  telegram<BotCommand[]>('menu', { user: me.value, chat: chat.value });

/** Gives somebody the rights of an administrator, or takes them. */
export async function appoint(userId: number, isAdministrator: boolean): Promise<void> {
  await post('guarantee/administrator', { userId, isAdministrator }).catch((error: Error) =>
    say(error.message, true),
  );
  readMenus();
}

/** Gives somebody another language, or none that is known. */
export async function setLanguage(person: UserProfile | undefined, tag: string): Promise<void> {
  if (person === undefined) return;
  const { language_code: _, ...others } = person;
  await telegram('user', { ...others, ...(tag !== '' && { language_code: tag }) }).catch((error: Error) =>
    say(error.message, true),
  );
}

export function actAs(user: number): void {
  me.value = user;
  go();
}

export function openGroup(id: number | undefined): void {
  group.value = id;
  go();
}

/** Follows the browser's back and forward, and an address that somebody types. */
function goWhereTheAddressSays(): void {
  const [user, chosen] = [numberIn('user') ?? me.value, numberIn('group')];
  if (user === me.value && chosen === group.value) return;
  batch(() => ((me.value = user), (group.value = chosen)));
  go();
}

function go(): void {
  const parameters = new URLSearchParams({ user: String(me.value) });
  if (group.value !== undefined) parameters.set('group', String(group.value));
  location.hash = String(parameters);
  arrived.length = 0;
  batch(() => {
    messages.value = [];
    replyingTo.value = undefined;
    isTyping.value = false;
    inline.value = undefined;
  });
  void load();
}

function take(event: BotApiEvent): void {
  switch (event.type) {
    case 'message-sent':
    case 'message-edited':
      if (event.message.chat.id === chat.value) show(event.message);
      return;
    case 'message-deleted':
      if (event.chat === chat.value)
        messages.value = messages.value.filter(({ message_id: id }) => id !== event.messageId);
      return;
    case 'chat-action':
      if (event.chat === chat.value) {
        isTyping.value = true;
        clearTimeout(typingEnds);
        typingEnds = setTimeout(() => (isTyping.value = false), TYPING_MS);
      }
      return;
    case 'callback-answered':
      if (presses.delete(event.answer.queryId)) showToast(event.answer);
      return;
    case 'inline-answered':
      takeInline(event.answer);
      return;
    case 'user-known':
      meanwhile.users.push(event.user);
      users.value = withOne(users.value, event.user);
      // The menu speaks the reader's language.
      if (event.user.id === me.value) readMenus();
      return;
    case 'chat-known':
      meanwhile.groups.push(event.chat);
      groups.value = withOne(groups.value, event.chat);
      return;
    case 'call-ended':
      if (event.call.method.endsWith('MyCommands')) readMenus();
      return;
    default:
      return;
  }
}

function show(message: Message): void {
  if (message.from?.is_bot === true) isTyping.value = false;
  arrived.push(message);
  meanwhile.messages.push(message);
  frame ??= setTimeout(() => {
    frame = undefined;
    messages.value = merged(messages.value, arrived.splice(0));
  }, 16);
}

/** By id: a message that comes twice is shown once, and an edit takes its message's place. */
function merged(known: readonly Message[], news: readonly Message[]): Message[] {
  if (isAfter(known, news)) return [...known, ...news];
  const byId = new Map(known.map((message) => [message.message_id, message]));
  for (const message of news) byId.set(message.message_id, message);
  return [...byId.values()].sort((a, b) => a.message_id - b.message_id);
}

/** The common case, in which nothing need be put in order. */
const isAfter = (known: readonly Message[], news: readonly Message[]): boolean =>
  news.every(({ message_id: id }, index) => id > ((news[index - 1] ?? known.at(-1))?.message_id ?? 0));

/** In the place of the one with its id, or at the end. */
function withOne<T extends { readonly id: number }>(known: readonly T[], one: T): T[] {
  const index = known.findIndex(({ id }) => id === one.id);
  return index === -1 ? [...known, one] : known.with(index, one);
}

function showToast({ text, show_alert: isAlert, url }: CallbackAnswer): void {
  if (url !== '') say(`The bot opens ${url}`);
  else if (text !== '') say(text, isAlert);
}

export function say(text: string, isAlert = false): void {
  toast.value = { text, isAlert };
  clearTimeout(toastEnds);
  if (!isAlert) toastEnds = setTimeout(() => (toast.value = undefined), 4_000);
}

/** An act of this window's user. A toast says why an act was refused. */
export async function act<T>(method: string, body: object): Promise<T | undefined> {
  const where = group.value === undefined ? {} : { chat: group.value };
  try {
    return await telegram<T>(method, { from: me.value, ...where, ...body });
  } catch (error) {
    say((error as Error).message, true);
    return undefined;
  }
}

/** @returns whether it was sent */
export async function sendText(text: string): Promise<boolean> {
  const replyTo = replyingTo.value?.message_id;
  const sent = await act('sendMessage', { text, ...(replyTo !== undefined && { replyTo }) });
  if (sent === undefined) return false;
  replyingTo.value = undefined;
  return true;
}

/** Follows a deep link of the bot, which leads to the private chat with it. */
export async function startFrom(payload: string): Promise<void> {
  if (group.value !== undefined) openGroup(undefined);
  await sendText(`/start ${payload}`);
}

export async function press(message: number, data: string): Promise<void> {
  const asked = await act<{ queryId: string }>('pressButton', { message, data });
  if (asked === undefined) return;
  presses.add(asked.queryId);
  // The answer may have come before its question was known here.
  const answer = await telegram<CallbackAnswer | null>('callbackAnswer', { queryId: asked.queryId });
  if (answer !== null && presses.delete(asked.queryId)) showToast(answer);
}

export async function askInline(query: string): Promise<void> {
  const asked = await telegram<{ queryId: string }>('inlineQuery', { from: me.value, query }).catch(
    (error: Error) => void say(error.message, true),
  );
  if (asked === undefined) return;
  inlineAsked = { queryId: asked.queryId, query };
  const answer = await telegram<InlineAnswer | null>('inlineAnswer', { queryId: asked.queryId });
  if (answer !== null) takeInline(answer);
}

function takeInline(answer: InlineAnswer): void {
  if (inlineAsked?.queryId !== answer.queryId) return;
  inline.value = { ...inlineAsked, results: answer.results };
}

export function closeInline(): void {
  inlineAsked = undefined;
  inline.value = undefined;
}

function numberIn(name: string): number | undefined {
  const value = new URLSearchParams(location.hash.slice(1)).get(name);
  const number = Number(value);
  return value !== null && Number.isSafeInteger(number) && number !== 0 ? number : undefined;
}
