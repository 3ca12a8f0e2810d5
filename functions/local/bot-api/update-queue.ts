import type { Update } from 'grammy/types';
import type { BotApiClock } from './clock.ts';

const WEEK_MS = 7 * 86_400_000;

/** An update the bot has not confirmed yet. */
export interface PendingUpdate {
  readonly updateId: number;
  readonly update: Update;
  readonly queueId: number;
  readonly expiresAtMs: number;
}

export interface UpdateQueueState {
  readonly nextUpdateId: number;
  readonly lastUpdateAtMs: number;
  readonly pending: readonly PendingUpdate[];
}

/** One bot's pending updates in order of arrival, and the ids it gives them. */
export class UpdateQueue {
  readonly #clock: BotApiClock;
  readonly #random: () => number;
  readonly #pending = new Map<number, PendingUpdate>();
  readonly #byQueue = new Map<number, PendingUpdate[]>();
  #nextUpdateId: number;
  #lastUpdateAtMs: number;
  #ownQueues = 0;

  constructor(options: { clock: BotApiClock; random: () => number; restored?: UpdateQueueState }) {
    this.#clock = options.clock;
    this.#random = options.random;
    this.#nextUpdateId = options.restored?.nextUpdateId ?? this.#randomId();
    this.#lastUpdateAtMs = options.restored?.lastUpdateAtMs ?? options.clock.wallMs();
    for (const pending of options.restored?.pending ?? []) this.#append(pending);
  }

  get state(): UpdateQueueState {
    return {
      nextUpdateId: this.#nextUpdateId,
      lastUpdateAtMs: this.#lastUpdateAtMs,
      pending: [...this.#pending.values()],
    };
  }

  get size(): number {
    return this.#pending.size;
  }

  /** The id the next update gets: sequential, but starting anew somewhere after a week of silence. */
  nextId(): number {
    if (this.#clock.wallMs() - this.#lastUpdateAtMs > WEEK_MS) this.#nextUpdateId = this.#randomId();
    return this.#nextUpdateId;
  }

  /** A queue that nothing else uses. */
  ownQueueId(): number {
    this.#ownQueues += 1;
    return 2 ** 50 + this.#ownQueues;
  }

  push(pending: PendingUpdate): void {
    this.#nextUpdateId = Math.max(this.#nextUpdateId, pending.updateId + 1);
    this.#lastUpdateAtMs = this.#clock.wallMs();
    this.#append(pending);
  }

  /** Puts an update back that was confirmed before, at its place by id. Does nothing while it is still pending. */
  putBack(pending: PendingUpdate): void {
    if (this.#pending.has(pending.updateId)) return;
    const all = [...this.#pending.values(), pending].sort((a, b) => a.updateId - b.updateId);
    this.#pending.clear();
    this.#byQueue.clear();
    for (const each of all) this.#append(each);
  }

  has(updateId: number): boolean {
    return this.#pending.has(updateId);
  }

  all(): PendingUpdate[] {
    return [...this.#pending.values()];
  }

  /** The oldest pending update of every delivery queue. */
  *heads(): Iterable<PendingUpdate> {
    for (const updates of this.#byQueue.values()) if (updates[0]) yield updates[0];
  }

  remove(updateId: number): PendingUpdate | undefined {
    const found = this.#pending.get(updateId);
    if (!found) return undefined;
    this.#pending.delete(updateId);
    const rest = (this.#byQueue.get(found.queueId) ?? []).filter((each) => each !== found);
    if (rest.length > 0) this.#byQueue.set(found.queueId, rest);
    else this.#byQueue.delete(found.queueId);
    return found;
  }

  #append(pending: PendingUpdate): void {
    this.#pending.set(pending.updateId, pending);
    const queue = this.#byQueue.get(pending.queueId);
    if (queue) queue.push(pending);
    else this.#byQueue.set(pending.queueId, [pending]);
  }

  #randomId(): number {
    return 100_000_000 + Math.floor(this.#random() * 800_000_000);
  }
}
