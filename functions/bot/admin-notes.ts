import { GrammyError } from 'grammy/web';
import type { Html } from '../telegram/limits-html.ts';
import { telegramApi } from '../telegram/bot-identity.ts';
import type { TelegramAccess } from '../telegram/tenure-bot.ts';
import type { Texts } from './texts/catalogue.ts';
import type { LanguageStore } from './language-store.ts';
import { textsOfPerson } from './languages.ts';
import type { Asker } from './uploads.ts';

/** The fate of a note: one that was refused (blocked, chat not found) will be refused again. */
export type NoteFate = 'delivered' | 'refused' | 'unanswered';

/** Tells administrators what no update of theirs is answered with. */
export class AdminNotes {
  readonly #telegram: TelegramAccess;
  readonly #languages: Pick<LanguageStore, 'chosenBy'>;
  readonly userIds: readonly number[];

  constructor(options: {
    telegram: TelegramAccess;
    settings: { adminUserIds: readonly number[] };
    languages: Pick<LanguageStore, 'chosenBy'>;
  }) {
    this.#telegram = options.telegram;
    this.#languages = options.languages;
    this.userIds = options.settings.adminUserIds;
  }

  /**
   * @param asker the administrator whose language Telegram tells
   * @returns whether there is nothing to repeat: one of them got it at least, or no note can reach any of them
   */
  async tell(text: (texts: Texts) => Html, asker?: Asker): Promise<boolean> {
    const fates = await Promise.all(
      this.userIds.map((userId) => this.tellAsker(text, userId === asker?.userId ? asker : { userId })),
    );
    return fates.includes('delivered') || !fates.includes('unanswered');
  }

  /** Tells one of them what concerns nobody else. */
  async tellAsker(text: (texts: Texts) => Html, asker: Asker): Promise<NoteFate> {
    return sendNote(this.#telegram, asker.userId, text(await textsOfPerson(this.#languages, asker)));
  }
}

/**
 * Sends a message outside of any tenure: once, so that it may be missing after a crash, and without ever failing its
 * caller.
 * @param options.signal when it is given up; without one it has the time of one call
 * @param options.replyTo the message it is about, whose topic it then finds by itself
 */
export async function sendNote(
  telegram: TelegramAccess,
  chatId: number,
  { markup }: Html,
  { signal, replyTo }: { signal?: AbortSignal; replyTo?: number } = {},
): Promise<NoteFate> {
  const api = telegramApi(telegram);
  // grammY's types name the signal of a polyfill; what it takes is the platform's own.
  type GrammySignal = Parameters<typeof api.sendMessage>[3];
  try {
    const quoted = replyTo === undefined ? {} : { reply_parameters: { message_id: replyTo } };
    const options = { parse_mode: 'HTML', ...quoted } as const;
    await api.sendMessage(chatId, markup, options, signal as unknown as GrammySignal);
    return 'delivered';
  } catch (error) {
    // The event that the note speaks of has happened all the same.
    return error instanceof GrammyError && [400, 403].includes(error.error_code) ? 'refused' : 'unanswered';
  }
}
