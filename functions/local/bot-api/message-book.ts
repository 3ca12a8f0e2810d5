import type { Message } from 'grammy/types';

/** So many of the newest messages of a chat are kept. */
const MAX_MESSAGES_PER_CHAT = 1_000;

export interface MessageBookState {
  readonly nextMessageId: number;
  readonly messages: readonly Message[];
}

/** All chats of one bot. A message is replaced, never changed, so a reference to one keeps it as it was then. */
export class MessageBook {
  readonly #chats = new Map<number, Message[]>();
  #nextMessageId: number;

  constructor(restored?: MessageBookState) {
    this.#nextMessageId = restored?.nextMessageId ?? 1;
    for (const message of restored?.messages ?? []) this.#chat(message.chat.id).push(message);
  }

  get state(): MessageBookState {
    return { nextMessageId: this.#nextMessageId, messages: [...this.#chats.values()].flat() };
  }

  /** Message ids rise within the bot, whatever the chat. */
  takeId(): number {
    return this.#nextMessageId++;
  }

  add(message: Message): void {
    const chat = this.#chat(message.chat.id);
    chat.push(message);
    if (chat.length > MAX_MESSAGES_PER_CHAT) chat.shift();
  }

  find(chat: number, messageId: number): Message | undefined {
    return this.#chats.get(chat)?.find((message) => message.message_id === messageId);
  }

  replace(message: Message): void {
    const chat = this.#chat(message.chat.id);
    const index = chat.findIndex((each) => each.message_id === message.message_id);
    if (index !== -1) chat[index] = message;
  }

  remove(chat: number, messageId: number): boolean {
    const messages = this.#chats.get(chat) ?? [];
    const index = messages.findIndex((each) => each.message_id === messageId);
    if (index !== -1) messages.splice(index, 1);
    return index !== -1;
  }

  inChat(chat: number): readonly Message[] {
    return [...(this.#chats.get(chat) ?? [])];
  }

  #chat(id: number): Message[] {
    let chat = this.#chats.get(id);
    if (!chat) this.#chats.set(id, (chat = []));
    return chat;
  }
}
