import type { Clock } from '../../lease/clock.ts';

export interface ReceivedUpdate {
  settled: boolean;
  series: number;
  /** Among all that was ever received. */
  place: number;
  /** Nothing of it has been done: it waits for its chat, or its turn did not come in time. */
  idle: boolean;
}

/** After a quiet week update ids restart at random, and an old offset would confirm what nobody has seen. */
const OFFSET_VALID_MS = 6 * 24 * 3_600_000;

/** Received by a poller and not yet confirmed, in the order of their ids. */
export class ReceivedUpdates {
  readonly #clock: Clock;
  readonly #received = new Map<number, ReceivedUpdate>();
  /** Ids rise within a series; after a quiet week another one begins, of which those of before say nothing. */
  #series = 0;
  #places = 0;
  #next: number | undefined;
  #receivedAtMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isEmpty(): boolean {
    return this.#received.size === 0;
  }

  get isWaiting(): boolean {
    return [...this.#received.values()].some(({ settled }) => !settled);
  }

  /** @returns nothing where it was received before */
  add(updateId: number): ReceivedUpdate | undefined {
    if (this.#received.has(updateId)) return undefined;
    if (updateId < (this.#next ?? 0)) this.#series += 1;
    this.#places += 1;
    const received = { settled: false, series: this.#series, place: this.#places, idle: true };
    this.#received.set(updateId, received);
    this.#next = updateId + 1;
    this.#receivedAtMs = this.#clock.wallMs();
    return received;
  }

  /** Whether it keeps another one, with which something was done, from being confirmed. */
  isBeforeBegun(received: ReceivedUpdate): boolean {
    const all = [...this.#received.values()];
    return all.slice(all.indexOf(received) + 1).some(({ idle }) => !idle);
  }

  /**
   * It confirms settled updates only: no id that waits lies before it. An update that waits since before a quiet week
   * does not raise it: Telegram keeps an update for a day, and others may lie before its id by now.
   */
  offset(): { offset: number | undefined; confirmed: number[] } {
    const all = [...this.#received];
    const settled = all.filter(([, update]) => update.settled).map(([updateId]) => updateId);
    const isStale = this.#clock.wallMs() - this.#receivedAtMs > OFFSET_VALID_MS;
    if (isStale || this.#next === undefined) return { offset: undefined, confirmed: settled };
    const waiting = all.filter(([, update]) => !update.settled).map(([updateId]) => updateId);
    const offset = Math.min(this.#next, ...waiting);
    const isOver = (updateId: number): boolean => this.#received.get(updateId)!.series < this.#series;
    return { offset, confirmed: settled.filter((updateId) => updateId < offset || isOver(updateId)) };
  }

  forget(updateIds: readonly number[]): void {
    for (const updateId of updateIds) this.#received.delete(updateId);
  }
}
