import type { Item } from '../dynamodb/operand.ts';
import type { DeliveryFate } from './fates.ts';
import type { History } from './history.ts';
import type { Random } from './random.ts';
import type { Timeline } from './timeline.ts';
import { LIFETIME_MS, nameOfUpdate, queueOf, type PlannedUpdate } from './updates.ts';

export interface Reply {
  status: number;
  retryAfterS?: number;
}

/** The webhook's end that Telegram delivers to. */
export type Front = (update: PlannedUpdate, answer: (reply: Reply) => void) => void;

interface Queue {
  waiting: PlannedUpdate[];
  failures: number;
  delivering: boolean;
}

/** Telegram waits this long for an answer; API Gateway, in front of a Lambda function, half of it. */
const ANSWER_TIMEOUT_MS = 60_000;

/** The wait before the next delivery, by the number of failures; beyond these a random minute or two. */
const SCHEDULE_MS = [0, 2_000, 4_000, 8_000, 16_000, 32_000];

/**
 * The updates that wait at Telegram, and its side of a webhook: in order within a queue, concurrent across queues, again
 * until a 2xx or expiry.
 */
export class TelegramServer {
  readonly timeline: Timeline;
  readonly #history: History;
  readonly #random: Random;
  readonly #front: Front;
  readonly #maxConnections: number;
  readonly #fates: ReadonlyMap<number, DeliveryFate>;
  readonly #ledgerOf: (update: PlannedUpdate) => Item | undefined;
  readonly #queues = new Map<string, Queue>();
  readonly #loaded = new Set<Queue>();
  readonly #whenPushed: (() => void)[] = [];
  #hasWebhook: boolean;
  #deliveries = 0;
  #connections = 0;

  constructor(options: {
    timeline: Timeline;
    history: History;
    random: Random;
    front: Front;
    maxConnections: number;
    hasWebhook: boolean;
    fates: ReadonlyMap<number, DeliveryFate>;
    /** The store's record of an update, for the history. */
    ledgerOf: (update: PlannedUpdate) => Item | undefined;
  }) {
    this.timeline = options.timeline;
    this.#history = options.history;
    this.#random = options.random;
    this.#front = options.front;
    this.#maxConnections = options.maxConnections;
    this.#hasWebhook = options.hasWebhook;
    this.#fates = options.fates;
    this.#ledgerOf = options.ledgerOf;
  }

  push(update: PlannedUpdate): void {
    const name = queueOf(update);
    let queue = this.#queues.get(name);
    if (queue === undefined)
      this.#queues.set(name, (queue = { waiting: [], failures: 0, delivering: false }));
    queue.waiting.push(update);
    this.#deliverNext(queue);
    for (const heard of this.#whenPushed) heard();
  }

  onPush(heard: () => void): void {
    this.#whenPushed.push(heard);
  }

  get hasWebhook(): boolean {
    return this.#hasWebhook;
  }

  /** Deliveries that are under way when it is taken away go on; what is answered to them is nobody's any more. */
  setWebhook(isSet: boolean): void {
    this.#hasWebhook = isSet;
    for (const queue of this.#queues.values()) {
      queue.failures = 0;
      if (isSet) this.#deliverNext(queue);
      else this.#loaded.delete(queue);
    }
  }

  /** As a poller's offset does. */
  confirmBefore(offset: number): void {
    for (const update of this.undelivered) if (update.update_id < offset) this.#finish(update, 'answered');
  }

  /** The updates that are still kept, the earliest first. */
  get undelivered(): PlannedUpdate[] {
    const all = [...this.#queues.values()].flatMap(({ waiting }) => waiting);
    for (const update of all) if (this.#hasExpired(update)) this.#finish(update, 'expired');
    return all
      .filter((update) => !this.#hasExpired(update))
      .sort((a, b) => a.generation - b.generation || a.update_id - b.update_id);
  }

  #hasExpired({ atMs, kind }: PlannedUpdate): boolean {
    return this.timeline.nowMs - atMs > LIFETIME_MS[kind];
  }

  /** Whether the queue is one of the few chats whose update is delivered, or waits for its next delivery. */
  #isLoaded(queue: Queue): boolean {
    if (this.#loaded.has(queue)) return true;
    if (this.#loaded.size >= 2 * this.#maxConnections) return false;
    this.#loaded.add(queue);
    return true;
  }

  #deliverNext(queue: Queue): void {
    const [update] = queue.waiting;
    if (update === undefined || queue.delivering || !this.#hasWebhook) return;
    if (this.#hasExpired(update)) return this.#finish(update, 'expired');
    if (!this.#isLoaded(queue)) return;
    if (this.#connections >= this.#maxConnections) {
      this.timeline.at(50, () => this.#deliverNext(queue));
      return;
    }
    const fate = this.#fates.get(this.#deliveries);
    this.#deliveries += 1;
    queue.delivering = true;
    this.#connections += 1;
    let answered = false;
    const once = (reply: Reply | undefined): void => {
      if (answered) return;
      answered = true;
      cancel();
      queue.delivering = false;
      this.#connections -= 1;
      this.#take(queue, update, fate?.kind === 'lost-answer' ? undefined : reply);
    };
    const patienceMs = fate?.kind === 'impatient' ? fate.afterMs : ANSWER_TIMEOUT_MS;
    const cancel = this.timeline.at(patienceMs, () => once(undefined));
    if (fate !== undefined) this.#note(`delivery of ${nameOfUpdate(update)}: ${JSON.stringify(fate)}`);
    this.timeline.at(10 + this.#random.next() * 20, () => this.#front(update, once));
  }

  #take(queue: Queue, update: PlannedUpdate, reply: Reply | undefined): void {
    if (queue.waiting[0] !== update || !this.#hasWebhook) return this.#deliverNext(queue);
    if (reply !== undefined && reply.status >= 200 && reply.status < 300)
      return this.#finish(update, 'answered');
    const scheduledMs = SCHEDULE_MS[queue.failures] ?? 60_000 + this.#random.next() * 60_000;
    queue.failures += 1;
    const waitMs = reply?.retryAfterS === undefined ? scheduledMs : reply.retryAfterS * 1000;
    const leftMs = update.atMs + LIFETIME_MS[update.kind] - this.timeline.nowMs;
    if (waitMs > leftMs) return this.#finish(update, 'expired');
    this.timeline.at(waitMs, () => this.#deliverNext(queue));
  }

  #finish(update: PlannedUpdate, how: 'answered' | 'expired'): void {
    const queue = this.#queues.get(queueOf(update));
    if (queue?.waiting.includes(update) !== true) return;
    queue.waiting = queue.waiting.filter((one) => one !== update);
    queue.failures = 0;
    this.#history.add({
      type: 'confirmed',
      atMs: this.timeline.nowMs,
      machine: 'telegram',
      updateId: update.update_id,
      generation: update.generation,
      how,
      ledger: this.#ledgerOf(update),
    });
    if (queue.waiting.length === 0) this.#loaded.delete(queue);
    for (const next of this.#queues.values())
      if (!next.delivering && next.failures === 0) this.#deliverNext(next);
  }

  #note(text: string): void {
    this.#history.add({ type: 'note', atMs: this.timeline.nowMs, machine: 'telegram', text });
  }
}
