import { Countdown, sleep, type Clock } from '../lease/clock.ts';
import { reason } from '../status/reasons.ts';
import { describeOffset, isOff, storeClockOffset } from './clock-check.ts';
import type { OpenedStore } from './store/opened-store.ts';

const TICK_MS = 15_000;

/** A clock drifts slowly, so this is often enough while nothing has happened to it. */
const EVERY_MS = 3_600_000;

/** People who have set the clock wait to hear that it is right. */
const WHILE_OFF_MS = 60_000;

/** Where the monotonic clock goes on while a machine sleeps, only the length of a tick tells of it. */
const SLEPT_MS = 4 * TICK_MS;

/**
 * Compares this machine's clock with the store's while a bot runs: each hour, and after each sleep of the machine and
 * each step of its clock. The console tells of a clock that is off, which degrades the health until it is right again.
 */
export class ClockWatch {
  readonly #store: Pick<OpenedStore, 'client' | 'tableName'>;
  readonly #maxClockSkewMs: number;
  readonly #clock: Clock;
  readonly #say: (line: string) => void;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;
  #off: { since: string; told: string } | undefined;

  constructor(options: {
    store: Pick<OpenedStore, 'client' | 'tableName'>;
    maxClockSkewMs: number;
    clock: Clock;
    say: (line: string) => void;
  }) {
    this.#store = options.store;
    this.#maxClockSkewMs = options.maxClockSkewMs;
    this.#clock = options.clock;
    this.#say = options.say;
  }

  start(): void {
    this.#running ??= this.#run(this.#stopping.signal);
  }

  /** Resolves when nothing is asked any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  /** Reasons for which this bot's health is degraded. */
  reasons(): string[] {
    return this.#off === undefined ? [] : [reason('clockOff', `${this.#off.told}, seen ${this.#off.since}`)];
  }

  async #run(signal: AbortSignal): Promise<void> {
    let next = new Countdown(this.#clock, EVERY_MS);
    while (!signal.aborted) {
      const wallMs = this.#clock.wallMs();
      const monotonicMs = this.#clock.monotonicMs();
      await sleep(this.#clock, TICK_MS, signal);
      if (signal.aborted) return;
      const passedMs = this.#clock.wallMs() - wallMs;
      const stepMs = Math.abs(passedMs - (this.#clock.monotonicMs() - monotonicMs));
      const isSuspect = passedMs > SLEPT_MS || stepMs > this.#maxClockSkewMs;
      if (isSuspect) next = new Countdown(this.#clock, 0);
      if (next.remainingMs() > 0 || !(await this.#look())) continue;
      next = new Countdown(this.#clock, this.#off === undefined ? EVERY_MS : WHILE_OFF_MS);
    }
  }

  /** @returns whether the store answered; after a sleep it may take a while until it can be reached */
  async #look(): Promise<boolean> {
    const { client, tableName } = this.#store;
    let offset;
    try {
      offset = await storeClockOffset(client, tableName);
    } catch {
      return false;
    }
    if (offset === undefined) return true;
    const since = new Date(this.#clock.wallMs()).toISOString();
    if (isOff(offset, this.#maxClockSkewMs)) {
      const told = describeOffset(offset);
      if (this.#off === undefined)
        this.#say(
          `⚠️ This machine's clock is ${told}, more than MAX_CLOCK_SKEW_MS (${this.#maxClockSkewMs}) allows: ` +
            'set it by NTP. Until then two bots may be active at once',
        );
      this.#off = { since: this.#off?.since ?? since, told };
    } else if (this.#off !== undefined) {
      this.#off = undefined;
      this.#say('✅ This machine’s clock agrees with the store’s again');
    }
    return true;
  }
}
