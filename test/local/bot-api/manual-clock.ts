import type { BotApiClock } from '../../../functions/local/bot-api/clock.ts';

interface Timer {
  readonly dueMs: number;
  readonly callback: () => void;
}

/** Time that passes when the test says so. */
export class ManualClock implements BotApiClock {
  readonly #timers = new Set<Timer>();
  #nowMs: number;
  #asked = 0;

  constructor(nowMs = Date.UTC(2026, 10, 23)) {
    this.#nowMs = nowMs;
  }

  wallMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer: Timer = { dueMs: this.#nowMs + delayMs, callback };
    this.#timers.add(timer);
    this.#asked += 1;
    return () => this.#timers.delete(timer);
  }

  /** How many callbacks were ever asked for: shows that somebody has begun to wait. */
  get asked(): number {
    return this.#asked;
  }

  /** Lets time pass, calling back what falls due, in order. */
  advance(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (let next = this.#next(); next && next.dueMs <= untilMs; next = this.#next()) this.#fire(next);
    this.#nowMs = untilMs;
  }

  /** Jumps to the next thing that is due. @throws Error when nothing is */
  advanceToNext(): void {
    const next = this.#next();
    if (!next) throw new Error('Nothing waits for this clock');
    this.#fire(next);
  }

  #fire(timer: Timer): void {
    this.#timers.delete(timer);
    this.#nowMs = Math.max(this.#nowMs, timer.dueMs);
    timer.callback();
  }

  #next(): Timer | undefined {
    return [...this.#timers].sort((a, b) => a.dueMs - b.dueMs)[0];
  }
}
