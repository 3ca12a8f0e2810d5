import { setMaxListeners } from 'node:events';
import type { Arguments } from './arguments.ts';
import { webhookReply } from './webhook-reply.ts';
import type { BotApiClock } from './clock.ts';
import { postUpdate } from './post-update.ts';
import { FIRST_ATTEMPT, afterFailure, type RetryState } from './retry-schedule.ts';
import type { Delivery } from './types.ts';
import type { PendingUpdate, UpdateQueue } from './update-queue.ts';
import type { WebhookSetting } from './webhook-setting.ts';

/** After this long with nothing but 410 Gone, Telegram takes the webhook away. */
const GONE_LIMIT_MS = 23 * 3_600_000;

export interface DeliveryListener {
  /** Opens the record of an attempt. */
  started(update: PendingUpdate, attempt: number): Delivery;
  ended(delivery: Delivery): void;
  /** The webhook took the update. */
  confirmed(update: PendingUpdate): void;
  expired(update: PendingUpdate): void;
  /** An error for getWebhookInfo. */
  failed(error: string): void;
  reached(ipAddress: string): void;
  replied(update: PendingUpdate, method: string, args: Arguments): void;
  gone(): void;
}

interface Progress {
  readonly retry: RetryState;
  readonly wakeupAtMs: number;
}

/**
 * Hands pending updates to a webhook by Telegram's rules: within a queue one after another, the queues side by side up
 * to `max_connections`, of twice as many that are loaded; whatever is not answered 2xx comes again until it expires and holds up its queue meanwhile.
 */
export class WebhookDelivery {
  readonly #setting: WebhookSetting;
  readonly #queue: UpdateQueue;
  readonly #clock: BotApiClock;
  readonly #random: () => number;
  readonly #listener: DeliveryListener;
  readonly #progress = new Map<number, Progress>();
  readonly #busyQueues = new Set<number>();
  /** The queues that Telegram has loaded; one whose update waits for its next attempt stays among them. */
  readonly #window = new Set<number>();
  readonly #stop = new AbortController();
  #cancelWakeup = (): void => undefined;
  #goneSinceMs: number | undefined;

  constructor(options: {
    setting: WebhookSetting;
    queue: UpdateQueue;
    clock: BotApiClock;
    random: () => number;
    listener: DeliveryListener;
  }) {
    this.#setting = options.setting;
    this.#queue = options.queue;
    this.#clock = options.clock;
    this.#random = options.random;
    this.#listener = options.listener;
    // Every delivery under way listens, which is no leak.
    setMaxListeners(0, this.#stop.signal);
  }

  /** Sends whatever is due, and looks again when the next update is. */
  wake(): void {
    if (this.#stop.signal.aborted) return;
    this.#cancelWakeup();
    for (;;) {
      const nowMs = this.#clock.wallMs();
      const next = this.#next();
      if (!next) return;
      const wakeupAtMs = this.#wakeupAt(next);
      if (wakeupAtMs > nowMs) {
        this.#cancelWakeup = this.#clock.after(wakeupAtMs - nowMs, () => this.wake());
        return;
      }
      if (next.expiresAtMs < nowMs) {
        this.#forget(next);
        this.#listener.expired(next);
      } else if (this.#busyQueues.size < this.#setting.maxConnections) {
        void this.#attempt(next);
      } else return;
    }
  }

  /** One extra attempt beside the queue: a copy of an update, as Telegram sends them now and then. */
  async sendCopy(update: PendingUpdate): Promise<Delivery> {
    const delivery = this.#listener.started(update, 0);
    await this.#post(update, delivery);
    this.#listener.ended(delivery);
    return delivery;
  }

  stop(): void {
    this.#cancelWakeup();
    this.#stop.abort();
  }

  /**
   * The head that is due first, of all loaded queues that are not being delivered. Telegram loads the queues of the
   * oldest updates, up to twice `max_connections`: so many chats that wait keep all others waiting.
   */
  #next(): PendingUpdate | undefined {
    const heads = [...this.#queue.heads()].sort((a, b) => a.updateId - b.updateId);
    for (const { queueId } of heads) {
      if (this.#window.size >= 2 * this.#setting.maxConnections) break;
      this.#window.add(queueId);
    }
    let first: PendingUpdate | undefined;
    for (const head of heads) {
      if (!this.#window.has(head.queueId) || this.#busyQueues.has(head.queueId)) continue;
      if (!first || this.#wakeupAt(head) < this.#wakeupAt(first)) first = head;
    }
    return first;
  }

  #wakeupAt(update: PendingUpdate): number {
    return this.#progress.get(update.updateId)?.wakeupAtMs ?? 0;
  }

  async #attempt(update: PendingUpdate): Promise<void> {
    this.#busyQueues.add(update.queueId);
    const retry = this.#progress.get(update.updateId)?.retry ?? FIRST_ATTEMPT;
    const delivery = this.#listener.started(update, retry.failures + 1);
    const taken = await this.#post(update, delivery);
    if (!this.#stop.signal.aborted) {
      this.#busyQueues.delete(update.queueId);
      if (taken) this.#confirm(update);
      else this.#postpone(update, retry, delivery.retryAfter ?? 0);
    }
    // Announced only now, so that a test that waited for the end finds the next attempt scheduled.
    this.#listener.ended(delivery);
    this.wake();
  }

  #confirm(update: PendingUpdate): void {
    this.#forget(update);
    this.#listener.confirmed(update);
  }

  #postpone(update: PendingUpdate, retry: RetryState, retryAfterS: number): void {
    const { waitS, next } = afterFailure(retry, { retryAfterS, random: this.#random });
    const wakeupAtMs = this.#clock.wallMs() + waitS * 1000;
    if (wakeupAtMs <= update.expiresAtMs) {
      this.#progress.set(update.updateId, { retry: next, wakeupAtMs });
      return;
    }
    this.#forget(update);
    this.#listener.expired(update);
  }

  #forget(update: PendingUpdate): void {
    this.#progress.delete(update.updateId);
    this.#window.delete(update.queueId);
    this.#queue.remove(update.updateId);
  }

  /** True for any 2xx. Fills in the record. */
  async #post(update: PendingUpdate, delivery: Delivery): Promise<boolean> {
    try {
      const response = await postUpdate({
        url: this.#setting.url,
        secretToken: this.#setting.secretToken,
        body: JSON.stringify(update.update),
        clock: this.#clock,
        signal: this.#stop.signal,
      });
      if (response.remoteAddress) this.#listener.reached(response.remoteAddress);
      delivery.status = response.status;
      const taken = response.status >= 200 && response.status <= 299;
      this.#watchGone(response.status);
      if (taken) {
        const reply = webhookReply(response);
        if (reply) this.#listener.replied(update, reply.method, reply.args);
        return true;
      }
      if (response.retryAfterS > 0) delivery.retryAfter = response.retryAfterS;
      throw new Error(`Wrong response from the webhook: ${response.statusLine}`);
    } catch (error) {
      delivery.error = this.#stop.signal.aborted ? 'Webhook was closed' : (error as Error).message;
      if (!this.#stop.signal.aborted) this.#listener.failed(delivery.error);
      return false;
    } finally {
      delivery.endedAt = this.#clock.wallMs();
    }
  }

  #watchGone(status: number): void {
    const nowMs = this.#clock.wallMs();
    if (status !== 410) this.#goneSinceMs = undefined;
    else if (this.#goneSinceMs === undefined) this.#goneSinceMs = nowMs;
    else if (nowMs > this.#goneSinceMs + GONE_LIMIT_MS) this.#listener.gone();
  }
}
