/** Telegram's own clock, as far as this server is Telegram. Every date, lifetime, retry and timeout runs on it. */
export interface BotApiClock {
  /** Milliseconds since the epoch. */
  wallMs(): number;
  /** Calls back once after `delayMs`; returns what cancels it. */
  after(delayMs: number, callback: () => void): () => void;
}

export const realTime: BotApiClock = {
  wallMs: () => Date.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Unix time in whole seconds, the unit of every date in the Bot API. */
export const unixTime = (clock: BotApiClock): number => Math.floor(clock.wallMs() / 1000);

/** A clock that can forget everything it was asked to do, so that closing the server leaves no timer behind. */
export class StoppableClock implements BotApiClock {
  readonly #clock: BotApiClock;
  readonly #cancels = new Set<() => void>();

  constructor(clock: BotApiClock) {
    this.#clock = clock;
  }

  wallMs(): number {
    return this.#clock.wallMs();
  }

  after(delayMs: number, callback: () => void): () => void {
    const cancel = (): void => {
      this.#cancels.delete(cancel);
      cancelTimer();
    };
    const cancelTimer = this.#clock.after(delayMs, () => {
      this.#cancels.delete(cancel);
      callback();
    });
    this.#cancels.add(cancel);
    return cancel;
  }

  stop(): void {
    for (const cancel of [...this.#cancels]) cancel();
  }
}
