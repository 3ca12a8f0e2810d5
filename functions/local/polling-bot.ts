import { sleep, systemClock } from '../lease/clock.ts';
import type { Consumer } from '../lease/consumer.ts';
import { StandingLease } from '../lease/standing-lease.ts';
import { StoreUnavailableError } from '../lease/store-unavailable.ts';
import { ALLOWED_UPDATES } from '../telegram/allowed-updates.ts';
import { telegramApi } from '../telegram/bot-identity.ts';
import type { TelegramAccess } from '../telegram/tenure-bot.ts';
import { consumerOver } from '../wiring/protocol.ts';
import type { Foundation } from './foundation.ts';
import { Poller, TokenInUseError } from './poller.ts';

/** Somebody else consumes; `holder` is who. */
export class AlreadyRunningError extends Error {
  override readonly name = 'AlreadyRunningError';
  readonly holder: string | undefined;

  constructor(holder: string | undefined) {
    super(`the lease is held by ${holder ?? 'another consumer'}`);
    this.holder = holder;
  }
}

/** Longer than handling one update may take; what a crash on another host costs before somebody takes over. */
export const STANDING_TERM_MS = 15_000;

export interface PollingOptions {
  foundation: Foundation;
  telegram: TelegramAccess;
  handlerDeadlineMs: number;
  maxAttempts: number;
  say: (line: string) => void;
}

/** The consumer that polls: one standing lease after another until it is told to stop. */
export class PollingBot {
  readonly #options: PollingOptions;
  #standing: StandingLease;
  /** Acts under the lease that is held now; a webhook delivery (a replay) goes through it too. */
  consumer: Consumer;

  constructor(options: PollingOptions) {
    this.#options = options;
    this.#standing = this.#newLease();
    this.consumer = this.#newConsumer();
  }

  get tokens(): { partition: number; fencingToken: number }[] {
    return this.#standing.tokens;
  }

  /**
   * Takes the lease, once.
   * @param waitMs how long to contend for it
   * @throws AlreadyRunningError
   * @throws StoreUnavailableError
   */
  async take(waitMs: number, signal?: AbortSignal): Promise<void> {
    const refused = await this.#standing.take(waitMs, signal);
    if (refused !== undefined) throw new AlreadyRunningError(refused.holder);
  }

  /**
   * Polls until the signal fires, then drains and releases. A lost lease stops polling until it is taken again.
   * @throws AlreadyRunningError when another consumer has taken over meanwhile
   * @throws TokenInUseError
   */
  async run(signal: AbortSignal): Promise<void> {
    for (;;) {
      await this.#serve(signal);
      if (signal.aborted) return;
      this.#options.say('Polling has stopped; taking the lease again...');
      await this.#retake(signal);
      if (signal.aborted) return;
      this.#options.say(`Lease acquired again (fencing token ${this.tokens[0]?.fencingToken})`);
    }
  }

  /** Frees the lease where it is held; afterwards it does nothing. */
  release(): Promise<void> {
    return this.#standing.release();
  }

  async #serve(signal: AbortSignal): Promise<void> {
    const { telegram, handlerDeadlineMs, say } = this.#options;
    const standing = this.#standing;
    const drained = new AbortController();
    const keeping = standing.keep(drained.signal);
    const poller = new Poller({
      ...telegram,
      allowedUpdates: ALLOWED_UPDATES,
      consumer: this.consumer,
      clock: systemClock,
      deadlineMs: Math.min(handlerDeadlineMs, STANDING_TERM_MS),
      onOutcome: () => {},
      onTrouble: (error) => say(`Telegram did not answer, trying again: ${error.message}`),
    });
    try {
      await poller.run(AbortSignal.any([signal, standing.lost]));
    } finally {
      // The update in hand may take longer than what is left of the lease, so it is kept until the end.
      drained.abort();
      await keeping;
      await standing.release();
    }
  }

  async #retake(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#standing = this.#newLease();
      this.consumer = this.#newConsumer();
      try {
        await this.take(0, signal);
        return;
      } catch (error) {
        if (!(error instanceof StoreUnavailableError)) throw error;
        await sleep(systemClock, 1_000, signal);
      }
    }
  }

  #newLease(): StandingLease {
    const { context, layout } = this.#options.foundation.protocol;
    return new StandingLease({ ...context, layout, termMs: STANDING_TERM_MS });
  }

  #newConsumer(): Consumer {
    const { foundation, maxAttempts } = this.#options;
    return consumerOver(foundation.protocol, {
      handle: foundation.handle,
      maxAttempts,
      grants: this.#standing,
    });
  }
}

/**
 * A webhook that is set is the sign of a live deployment, whose lease is free between any two updates.
 * @throws TokenInUseError
 * @throws GrammyError, HttpError
 */
export async function assertNoWebhook(telegram: TelegramAccess): Promise<void> {
  const { url = '' } = await telegramApi(telegram).getWebhookInfo();
  if (url === '') return;
  throw new TokenInUseError(`a webhook is set: Telegram delivers this bot's updates to ${new URL(url).host}`);
}
