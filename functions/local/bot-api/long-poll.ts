import type { Update } from 'grammy/types';
import { conflict } from './api-error.ts';
import type { BotApiClock } from './clock.ts';
import type { PendingUpdate, UpdateQueue } from './update-queue.ts';

/** A second conflict within this time is answered only after it, so that two instances do not spin. */
const CONFLICT_PAUSE_MS = 3_000;

export interface PollRequest {
  readonly offset: number;
  readonly limit: number;
  readonly timeoutS: number;
  /** Fires when the caller hangs up. */
  readonly signal: AbortSignal;
}

interface Waiting {
  readonly request: PollRequest;
  readonly answer: (updates: Update[]) => void;
  readonly fail: (reason: string) => void;
}

/** The listener for updates that leave the queue by polling. */
export interface PollListener {
  confirmed(update: PendingUpdate): void;
  dropped(update: PendingUpdate, reason: 'expired' | 'negative offset'): void;
}

/** getUpdates of one bot: at most one call waits at a time. */
export class LongPoll {
  readonly #queue: UpdateQueue;
  readonly #clock: BotApiClock;
  readonly #listener: PollListener;
  #waiting: Waiting | undefined;
  #nextConflictAtMs = 0;

  constructor(options: { queue: UpdateQueue; clock: BotApiClock; listener: PollListener }) {
    this.#queue = options.queue;
    this.#clock = options.clock;
    this.#listener = options.listener;
  }

  /** @throws ApiError 409 when another call takes its place */
  getUpdates(request: PollRequest): Promise<Update[]> {
    const updates = this.#take(request);
    if (request.timeoutS === 0 || updates.length > 0) return Promise.resolve(updates);
    this.terminate('terminated by other getUpdates request; make sure that only one bot instance is running');
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void): void => {
        cancelTimeout();
        request.signal.removeEventListener('abort', hangUp);
        if (this.#waiting === waiting) this.#waiting = undefined;
        settle();
      };
      const hangUp = (): void => finish(() => resolve([]));
      const waiting: Waiting = {
        request,
        answer: (found) => finish(() => resolve(found)),
        fail: (reason) => finish(() => void this.conflict(reason).catch(reject)),
      };
      const cancelTimeout = this.#clock.after(request.timeoutS * 1000, hangUp);
      request.signal.addEventListener('abort', hangUp, { once: true });
      this.#waiting = waiting;
      if (request.signal.aborted) hangUp();
    });
  }

  /** There is something new: answers the waiting call, with all that arrived in the same turn. */
  wake(): void {
    setImmediate(() => {
      if (!this.#waiting) return;
      const updates = this.#take(this.#waiting.request);
      if (updates.length > 0) this.#waiting.answer(updates);
    });
  }

  terminate(reason: string): void {
    this.#waiting?.fail(reason);
  }

  /** Ends a waiting call as its timeout would. */
  release(): void {
    this.#waiting?.answer([]);
  }

  /** Rejects with a 409: the first at once, others within three seconds held back. */
  conflict(reason: string): Promise<never> {
    const nowMs = this.#clock.wallMs();
    if (nowMs >= this.#nextConflictAtMs) {
      this.#nextConflictAtMs = nowMs + CONFLICT_PAUSE_MS;
      return Promise.reject(conflict(reason));
    }
    return new Promise((_, reject) => {
      this.#clock.after(CONFLICT_PAUSE_MS, () => reject(conflict(reason)));
    });
  }

  /** Confirms what lies before the offset (a negative one keeps only the newest) and returns what is there. */
  #take({ offset, limit }: PollRequest): Update[] {
    const nowMs = this.#clock.wallMs();
    const all = this.#queue.all();
    const discarded = offset < 0 ? all.slice(0, offset) : [];
    for (const each of discarded) this.#leave(each, () => this.#listener.dropped(each, 'negative offset'));
    // An offset from before the ids started anew is no confirmation.
    const from = offset > this.#queue.nextId() + 10 ? 0 : offset;
    const updates: Update[] = [];
    for (const each of this.#queue.all()) {
      if (each.updateId < from) this.#leave(each, () => this.#listener.confirmed(each));
      else if (each.expiresAtMs < nowMs) this.#leave(each, () => this.#listener.dropped(each, 'expired'));
      else if (updates.length < limit) updates.push(each.update);
    }
    return updates;
  }

  #leave(update: PendingUpdate, tell: () => void): void {
    this.#queue.remove(update.updateId);
    tell();
  }
}
