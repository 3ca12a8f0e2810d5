import { GrammyError, HttpError } from 'grammy/web';
import { sleep, type Clock } from '../../lease/clock.ts';
import type { Consumer } from '../../lease/consumer.ts';
import type { Busy, GrantSource } from '../../lease/grant.ts';
import { LayoutNotActivatedError } from '../../lease/layout.ts';
import { StandingLease } from '../../lease/standing-lease.ts';
import { StoreDamagedError, StoreUnavailableError } from '../../lease/store-unavailable.ts';
import { TERM_RESERVE_MS } from '../../lease/limits.ts';
import { ALLOWED_UPDATES } from '../../telegram/allowed-updates.ts';
import { telegramApi } from '../../telegram/bot-identity.ts';
import type { TelegramAccess } from '../../telegram/tenure-bot.ts';
import { hostOf, readWebhook } from '../../telegram/webhook-state.ts';
import { CountedConsumer } from './counted-consumer.ts';
import type { Protocol } from '../../wiring/protocol.ts';
import { BotInUseError, type BotLock } from '../machine/bot-lock.ts';
import { PAGE, Poller, type PollerOptions } from './poller.ts';
import type { Standby } from './standby.ts';
import { TelegramWatch } from './telegram-watch.ts';
import { PollRight, TokenInUseError } from './poll-right.ts';

/** Somebody else consumes; `holder` is who, in the form that the lease has it. */
class AlreadyRunningError extends Error {
  override readonly name: string = 'AlreadyRunningError';
  readonly holder: string | undefined;

  constructor(holder: string | undefined) {
    super(`the lease is held by ${holder ?? 'another consumer'}`);
    this.holder = holder;
  }
}

/** Nobody holds the lease: the layout is being changed, or a change of it was cut short. */
class LayoutChangingError extends AlreadyRunningError {
  override readonly name = 'LayoutChangingError';
}

/** While this process could not renew its lease another consumer took it. */
class LeaseLostError extends AlreadyRunningError {
  override readonly name = 'LeaseLostError';
}

const RETAKE_INTERVAL_MS = 1_000;

/** How long a standing lease lasts; what a crash on another host costs before somebody takes over. */
export function standingTermMs(handlerDeadlineMs: number): number {
  return handlerDeadlineMs + TERM_RESERVE_MS;
}

export interface PollingOptions {
  foundation: {
    protocol: Pick<Protocol, 'context' | 'layout'>;
    /** A consumer that acts under the grants it is given. */
    consumerUnder: (grants: GrantSource) => Pick<Consumer, 'consume'>;
  };
  telegram: TelegramAccess;
  /** The Bot API server is this process's own: nobody else can have the token. */
  isOwnServer?: boolean;
  handlerDeadlineMs: number;
  /** Wait for the lease instead of being refused. */
  standby?: Standby;
  /** Keeps what polling meets at Telegram; by default it only says so. */
  watch?: Pick<TelegramWatch, 'answered' | 'failed'>;
  /** Excludes on this machine those of other stores. */
  lock?: Pick<BotLock, 'take' | 'release'>;
  say: (line: string) => void;
}

/** The consumer that polls: one standing lease after another until it has to stop. */
export class PollingBot {
  readonly #options: PollingOptions;
  readonly #pollRight: PollerOptions['pollRight'];
  readonly #watch: Pick<TelegramWatch, 'answered' | 'failed'>;
  #standing: StandingLease;
  /** Acts under the lease that is held now; a webhook delivery (a replay) goes through it too. */
  consumer: CountedConsumer;

  constructor(options: PollingOptions) {
    this.#options = options;
    this.#watch = options.watch ?? new TelegramWatch({ clock: this.#clock, say: options.say });
    const { telegram, isOwnServer = false } = options;
    const { clock, random } = options.foundation.protocol.context;
    this.#pollRight = isOwnServer ? NOBODY_ELSE : new PollRight({ telegram, clock, random });
    this.#standing = this.#newLease();
    this.consumer = this.#newConsumer();
  }

  get #clock(): Clock {
    return this.#options.foundation.protocol.context.clock;
  }

  get tokens(): { partition: number; fencingToken: number }[] {
    return this.#standing.tokens;
  }

  /**
   * Takes the lease; standing by, when it is this process's turn. Returns without it when the signal fires.
   * @throws AlreadyRunningError, BotInUseError, StoreUnavailableError unless it stands by
   */
  async take(signal: AbortSignal): Promise<void> {
    const { standby } = this.#options;
    while (!signal.aborted) {
      await standby?.turn(signal);
      if (signal.aborted) return;
      const refused = await this.#ask(signal);
      if (refused === undefined) {
        const other = await this.#options.lock?.take();
        if (other === undefined && (standby === undefined || (await this.#isFree(standby, signal))))
          return standby?.taken();
        await this.#standing.release();
        if (standby === undefined && other !== undefined) throw new BotInUseError(other);
      } else if (standby === undefined) {
        throw refused.isRetired
          ? new LayoutChangingError(undefined)
          : new AlreadyRunningError(refused.holder);
      } else if (refused.isRetired) await standby.stopped(signal);
      await sleep(this.#clock, RETAKE_INTERVAL_MS, signal);
    }
  }

  /**
   * Looks who else polls with the token, over a store that knows nothing of this one. Returns at once when the signal
   * fires.
   * @throws TokenInUseError
   * @throws GrammyError, HttpError
   */
  async look(signal: AbortSignal): Promise<void> {
    await this.#pollRight.assure(AbortSignal.any([signal, this.#standing.lost]));
  }

  /** Renews the lease until the work has ended, however that ends: for whatever comes before it polls. */
  keepDuring(work: () => Promise<void>): Promise<void> {
    return this.#standing.keepDuring(work);
  }

  /**
   * Polls until the signal fires, then drains and releases. A lost lease stops polling until it is taken again.
   * @throws LeaseLostError when another consumer has taken over meanwhile
   * @throws TokenInUseError
   */
  async run(signal: AbortSignal): Promise<void> {
    for (;;) {
      await this.#serve(signal);
      if (signal.aborted) return;
      this.#options.say('Polling has stopped; taking the lease again...');
      await this.#retake(signal);
      if (signal.aborted) return;
      this.#options.say(`🔐 Lease acquired again (fencing token ${this.tokens[0]?.fencingToken})`);
    }
  }

  /** Frees the lease where it is held, after what is in hand under it; afterwards it does nothing. */
  async release(): Promise<void> {
    await this.consumer.drain();
    await this.#standing.release();
  }

  /**
   * A process that stands by waits for a poller over another store as for a lease, yet looks for it ever more seldom.
   */
  async #isFree(standby: Standby, signal: AbortSignal): Promise<boolean> {
    try {
      await this.keepDuring(() => this.look(signal));
      return true;
    } catch (error) {
      const isInUse = error instanceof TokenInUseError;
      if (!isInUse && !(error instanceof HttpError) && !(error instanceof GrammyError)) throw error;
      await this.#standing.release();
      await this.#options.lock?.release();
      await standby.tokenInUse(error, signal);
      return false;
    }
  }

  async #ask(signal: AbortSignal): Promise<Busy | undefined> {
    const { standby } = this.#options;
    try {
      return await this.#standing.take(0, signal);
    } catch (error) {
      if (standby === undefined) throw error;
      if (error instanceof LayoutNotActivatedError) await standby.stopped(signal, error);
      else if (error instanceof StoreUnavailableError) standby.failed(error);
      else throw error;
      return { kind: 'busy', retryAfterMs: RETAKE_INTERVAL_MS };
    }
  }

  async #serve(signal: AbortSignal): Promise<void> {
    const { telegram, handlerDeadlineMs, say } = this.#options;
    const standing = this.#standing;
    const poller = new Poller({
      ...telegram,
      allowedUpdates: ALLOWED_UPDATES,
      consumer: this.consumer,
      pollRight: this.#pollRight,
      clock: this.#clock,
      deadlineMs: handlerDeadlineMs,
      mayPoll: () => !standing.lost.aborted && !standing.hasLapsed,
      onOutcome: () => {},
      onHeldBack: (updateId) =>
        say(
          `Update ${updateId} waits for its next attempt with ${PAGE - 1} others behind it: Telegram hands out no more, of any chat, until it is settled`,
        ),
      onDefect: (error) =>
        say(
          `A defect: an update was neither settled nor handed back: ${error instanceof Error ? error.stack : String(error)}`,
        ),
      onAnswered: () => this.#watch.answered(),
      onTrouble: (error) => this.#watch.failed(error),
    });
    const pollAndDrain = async (): Promise<void> => {
      try {
        await poller.run(AbortSignal.any([signal, standing.lost]));
      } finally {
        await this.consumer.drain();
      }
    };
    try {
      // Updates in hand may take longer than the rest of the lease, so it is kept until the end.
      await standing.keepDuring(pollAndDrain);
    } finally {
      await standing.release();
    }
  }

  async #retake(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#standing = this.#newLease();
      this.consumer = this.#newConsumer();
      try {
        return await this.take(signal);
      } catch (error) {
        const isHeld = error instanceof AlreadyRunningError;
        // Damage does not pass: the process ends, with the advice about it.
        if (error instanceof StoreDamagedError) throw error.cause instanceof Error ? error.cause : error;
        if (!isHeld && !(error instanceof StoreUnavailableError)) throw error;
        const { holder } = this.#options.foundation.protocol.context;
        // Its own lease has to run out if the store did not answer; a layout that is being changed has no holder.
        if (isHeld && error.holder !== undefined && error.holder !== holder)
          throw new LeaseLostError(error.holder);
        await sleep(this.#clock, RETAKE_INTERVAL_MS, signal);
      }
    }
  }

  #newConsumer(): CountedConsumer {
    return new CountedConsumer(this.#options.foundation.consumerUnder(this.#standing));
  }

  #newLease(): StandingLease {
    const { foundation, handlerDeadlineMs } = this.#options;
    const { context, layout } = foundation.protocol;
    return new StandingLease({ ...context, layout, termMs: standingTermMs(handlerDeadlineMs) });
  }
}

const NOBODY_ELSE: PollerOptions['pollRight'] = {
  assure: async () => {},
  polled: () => {},
  conflict: (error) => {
    throw new TokenInUseError(error.description, { cause: error });
  },
};

/**
 * A webhook that is set is the sign of a live deployment, whose lease is free between any two updates.
 * @returns where it delivers to; `undefined` when none is set
 * @throws GrammyError, HttpError
 */
export async function webhookHost(telegram: TelegramAccess): Promise<string | undefined> {
  const { url } = await readWebhook(telegramApi(telegram));
  return url === '' ? undefined : hostOf(url);
}

/**
 * @throws TokenInUseError when a webhook is set
 * @throws GrammyError, HttpError
 */
export async function assertNoWebhook(telegram: TelegramAccess): Promise<void> {
  const host = await webhookHost(telegram);
  if (host !== undefined) throw new TokenInUseError(`a webhook is set: Telegram delivers to ${host}`);
}
