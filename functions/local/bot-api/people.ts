import type { Chat, User } from 'grammy/types';
import type { ChatProfile, UserProfile } from './types.ts';

export interface PeopleState {
  readonly users: readonly UserProfile[];
  readonly chats: readonly ChatProfile[];
  /** Bot id and user id of each block. */
  readonly blocks: readonly (readonly [number, number])[];
}

/** The users and groups of this Telegram, shared by all its bots. */
export class People {
  readonly #users = new Map<number, UserProfile>();
  readonly #chats = new Map<number, ChatProfile>();
  readonly #blocks = new Map<string, readonly [number, number]>();
  readonly #migrated = new Map<number, number>();

  constructor(restored?: PeopleState) {
    for (const user of restored?.users ?? []) this.addUser(user);
    for (const chat of restored?.chats ?? []) this.addChat(chat);
    for (const [bot, user] of restored?.blocks ?? []) this.block(bot, user);
  }

  get state(): PeopleState {
    return {
      users: [...this.#users.values()],
      chats: [...this.#chats.values()],
      blocks: [...this.#blocks.values()],
    };
  }

  addUser(profile: UserProfile): User {
    if (!Number.isSafeInteger(profile.id) || profile.id <= 0)
      throw new Error(`A user's id is a positive integer: ${profile.id}`);
    this.#users.set(profile.id, profile);
    return asUser(profile);
  }

  addChat(profile: ChatProfile): Chat {
    if (!Number.isSafeInteger(profile.id) || profile.id >= 0)
      throw new Error(`A group's id is a negative integer: ${profile.id}`);
    this.#chats.set(profile.id, profile);
    return asGroup(profile);
  }

  /** The id of a public group or channel, 0 where there is none of that name. */
  groupNamed(username: string): number {
    const name = username.toLowerCase();
    return [...this.#chats.values()].find((chat) => chat.username?.toLowerCase() === name)?.id ?? 0;
  }

  migrate(id: number, to: ChatProfile): Chat {
    this.#migrated.set(id, to.id);
    return this.addChat(to);
  }

  /** The supergroup that a group has become. */
  migratedTo(id: number): number | undefined {
    return this.#migrated.get(id);
  }

  user(id: number): User | undefined {
    const profile = this.#users.get(id);
    return profile && asUser(profile);
  }

  /** A group, or the private chat with a user. */
  chat(id: number): Chat | undefined {
    const group = this.#chats.get(id);
    if (group) return asGroup(group);
    const user = this.#users.get(id);
    if (!user) return undefined;
    const { first_name, last_name, username } = user;
    return {
      id,
      first_name,
      ...(last_name && { last_name }),
      ...(username && { username }),
      type: 'private',
    };
  }

  /** False if it was so already. */
  block(bot: number, user: number): boolean {
    const key = `${bot}:${user}`;
    if (this.#blocks.has(key)) return false;
    this.#blocks.set(key, [bot, user]);
    return true;
  }

  unblock(bot: number, user: number): boolean {
    return this.#blocks.delete(`${bot}:${user}`);
  }

  hasBlocked(bot: number, user: number): boolean {
    return this.#blocks.has(`${bot}:${user}`);
  }
}

function asUser(profile: UserProfile): User {
  const { id, first_name, last_name, username, language_code } = profile;
  return {
    id,
    is_bot: false,
    first_name,
    ...(last_name && { last_name }),
    ...(username && { username }),
    ...(language_code && { language_code }),
  };
}

function asGroup({ id, type, title, username }: ChatProfile): Chat {
  return { id, type, title, ...(username && type !== 'group' && { username }) } as Chat;
}
