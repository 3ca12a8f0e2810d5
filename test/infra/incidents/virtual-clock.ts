import type { BotApiClock } from '../../../functions/local/bot-api/clock.ts';

interface Timer {
  readonly dueMs: number;
  readonly callback: () => void;
}

/** The wall clock of this process and of the Bot API server, which moves only when it is moved. */
export class VirtualClock implements BotApiClock {
  readonly #timers = new Set<Timer>();
  readonly #now = Date.now;
  #wallMs: number;

  constructor(wallMs: number) {
    this.#wallMs = wallMs;
    Date.now = () => this.#wallMs;
  }

  wallMs(): number {
    return this.#wallMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { dueMs: this.#wallMs + Math.max(0, delayMs), callback };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** Moves to the next timer that is due before `untilMs` and rings it; without one moves there and returns false. */
  step(untilMs: number): boolean {
    let next: Timer | undefined;
    for (const timer of this.#timers) if (next === undefined || timer.dueMs < next.dueMs) next = timer;
    if (next === undefined || next.dueMs >= untilMs) {
      this.#wallMs = untilMs;
      return false;
    }
    this.#timers.delete(next);
    this.#wallMs = Math.max(this.#wallMs, next.dueMs);
    next.callback();
    return true;
  }

  /** Gives the process its own clock back. */
  stop(): void {
    Date.now = this.#now;
  }
}
