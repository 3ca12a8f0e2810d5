import type { Html } from '../telegram/limits-html.ts';
import { telegramApi } from '../telegram/bot-identity.ts';
import type { TelegramAccess } from '../telegram/tenure-bot.ts';
import type { Texts } from './texts/catalogue.ts';
import { textsFor } from './texts/texts.ts';
import type { Asker } from './uploads.ts';

/** Tells administrators what no update of theirs is answered with. */
export class AdminNotes {
  readonly #telegram: TelegramAccess;
  readonly userIds: readonly number[];

  constructor(options: { telegram: TelegramAccess; settings: { adminUserIds: readonly number[] } }) {
    this.#telegram = options.telegram;
    this.userIds = options.settings.adminUserIds;
  }

  /** @param asker whose language is known */
  async tell(text: (texts: Texts) => Html, asker?: Asker): Promise<void> {
    await Promise.all(
      this.userIds.map((userId) => {
        const languageCode = userId === asker?.userId ? asker.languageCode : undefined;
        return sendNote(this.#telegram, userId, text(textsFor(languageCode)));
      }),
    );
  }
}

/**
 * Sends a message outside of any tenure: once, so that it may be missing after a crash, and without ever failing its
 * caller.
 */
export async function sendNote(telegram: TelegramAccess, chatId: number, { markup }: Html): Promise<void> {
  try {
    await telegramApi(telegram).sendMessage(chatId, markup, { parse_mode: 'HTML' });
  } catch {
    // Blocked by them, unknown to them, or Telegram is down: what is told of has happened all the same.
  }
}
