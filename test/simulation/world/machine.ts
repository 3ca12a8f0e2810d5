import type { Clock } from '../../../functions/lease/clock.ts';
import { runs } from './platform-timers.ts';
import type { Timeline } from './timeline.ts';

/** How a machine's clocks differ from real time. */
export interface ClockFault {
  /** Wall clock minus real time when the history begins. */
  offsetMs: number;
  /** Milliseconds that the wall clock gains in a second, until `driftCeilingMs`. */
  driftMsPerSecond: number;
  /** The wall clock never goes further from real time than this by drifting. */
  driftCeilingMs: number;
  /** Whether the monotonic clock runs on while the process is frozen. */
  monotonicWhileFrozen: boolean;
}

export const TRUE_CLOCK: ClockFault = {
  offsetMs: 0,
  driftMsPerSecond: 0,
  driftCeilingMs: 0,
  monotonicWhileFrozen: true,
};

/** When every history begins, as a wall clock shows it. */
export const EPOCH_MS = 1_800_000_000_000;

interface Pending {
  run: () => void;
  dueMs: number;
  cancel: () => void;
  /** Timers stand still with the monotonic clock; what comes from the network does not. */
  isTimer: boolean;
}

/**
 * A process: its clocks, its timers and what reaches it over the network. Frozen, nothing of it runs until it is
 * thawed; dead, nothing ever does.
 */
export class Machine {
  readonly name: string;
  readonly timeline: Timeline;
  readonly clock: Clock;
  readonly #fault: ClockFault;
  readonly #pending = new Set<Pending>();
  readonly #whenDead: (() => void)[] = [];
  #frozenSinceMs: number | undefined;
  #frozenForMs = 0;
  #setToErrorMs: number | undefined;
  /** When it was frozen and when its wall clock jumped, for the checks. */
  readonly pauses: { fromMs: number; toMs: number }[] = [];
  readonly jumpsAtMs: number[] = [];
  diedAtMs: number | undefined;

  constructor(name: string, timeline: Timeline, fault: ClockFault) {
    this.name = name;
    this.timeline = timeline;
    this.#fault = fault;
    this.clock = {
      wallMs: () => Math.round(EPOCH_MS + this.timeline.nowMs + this.errorMs()),
      monotonicMs: () => this.#monotonicMs(),
      after: (delayMs, callback) => this.#schedule(delayMs, callback, true),
    };
  }

  get isDead(): boolean {
    return this.diedAtMs !== undefined;
  }

  get isFrozen(): boolean {
    return this.#frozenSinceMs !== undefined;
  }

  /** Wall clock minus real time, now. */
  errorMs(): number {
    if (this.#setToErrorMs !== undefined) return this.#setToErrorMs;
    const { offsetMs, driftMsPerSecond, driftCeilingMs } = this.#fault;
    const drifted = offsetMs + (this.timeline.nowMs / 1000) * driftMsPerSecond;
    return Math.min(
      Math.max(drifted, Math.min(offsetMs, -driftCeilingMs)),
      Math.max(offsetMs, driftCeilingMs),
    );
  }

  /** Something from outside: an answer, a request. */
  receive(delayMs: number, run: () => void): () => void {
    return this.#schedule(delayMs, run, false);
  }

  /** Lets its code run now. */
  run<T>(code: () => T): T {
    runs(this.clock);
    return code();
  }

  freeze(): void {
    if (this.isDead || this.isFrozen) return;
    this.#frozenSinceMs = this.timeline.nowMs;
    for (const pending of this.#pending) pending.cancel();
  }

  thaw(): void {
    if (this.isDead || this.#frozenSinceMs === undefined) return;
    const { nowMs } = this.timeline;
    const sinceMs = this.#frozenSinceMs;
    const frozenForMs = nowMs - sinceMs;
    this.pauses.push({ fromMs: sinceMs, toMs: nowMs });
    this.#frozenSinceMs = undefined;
    if (!this.#fault.monotonicWhileFrozen) this.#frozenForMs += frozenForMs;
    for (const pending of this.#pending) {
      const standsStill = pending.isTimer && !this.#fault.monotonicWhileFrozen;
      if (standsStill) pending.dueMs += frozenForMs;
      this.#arm(pending);
    }
  }

  kill(): void {
    if (this.isDead) return;
    this.diedAtMs = this.timeline.nowMs;
    for (const pending of this.#pending) pending.cancel();
    this.#pending.clear();
    for (const told of this.#whenDead) told();
  }

  onDeath(callback: () => void): void {
    this.#whenDead.push(callback);
  }

  /** @param errorMs wall clock minus real time from now on; it drifts no more, or it would leave the bound */
  setWallClock(errorMs: number): void {
    this.#setToErrorMs = errorMs;
    this.jumpsAtMs.push(this.timeline.nowMs);
  }

  #monotonicMs(): number {
    const untilMs = this.#frozenSinceMs ?? this.timeline.nowMs;
    return (this.#fault.monotonicWhileFrozen ? this.timeline.nowMs : untilMs) - this.#frozenForMs;
  }

  #schedule(delayMs: number, run: () => void, isTimer: boolean): () => void {
    if (this.isDead) return () => {};
    const pending: Pending = {
      run,
      dueMs: this.timeline.nowMs + Math.max(0, delayMs),
      cancel: () => {},
      isTimer,
    };
    this.#pending.add(pending);
    if (!this.isFrozen) this.#arm(pending);
    return () => {
      pending.cancel();
      this.#pending.delete(pending);
    };
  }

  #arm(pending: Pending): void {
    pending.cancel = this.timeline.at(pending.dueMs - this.timeline.nowMs, () => {
      this.#pending.delete(pending);
      this.run(pending.run);
    });
  }
}
