import { Api, GrammyError } from 'grammy/web';
import type { Update } from 'grammy/types';
import { Countdown, sleep, type Clock } from '../../lease/clock.ts';
import type { Consumer, Delivery } from '../../lease/consumer.ts';
import { isSettledOutcome, retryAfterOf, type Outcome } from '../../lease/outcome.ts';
import { botApiFetch } from '../../telegram/bot-api-answer.ts';
import '../../telegram/far-host.ts';
import { updateFacts } from '../../telegram/update-facts.ts';
import { ReceivedUpdates, type ReceivedUpdate } from './received-updates.ts';
import { TokenInUseError, type PollRight } from './poll-right.ts';
import { Turns } from './turns.ts';

export interface PollerOptions {
  token: string;
  apiRoot: string;
  /** Stands for the network. */
  fetch?: typeof fetch;
  allowedUpdates: readonly Exclude<keyof Update, 'update_id'>[];
  consumer: Pick<Consumer, 'consume'>;
  /** Looks who else polls, where no lease tells. */
  pollRight: Pick<PollRight, 'assure' | 'polled' | 'conflict'>;
  clock: Clock;
  /** How long the handling of one update may take. */
  deadlineMs: number;
  /** False while somebody else may be polling by now: any request of ours would then end theirs. */
  mayPoll: () => boolean;
  onOutcome: (update: Update, outcome: Outcome) => void;
  /** A getUpdates that was answered, with updates or without. */
  onAnswered: () => void;
  /** A getUpdates that failed and is tried again. */
  onTrouble: (error: Error) => void;
  /** The consumer threw: a defect of this program. The update is tried again. */
  onDefect: (error: unknown) => void;
  /** This update waits, and no further one comes until it is settled: told once, when that begins. */
  onHeldBack: (updateId: number) => void;
}

const LONG_POLL_SECONDS = 30;
/** All that Telegram gives at once, from the first one that is not confirmed: https://core.telegram.org/bots/api#getupdates */
export const PAGE = 100;
/** While an update waits for its next attempt, getUpdates answers at once: this often is enough for new ones. */
const RECHECK_MS = 1_000;
/** As Telegram's webhook does: at once, then ever later. */
const RETRY_MS = [0, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000];
const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 30_000;
/**
 * So many are handled at once, the first received first. More would be done no sooner, and the less lies before one that
 * is settled, the less has to be done at the end before all that is settled can be confirmed.
 */
const AT_ONCE = 16;
/** Once it is stopped nothing is begun later than this, that the process may end in its time. */
const DRAIN_MS = 6_000;
/** Several times within a newcomer's look. */
const CONFIRM_EVERY_MS = 1_000;
/** For a confirmation, which nothing over the same store depends on. */
const CONFIRM_MS = 2_000;
/** How often it is asked whether polling may go on. */
const FROZEN_RECHECK_MS = 250;
/** Telegram refuses a good token now and then; a revoked one always. */
const REFUSALS_TOLERATED = 2;

/**
 * Long polling with the webhook's promises: in order within a chat, an update that fails holds back its own chat
 * only, and an update is confirmed once it is settled and not before. But for one limit of the Bot API: with
 * {@link PAGE} updates in hand and the first of them waiting, no chat's next update comes.
 */
export class Poller {
  readonly #options: PollerOptions;
  readonly #api: Api;
  readonly #chats = new Map<number, Promise<void>>();
  readonly #received: ReceivedUpdates;
  readonly #turns = new Turns(AT_ONCE);
  /** Fires when an update in hand is settled: polling may wait for new ones again. */
  #settled = new AbortController();
  #heldBackBy: number | undefined;
  #refusals = 0;
  /** Runs from the moment in which it is stopped cleanly. */
  #draining: Countdown | undefined;

  constructor(options: PollerOptions) {
    this.#options = options;
    this.#received = new ReceivedUpdates(options.clock);
    const { token, apiRoot } = options;
    const timeoutSeconds = LONG_POLL_SECONDS * 2;
    this.#api = new Api(token, { apiRoot, timeoutSeconds, fetch: botApiFetch(options.fetch ?? fetch) });
  }

  /**
   * Polls until the signal fires, then drains: no new update, those in hand settled, the settled ones confirmed. An
   * update before a settled one is handled as well, since that one could not be confirmed otherwise: over another store
   * the next consumer would answer it again.
   * @throws TokenInUseError
   * @throws GrammyError when the token is refused
   */
  async run(signal: AbortSignal): Promise<void> {
    // However polling ends, what waits for its next attempt must not go on waiting for it.
    const over = new AbortController();
    const ends = AbortSignal.any([signal, over.signal]);
    const drain = (): void => void (this.#draining = new Countdown(this.#options.clock, DRAIN_MS));
    signal.addEventListener('abort', drain, { once: true });
    let backoffMs = FIRST_BACKOFF_MS;
    try {
      while (!signal.aborted) {
        if (!this.#options.mayPoll()) {
          await sleep(this.#options.clock, FROZEN_RECHECK_MS, signal);
          continue;
        }
        try {
          await this.#options.pollRight.assure(ends);
          const askedAtMs = this.#options.clock.monotonicMs();
          const mayWait = !this.#received.isWaiting;
          const fresh = await this.#poll(ends);
          backoffMs = FIRST_BACKOFF_MS;
          // A server that waits for nothing is asked no more often either.
          const isAtOnce = mayWait && this.#options.clock.monotonicMs() - askedAtMs < RECHECK_MS;
          if (fresh === 0 && (this.#received.isWaiting || isAtOnce))
            await this.#untilSettledOr(RECHECK_MS, signal);
        } catch (error) {
          if (signal.aborted) break;
          backoffMs = await this.#recover(error, backoffMs, signal);
        }
      }
    } finally {
      over.abort();
      await this.#drained();
    }
    if (this.#options.mayPoll()) await this.#confirm();
  }

  async #poll(signal: AbortSignal): Promise<number> {
    const updates = await this.#getUpdates(this.#received.isWaiting ? 0 : LONG_POLL_SECONDS, PAGE, signal);
    this.#options.pollRight.polled();
    this.#options.onAnswered();
    this.#refusals = 0;
    let fresh = 0;
    for (const update of updates) {
      const received = this.#received.add(update.update_id);
      if (received === undefined) continue;
      this.#enqueue(update, received, signal);
      fresh += 1;
    }
    this.#noticeFullPage(updates.length === PAGE && fresh === 0);
    return fresh;
  }

  #noticeFullPage(isFull: boolean): void {
    const { offset, confirmed } = this.#received.offset();
    const heldBackBy = isFull && confirmed.length === 0 ? offset : undefined;
    if (heldBackBy !== undefined && heldBackBy !== this.#heldBackBy) this.#options.onHeldBack(heldBackBy);
    this.#heldBackBy = heldBackBy;
  }

  #enqueue(update: Update, received: ReceivedUpdate, signal: AbortSignal): void {
    const { orderingKey } = updateFacts(update);
    const before = this.#chats.get(orderingKey) ?? Promise.resolve();
    const turn = before.then(() => this.#deliver({ update, orderingKey, received }, signal));
    this.#chats.set(orderingKey, turn);
    void turn.finally(() => {
      if (this.#chats.get(orderingKey) === turn) this.#chats.delete(orderingKey);
    });
  }

  async #deliver(
    { update, orderingKey, received }: { update: Update; orderingKey: number; received: ReceivedUpdate },
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, deadlineMs, onOutcome } = this.#options;
    for (let attempt = 0; ; attempt += 1) {
      const outcome = await this.#turns.take(received.place, async () => {
        if (signal.aborted && !this.#mustDrain(received)) return undefined;
        received.idle = false;
        return this.#consume({ update, orderingKey, deadlineMs });
      });
      if (outcome === undefined) return;
      onOutcome(update, outcome);
      if (isSettledOutcome(outcome)) {
        received.settled = true;
        this.#settled.abort();
        return;
      }
      const wanted = retryAfterOf(outcome);
      const wasLate = outcome.kind === 'deferred' && outcome.reason === 'deadline' && wanted === undefined;
      received.idle = outcome.kind === 'busy' || wasLate;
      await sleep(clock, wanted ?? RETRY_MS[attempt] ?? RETRY_MS.at(-1)!, signal);
      if (signal.aborted && received.idle) await sleep(clock, FROZEN_RECHECK_MS);
    }
  }

  /** Whether it keeps one that is done from being confirmed, while it could be done as well. */
  #mustDrain(received: ReceivedUpdate): boolean {
    const isDraining = (this.#draining?.remainingMs() ?? 0) > 0 && this.#options.mayPoll();
    return isDraining && received.idle && this.#received.isBeforeBegun(received);
  }

  /** Behind a webhook as well a defect is the matter of one delivery: it cuts off nothing else that is in hand. */
  async #consume(delivery: Delivery): Promise<Outcome> {
    const { consumer, onDefect } = this.#options;
    try {
      return await consumer.consume(delivery);
    } catch (error) {
      onDefect(error);
      return { kind: 'unavailable' };
    }
  }

  async #untilSettledOr(waitMs: number, signal: AbortSignal): Promise<void> {
    if (this.#settled.signal.aborted) this.#settled = new AbortController();
    await sleep(this.#options.clock, waitMs, AbortSignal.any([signal, this.#settled.signal]));
  }

  /** @throws TokenInUseError; GrammyError when the token is refused again and again */
  async #recover(error: unknown, backoffMs: number, signal: AbortSignal): Promise<number> {
    const { clock, pollRight, onTrouble } = this.#options;
    if (error instanceof TokenInUseError) throw error;
    const refusal = error instanceof GrammyError ? error : undefined;
    const isConflict = refusal?.error_code === 409;
    if (isConflict) pollRight.conflict(refusal);
    const isRefused = refusal?.error_code === 401 || refusal?.error_code === 404;
    this.#refusals = isRefused ? this.#refusals + 1 : 0;
    if (this.#refusals > REFUSALS_TOLERATED) throw error;
    onTrouble(error instanceof Error ? error : new Error(String(error)));
    const floodMs = (refusal?.parameters.retry_after ?? 0) * 1000;
    await sleep(clock, Math.max(isConflict ? FIRST_BACKOFF_MS : backoffMs, floodMs), signal);
    // A newcomer that looks sees this poller only if it asks again at once.
    return isConflict ? FIRST_BACKOFF_MS : Math.min(backoffMs * 2, LONGEST_BACKOFF_MS);
  }

  /**
   * Waits for what is in hand. After a clean stop it asks on meanwhile, since that can take longer than a newcomer elsewhere
   * looks: one that saw nobody would begin what is in hand here.
   */
  async #drained(): Promise<void> {
    const { clock, mayPoll } = this.#options;
    while (this.#chats.size > 0) {
      const drained = new AbortController();
      void Promise.all(this.#chats.values()).then(() => drained.abort());
      await sleep(clock, CONFIRM_EVERY_MS, drained.signal);
      if (this.#draining !== undefined && !drained.signal.aborted && mayPoll()) await this.#confirm();
    }
  }

  /** So that the next consumer is not given again what is settled; over the same store it would recognise it anyway. */
  async #confirm(): Promise<void> {
    if (this.#received.isEmpty) return;
    const late = new AbortController();
    const cancel = this.#options.clock.after(CONFIRM_MS, () => late.abort());
    try {
      await this.#getUpdates(0, 1, late.signal);
    } catch {
      // Nothing depends on it, and nothing is tried again.
    } finally {
      cancel();
    }
  }

  async #getUpdates(timeout: number, limit: number, signal: AbortSignal): Promise<Update[]> {
    const { offset, confirmed } = this.#received.offset();
    // grammY's types name the signal of a polyfill; what it takes is the platform's own.
    type GrammySignal = Parameters<Api['getUpdates']>[1];
    const updates = await this.#api.getUpdates(
      { offset, limit, timeout, allowed_updates: [...this.#options.allowedUpdates] },
      signal as unknown as GrammySignal,
    );
    // Forgotten any sooner, an answer that was under way would hand them over once more.
    this.#received.forget(confirmed);
    return updates;
  }
}
