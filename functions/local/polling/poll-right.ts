import type { GrammyError } from 'grammy/web';
import { Countdown, type Clock } from '../../lease/clock.ts';
import type { TelegramAccess } from '../../telegram/tenure-bot.ts';
import { signOfAnother } from '../../telegram/token-user.ts';

/** Somebody else has the token: an active webhook, or another getUpdates. */
export class TokenInUseError extends Error {
  override readonly name = 'TokenInUseError';
}

/** A process that has polled undisturbed for so long is established. */
const ESTABLISHED_MS = 120_000;
/** Somebody may have begun while nothing was heard of Telegram for so long. */
const SILENCE_MS = 60_000;
/** A look says nothing of who has begun since: by then a newcomer must be able to see this process poll, within its own look. */
const FRESH_MS = 2_000;
/** Conflicts that a new poller bears: a newcomer that looks causes one and goes, an earlier poller goes on. */
const CONFLICTS_TOLERATED = 2;

/**
 * The right of this process to poll with its token, as far as stores that share no lease can tell: it looks before it
 * polls, and gives way to a process that polls already. Established, it gives way to none. So of two at least one
 * goes before it has handled anything that the other may have in hand.
 */
export class PollRight {
  readonly #telegram: TelegramAccess;
  readonly #clock: Clock;
  readonly #random: () => number;
  #mustLook = true;
  /** Until it is established; absent before the first look. */
  #young: Countdown | undefined;
  /** Until what others do would not have been noticed. */
  #heard: Countdown | undefined;
  #conflicts = 0;

  constructor(options: { telegram: TelegramAccess; clock: Clock; random: () => number }) {
    this.#telegram = options.telegram;
    this.#clock = options.clock;
    this.#random = options.random;
  }

  /**
   * Looks who else polls, unless this process has done so all along. Returns at once when the signal fires.
   * @throws TokenInUseError
   * @throws GrammyError, HttpError
   */
  async assure(signal: AbortSignal): Promise<void> {
    const isNew = this.#young === undefined || this.#heard?.remainingMs() === 0;
    if (!isNew && !this.#mustLook) return;
    this.#mustLook = true;
    const sign = await signOfAnother(this.#telegram, { clock: this.#clock, random: this.#random, signal });
    if (sign !== undefined) throw new TokenInUseError(sign);
    if (signal.aborted) return;
    this.#mustLook = false;
    this.#heard = new Countdown(this.#clock, FRESH_MS);
    if (!isNew) return;
    this.#young = new Countdown(this.#clock, ESTABLISHED_MS);
    this.#conflicts = 0;
  }

  /** Telegram has answered a getUpdates. */
  polled(): void {
    this.#heard = new Countdown(this.#clock, SILENCE_MS);
  }

  /**
   * Somebody's getUpdates has ended one of ours.
   * @throws TokenInUseError for a webhook, and for a poller that stays while this one is new
   */
  conflict(error: GrammyError): void {
    const inUse = new TokenInUseError(error.description, { cause: error });
    if (!error.description.includes('getUpdates request')) throw inUse;
    this.polled();
    if (this.#young?.remainingMs() === 0) return;
    this.#conflicts += 1;
    if (this.#conflicts > CONFLICTS_TOLERATED) throw inUse;
    this.#mustLook = true;
  }
}
