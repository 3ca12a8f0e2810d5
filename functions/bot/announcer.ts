import type { Update } from 'grammy/types';
import type { Clock } from '../lease/clock.ts';
import type { IncomingUpdate } from '../lease/update.ts';
import type { Settings } from '../settings/settings.ts';
import { telegramApi } from '../telegram/bot-identity.ts';
import type { Html } from '../telegram/limits-html.ts';
import { shorten } from '../telegram/limits.ts';
import type { TelegramAccess } from '../telegram/tenure-bot.ts';
import type { RateLimiter } from './rate-limiter.ts';
import type { Texts } from './texts/catalogue.ts';
import { textsFor } from './texts/texts.ts';

const HOUR_MS = 3_600_000;
/** A defect can park one update after the other; the alarm tells of the rest. */
const NOTES_PER_HOUR = 5;
const MAX_ERROR = 300;

export interface AnnouncerDeps {
  telegram: TelegramAccess;
  settings: Pick<Settings, 'adminUserIds' | 'allowedUserIds'>;
  rateLimiter: RateLimiter;
  clock: Clock;
}

/**
 * Says what no update's handler can say: it runs outside of any tenure, after the update in question was settled. So
 * each announcement is made at most once, may be missing after a crash, and never fails its caller.
 */
export class Announcer {
  readonly #deps: AnnouncerDeps;

  constructor(deps: AnnouncerDeps) {
    this.#deps = deps;
  }

  /**
   * An update was parked: its user gets an apology, administrators a note, both with the update id as reference.
   * To be called once for each outcome `parked` of the consumer.
   */
  async parked(update: IncomingUpdate, error: string): Promise<void> {
    const reference = String(update.update_id);
    await Promise.all([
      this.#apologise(update, reference),
      this.#noteToAdmins(update.update_id, (texts) =>
        texts.admin.parked({ reference, error: shorten(error, MAX_ERROR) }),
      ),
    ]);
  }

  /** Tells administrators something that they waited for. */
  async tellAdmins(text: (texts: Texts) => Html, languageCode?: string): Promise<void> {
    const { markup } = text(textsFor(languageCode));
    await Promise.all(this.#deps.settings.adminUserIds.map((userId) => this.#send(userId, markup)));
  }

  async #noteToAdmins(updateId: number, text: (texts: Texts) => Html): Promise<void> {
    const { settings, rateLimiter, clock } = this.#deps;
    const { markup } = text(textsFor(undefined));
    const request = { kind: 'notes', updateId, limit: NOTES_PER_HOUR, windowMs: HOUR_MS } as const;
    await Promise.all(
      settings.adminUserIds.map(async (userId) => {
        const verdict = await rateLimiter
          .count({ ...request, userId, nowMs: clock.wallMs() })
          // Without a store a note too many is better than none.
          .catch(() => 'within' as const);
        if (verdict === 'within') await this.#send(userId, markup);
      }),
    );
  }

  async #apologise(update: Update, reference: string): Promise<void> {
    const { allowedUserIds, adminUserIds } = this.#deps.settings;
    const message = update.message ?? update.edited_message ?? update.callback_query?.message;
    const from = update.callback_query?.from ?? update.message?.from ?? update.edited_message?.from;
    if (message?.chat?.id === undefined || from?.id === undefined) return;
    const isServed = allowedUserIds.length === 0 || [...allowedUserIds, ...adminUserIds].includes(from.id);
    if (isServed) await this.#send(message.chat.id, textsFor(from.language_code).apology(reference).markup);
  }

  async #send(chatId: number, markup: string): Promise<void> {
    try {
      await telegramApi(this.#deps.telegram).sendMessage(chatId, markup, { parse_mode: 'HTML' });
    } catch {
      // Blocked by them, unknown to them, or Telegram is down: what is announced has happened all the same.
    }
  }
}
