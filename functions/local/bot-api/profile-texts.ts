import type { BotCommand } from 'grammy/types';

export interface ProfileTextsState {
  readonly texts: readonly (readonly [string, string])[];
  readonly commands: readonly (readonly [string, readonly BotCommand[]])[];
}

export type ProfileText = 'name' | 'description' | 'short_description';

/** A bot's name and descriptions, by language, and its command menus, by scope and language. */
export class ProfileTexts {
  readonly #texts: Map<string, string>;
  readonly #commands: Map<string, readonly BotCommand[]>;

  constructor(restored?: ProfileTextsState) {
    this.#texts = new Map(restored?.texts);
    this.#commands = new Map(restored?.commands);
  }

  get state(): ProfileTextsState {
    return { texts: [...this.#texts], commands: [...this.#commands] };
  }

  /** The text of that language, else that for all languages, else undefined. */
  text(kind: ProfileText, language: string): string | undefined {
    return this.#texts.get(`${kind}/${language}`) ?? this.#texts.get(`${kind}/`);
  }

  /** An empty text takes it away. */
  setText(kind: ProfileText, language: string, text: string): void {
    if (text === '') this.#texts.delete(`${kind}/${language}`);
    else this.#texts.set(`${kind}/${language}`, text);
  }

  /** Exactly the menu of this scope and language. */
  commands(scope: string, language: string): readonly BotCommand[] {
    return this.#commands.get(`${scope}/${language}`) ?? [];
  }

  /** The first menu that is not empty: the narrower scope first, and within a scope the reader's own language. */
  menuFor(reader: { user: number; chat: number; isGroup: boolean; language: string }): readonly BotCommand[] {
    const { user, chat, isGroup, language } = reader;
    const scopes = isGroup
      ? [`chat_member:${chat}:${user}`, `chat:${chat}`, 'all_group_chats', 'default']
      : [`chat:${chat}`, 'all_private_chats', 'default'];
    for (const scope of scopes) {
      for (const variant of [language, '']) {
        const commands = this.commands(scope, variant);
        if (commands.length > 0) return commands;
      }
    }
    return [];
  }

  setCommands(scope: string, language: string, commands: readonly BotCommand[]): void {
    if (commands.length === 0) this.#commands.delete(`${scope}/${language}`);
    else this.#commands.set(`${scope}/${language}`, commands);
  }
}
