import { type Clock, Countdown } from './clock.ts';
import { OWN_TIME_SHARE } from './limits.ts';
import { type Arrival, NOTHING_SENT, Outbox, type Progress } from './outbox.ts';

/** The tenure is over: the lease can no longer be trusted, or the update was already settled. */
export class TenureOverError extends Error {
  override readonly name = 'TenureOverError';
}

/**
 * The right to act for one update, from its claim to its settling. It belongs to the update and never to the
 * process, so a late continuation of an earlier update stays refused for ever.
 */
export class Tenure {
  readonly updateId: number;
  readonly fencingToken: number;
  readonly #clock: Clock;
  readonly #deadline: Countdown;
  readonly #skewMs: number;
  readonly #usableMs: () => number;
  readonly #lapse = new AbortController();
  readonly #calls = new Set<Promise<unknown>>();
  readonly #outbox: Outbox;
  /** For the lease before it began, and for Telegram and the store since. */
  #waitedForMs: number;
  #waits = 0;
  /** The one under way, or the last one. */
  #wait: Countdown;
  #closed = false;
  #cancelTimer: () => void = () => {};

  /**
   * @param options.lease until the lease expires, counted from before it was asked for; the holder stops `skewMs`
   * earlier
   * @param options.deadline the delivery's own, which a standing lease outlasts
   * @param options.progress the messages that earlier attempts have sent
   */
  constructor(options: {
    updateId: number;
    fencingToken: number;
    lease: () => Countdown;
    deadline: Countdown;
    skewMs: number;
    clock: Clock;
    progress?: Progress;
  }) {
    this.updateId = options.updateId;
    this.fencingToken = options.fencingToken;
    this.#clock = options.clock;
    this.#outbox = new Outbox(options.progress ?? NOTHING_SENT);
    const { lease, deadline, skewMs } = options;
    this.#deadline = deadline;
    this.#skewMs = skewMs;
    this.#usableMs = () => Math.min(lease().remainingMs(), deadline.remainingMs()) - skewMs;
    this.#waitedForMs = deadline.elapsedMs();
    this.#wait = new Countdown(this.#clock, 0);
    this.#armTimer();
  }

  /** Fires when the lease can no longer be trusted; never by settling. */
  get signal(): AbortSignal {
    return this.#lapse.signal;
  }

  /** Whether no effect may begin any more; it is the effect that is refused, and not this look, that ends the tenure. */
  get lapsed(): boolean {
    return this.#lapse.signal.aborted || this.#usableMs() <= 0;
  }

  /**
   * Whether the handler used up the deadline by itself: at least nine tenths of it did not go by in waiting for
   * others, be it for the lease, for Telegram or for the store.
   */
  get usedUpByHandler(): boolean {
    const ownMs = this.#deadline.elapsedMs() - this.#allWaitsMs();
    return ownMs >= (this.#deadline.durationMs - this.#skewMs) * OWN_TIME_SHARE;
  }

  /** How long effects are still allowed. */
  remainingMs(): number {
    return this.#closed || this.lapsed ? 0 : this.#usableMs();
  }

  /** @throws TenureOverError */
  assertHeld(): void {
    if (this.#closed) throw new TenureOverError('the update was already settled');
    if (!this.lapsed) return;
    this.#end();
    throw new TenureOverError('the lease has run out');
  }

  /** Ends it early: the lease was lost. */
  revoke(): void {
    this.#end();
  }

  /**
   * Runs one effect (a Telegram call, a write outside the ledger) under the guard; settling waits for it.
   * @param options.background the handler does not wait for it, so that its time is the handler's own
   * @throws TenureOverError when the tenure is over before it begins
   */
  async run<T>(
    effect: (signal: AbortSignal) => Promise<T>,
    { background = false }: { background?: boolean } = {},
  ): Promise<T> {
    this.assertHeld();
    const call = effect(this.#lapse.signal);
    this.#calls.add(call);
    try {
      return await (background ? call : this.waiting(call));
    } finally {
      this.#calls.delete(call);
    }
  }

  /** The messages that have been sent so far, earlier attempts included. */
  get progress(): Progress {
    return this.#outbox.progress;
  }

  /**
   * Runs an effect whose repetition a person would see: a message. One that an earlier attempt has sent is skipped; one
   * that may have arrived is sent again only once `ask`, which has no effect, has succeeded. So an outage uses up no
   * repetition.
   * @param options.arrivalOf judges by the end of the effect whether the message has arrived
   * @returns `undefined` when it was skipped
   * @throws TenureOverError when the tenure is over before it begins, and whatever `ask` and `effect` throw
   */
  async send<T>(
    effect: (signal: AbortSignal) => Promise<T>,
    options: {
      arrivalOf: (ended: PromiseSettledResult<T>) => Arrival;
      ask: (signal: AbortSignal) => Promise<unknown>;
    },
  ): Promise<T | undefined> {
    this.assertHeld();
    const turn = this.#outbox.next();
    if (turn === 'skip') return undefined;
    if (turn === 'ask-first') await this.run(options.ask);
    // Within the effect, so that it is counted before the settling stops waiting for it.
    return this.run(async (signal) => {
      const [ended] = await Promise.allSettled([effect(signal)]);
      this.#outbox.ended(options.arrivalOf(ended));
      if (ended.status === 'rejected') throw ended.reason;
      return ended.value;
    });
  }

  /** Waits for others (a read, a flood wait) without holding up the settling: their time is not the handler's own. */
  async waiting<T>(others: Promise<T>): Promise<T> {
    if (this.#waits === 0) this.#wait = new Countdown(this.#clock, 0);
    this.#waits += 1;
    try {
      return await others;
    } finally {
      this.#waits -= 1;
      if (this.#waits === 0) this.#waitedForMs += this.#wait.elapsedMs();
    }
  }

  /**
   * Lets no further effect begin, and waits for those under way until the lease lapses and `graceMs` more.
   * @returns false when one is still out
   */
  async close(graceMs: number): Promise<boolean> {
    this.#closed = true;
    if (this.lapsed) this.#end();
    if (this.#calls.size > 0) {
      const patienceMs = Math.max(0, this.#usableMs()) + graceMs;
      let cancel = (): void => {};
      const outOfPatience = new Promise<void>((resolve) => (cancel = this.#clock.after(patienceMs, resolve)));
      await Promise.race([Promise.allSettled([...this.#calls]), outOfPatience]);
      cancel();
    }
    this.#cancelTimer();
    return this.#calls.size === 0;
  }

  #allWaitsMs(): number {
    return this.#waitedForMs + (this.#waits > 0 ? this.#wait.elapsedMs() : 0);
  }

  #armTimer(): void {
    const usableMs = this.#usableMs();
    if (usableMs <= 0) return this.#end();
    // A standing lease is renewed meanwhile, so the timer looks again instead of trusting its first reading.
    this.#cancelTimer = this.#clock.after(usableMs, () => this.#armTimer());
  }

  #end(): void {
    this.#cancelTimer();
    if (!this.#lapse.signal.aborted) this.#lapse.abort(new TenureOverError('the lease has run out'));
  }
}
