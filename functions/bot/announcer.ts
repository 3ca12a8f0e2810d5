import type { Update } from 'grammy/types';
import type { Clock } from '../lease/clock.ts';
import type { IncomingUpdate } from '../lease/update.ts';
import type { Settings } from '../settings/settings.ts';
import type { Html } from '../telegram/limits-html.ts';
import { shorten } from '../telegram/limits.ts';
import type { TelegramAccess } from '../telegram/tenure-bot.ts';
import { sendNote } from './admin-notes.ts';
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

/** Says of a parked update what its handler cannot say: after it was settled, outside of any tenure (./admin-notes.ts). */
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

  async #noteToAdmins(updateId: number, text: (texts: Texts) => Html): Promise<void> {
    const { telegram, settings, rateLimiter, clock } = this.#deps;
    const note = text(textsFor(undefined));
    const request = { kind: 'notes', updateId, limit: NOTES_PER_HOUR, windowMs: HOUR_MS } as const;
    await Promise.all(
      settings.adminUserIds.map(async (userId) => {
        const verdict = await rateLimiter
          .count({ ...request, userId, nowMs: clock.wallMs() })
          // Without a store a note too many is better than none.
          .catch(() => 'within' as const);
        if (verdict === 'within') await sendNote(telegram, userId, note);
      }),
    );
  }

  async #apologise(update: Update, reference: string): Promise<void> {
    const { telegram, settings } = this.#deps;
    const { allowedUserIds, adminUserIds } = settings;
    const message = update.message ?? update.edited_message ?? update.callback_query?.message;
    const from = update.callback_query?.from ?? update.message?.from ?? update.edited_message?.from;
    if (message?.chat?.id === undefined || from?.id === undefined) return;
    const isServed = allowedUserIds.length === 0 || [...allowedUserIds, ...adminUserIds].includes(from.id);
    if (isServed) await sendNote(telegram, message.chat.id, textsFor(from.language_code).apology(reference));
  }
}
