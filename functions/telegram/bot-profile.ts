import { createHash } from 'node:crypto';
import { GrammyError, type Api } from 'grammy/web';
import type { BotCommand, BotCommandScope, LanguageCode } from 'grammy/types';

/** The texts of the bot that users see before they write to it. */
export interface BotProfile {
  menus: readonly CommandMenu[];
  descriptions: readonly BotDescription[];
}

export interface CommandMenu {
  scope: BotCommandScope;
  /** Absent: for every language that has no menu of its own. */
  languageCode?: LanguageCode;
  commands: readonly BotCommand[];
}

export interface BotDescription {
  languageCode?: LanguageCode;
  /** Shown in an empty chat; at most 512 characters. */
  description: string;
  /** Shown on the bot's profile and in shared links; at most 120 characters. */
  shortDescription: string;
}

/**
 * Sets menus and descriptions, and takes away the menus of chats that have none of their own any more. A menu for a
 * chat that the bot cannot reach (an administrator who never wrote to it, or blocked it) is left out.
 * @param options.formerChatIds chats that were given a menu before
 * @returns the menus that were left out
 * @throws GrammyError and HttpError
 */
export async function applyProfile(
  api: Api,
  profile: BotProfile,
  { formerChatIds }: { formerChatIds: readonly number[] },
): Promise<CommandMenu[]> {
  const leftOut: CommandMenu[] = [];
  for (const menu of profile.menus) {
    const { commands, scope } = menu;
    const isSet = await unlessUnreachable(scope, () =>
      api.setMyCommands(commands, { scope, ...languageOf(menu) }),
    );
    if (!isSet) leftOut.push(menu);
  }
  const present = chatsWithMenu(profile);
  const languages = profile.menus.filter(({ scope }) => scope.type === 'default').map(languageOf);
  for (const chatId of formerChatIds.filter((id) => !present.includes(id))) {
    const scope = { type: 'chat', chat_id: chatId } as const;
    for (const language of languages) {
      await unlessUnreachable(scope, () => api.deleteMyCommands({ scope, ...language }));
    }
  }
  for (const text of profile.descriptions) {
    const language = languageOf(text);
    await api.setMyDescription(text.description, language);
    await api.setMyShortDescription(text.shortDescription, language);
  }
  return leftOut;
}

function languageOf({ languageCode }: { languageCode?: LanguageCode }): { language_code?: LanguageCode } {
  return languageCode === undefined ? {} : { language_code: languageCode };
}

/** Tells whether a profile has changed since it was applied. */
export function hashOf(profile: BotProfile): string {
  return createHash('sha256').update(JSON.stringify(profile)).digest('hex').slice(0, 16);
}

/** The chats that have a menu of their own. */
export function chatsWithMenu({ menus }: BotProfile): number[] {
  const ids = menus.flatMap(({ scope }) => (scope.type === 'chat' ? [Number(scope.chat_id)] : []));
  return [...new Set(ids)];
}

/** @returns false where the menu's chat, and not the menu, is what Telegram refuses */
async function unlessUnreachable(scope: BotCommandScope, call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call();
    return true;
  } catch (error) {
    const isOfChat = scope.type === 'chat' && error instanceof GrammyError;
    if (!isOfChat || !(error.error_code === 403 || /chat not found/i.test(error.description))) throw error;
    return false;
  }
}
