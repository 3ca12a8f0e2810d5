import { GrammyError, type Api } from 'grammy/web';
import type { BotCommand, BotCommandScope, LanguageCode } from 'grammy/types';

/** What users see of the bot before they write to it. */
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
 * Sets menus and descriptions. A menu for a chat that the bot does not know yet (an administrator who never wrote to
 * it) is left out.
 * @returns the menus that were left out
 * @throws GrammyError and HttpError
 */
export async function applyProfile(api: Api, profile: BotProfile): Promise<CommandMenu[]> {
  const leftOut: CommandMenu[] = [];
  for (const menu of profile.menus) {
    const language = languageOf(menu);
    try {
      await api.setMyCommands(menu.commands, { scope: menu.scope, ...language });
    } catch (error) {
      if (!isUnknownChat(error)) throw error;
      leftOut.push(menu);
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

function isUnknownChat(error: unknown): boolean {
  return (
    error instanceof GrammyError && error.error_code === 400 && /chat not found/i.test(error.description)
  );
}
