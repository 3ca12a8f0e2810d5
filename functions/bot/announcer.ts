import type { Update } from 'grammy/types';
import type { Clock } from '../lease/clock.ts';
import type { IncomingUpdate } from '../lease/update.ts';
import type { Settings } from '../settings/settings.ts';
import type { Html } from '../telegram/limits-html.ts';
import { shorten } from '../telegram/limits.ts';
import type { TelegramAccess } from '../telegram/tenure-bot.ts';
import { sendNote } from './admin-notes.ts';
import type { LanguageStore } from './language-store.ts';
import { textsOfPerson } from './languages.ts';
import type { RateLimiter } from './rate-limiter.ts';
import type { Texts } from './texts/catalogue.ts';

const HOUR_MS = 3_600_000;
/** A defect can park one update after the other; the alarm tells of the rest. */
const NOTES_PER_HOUR = 5;
const MAX_ERROR_IN_NOTE = 300;
/** Counting and sending take less, or are not worth waiting for. */
const LONGEST_MS = 6_000;
/** No message gets through in less. */
const SHORTEST_MS = 200;

export interface AnnouncerDeps {
  telegram: TelegramAccess;
  settings: Pick<Settings, 'adminUserIds' | 'allowedUserIds'>;
  rateLimiter: RateLimiter;
  languages: Pick<LanguageStore, 'chosenBy'>;
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
   * @param limitMs the time that the caller has left for it; messages that do not get through by then are given up
   * @param options.apologise false where the user may well have the answer
   */
  async parked(
    update: IncomingUpdate,
    error: string,
    limitMs: number,
    { apologise = true }: { apologise?: boolean } = {},
  ): Promise<void> {
    if (limitMs < SHORTEST_MS) return;
    const reference = String(update.update_id);
    const late = new AbortController();
    const cancel = this.#deps.clock.after(Math.min(limitMs, LONGEST_MS), () => late.abort());
    try {
      await Promise.all([
        apologise && this.#apologise(update, reference, late.signal),
        this.#noteToAdmins(update.update_id, late.signal, (texts) =>
          texts.admin.parked({ reference, error: shorten(error, MAX_ERROR_IN_NOTE) }),
        ),
      ]);
    } finally {
      cancel();
    }
  }

  async #noteToAdmins(updateId: number, signal: AbortSignal, text: (texts: Texts) => Html): Promise<void> {
    const { telegram, settings, rateLimiter, languages, clock } = this.#deps;
    const request = { kind: 'notes', updateId, limit: NOTES_PER_HOUR, windowMs: HOUR_MS } as const;
    await Promise.all(
      settings.adminUserIds.map(async (userId) => {
        const verdict = await rateLimiter
          .count({ ...request, userId, nowMs: clock.wallMs(), signal })
          // Without a store a note too many is better than none.
          .catch(() => 'within' as const);
        if (verdict !== 'within') return;
        await sendNote(telegram, userId, text(await textsOfPerson(languages, { userId, signal })), {
          signal,
        });
      }),
    );
  }

  async #apologise(update: Update, reference: string, signal: AbortSignal): Promise<void> {
    const { telegram, settings, languages } = this.#deps;
    const { allowedUserIds, adminUserIds } = settings;
    const message = update.message ?? update.callback_query?.message;
    const from = update.callback_query?.from ?? update.message?.from;
    if (message?.chat?.id === undefined || from?.id === undefined) return;
    const isServed = allowedUserIds.length === 0 || [...allowedUserIds, ...adminUserIds].includes(from.id);
    if (!isServed) return;
    const person = { userId: from.id, languageCode: from.language_code };
    const texts = await textsOfPerson(languages, { ...person, signal });
    const replyTo = message.chat.type === 'private' ? undefined : message.message_id;
    await sendNote(telegram, message.chat.id, texts.apology(reference), { signal, replyTo });
  }
}
