import type { BotCommand, LanguageCode } from 'grammy/types';
import type { Settings } from '../settings/settings.ts';
import type { BotProfile, CommandMenu } from '../telegram/bot-profile.ts';
import { ADMIN_COMMANDS, PUBLIC_COMMANDS, type CommandName } from './commands.ts';
import type { Texts } from './texts/catalogue.ts';
import { english } from './texts/english.ts';
import { LANGUAGES } from './texts/texts.ts';

/** In English for every language that has no texts of its own. */
const VARIANTS: readonly { languageCode?: LanguageCode; texts: Texts }[] = [
  { texts: english },
  ...Object.entries(LANGUAGES)
    .filter(([, texts]) => texts !== english)
    .map(([code, texts]) => ({ languageCode: code as LanguageCode, texts })),
];

/**
 * The menus and descriptions of the bot, as data. Administrators get theirs in their private chat with the bot; a menu
 * only shows commands, so the bot itself refuses them to others.
 */
export function profileOf({ adminUserIds }: Pick<Settings, 'adminUserIds'>): BotProfile {
  const menus = VARIANTS.flatMap(({ texts, ...language }): CommandMenu[] => [
    { scope: { type: 'default' }, ...language, commands: menu(PUBLIC_COMMANDS, texts) },
    ...adminUserIds.map((userId): CommandMenu => ({
      scope: { type: 'chat', chat_id: userId },
      ...language,
      commands: menu([...PUBLIC_COMMANDS, ...ADMIN_COMMANDS], texts),
    })),
  ]);
  const descriptions = VARIANTS.map(({ texts, ...language }) => ({
    ...language,
    description: texts.description,
    shortDescription: texts.shortDescription,
  }));
  return { menus, descriptions };
}

function menu(commands: readonly CommandName[], texts: Texts): BotCommand[] {
  return commands.map((command) => ({ command, description: texts.commands[command] }));
}
