/** Time as the domain sees it; the simulator supplies one per process, skewed, jumping and frozen at will. */
export interface Clock {
  /** Milliseconds since the epoch, as this machine believes. */
  wallMs(): number;
  /** Milliseconds since an arbitrary instant; never goes back, but may stand still while the process is frozen. */
  monotonicMs(): number;
  /** Calls back once after `delayMs`; returns what cancels it. */
  after(delayMs: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Resolves after `delayMs`, or at once when the signal fires. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const wake = (): void => {
      cancel();
      signal?.removeEventListener('abort', wake);
      resolve();
    };
    const cancel = clock.after(delayMs, wake);
    signal?.addEventListener('abort', wake, { once: true });
  });
}

/**
 * A span of time that begins when it is made. It believes the more pessimistic of the two clocks: a frozen
 * environment's monotonic clock may have stood still, and its wall clock may have been set back.
 */
export class Countdown {
  readonly durationMs: number;
  readonly startedAtWallMs: number;
  readonly #startedAtMonotonicMs: number;
  readonly #clock: Clock;

  constructor(clock: Clock, durationMs: number) {
    this.#clock = clock;
    this.durationMs = durationMs;
    this.startedAtWallMs = clock.wallMs();
    this.#startedAtMonotonicMs = clock.monotonicMs();
  }

  elapsedMs(): number {
    return Math.max(
      this.#clock.wallMs() - this.startedAtWallMs,
      this.#clock.monotonicMs() - this.#startedAtMonotonicMs,
    );
  }

  remainingMs(): number {
    return Math.max(0, this.durationMs - this.elapsedMs());
  }
}
