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

/** What Telegram delivers to; `undefined` when no answer will ever come. */
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

/** Telegram's side of a webhook: in order within a queue, concurrent across queues, again until a 2xx or expiry. */
export class TelegramServer {
  readonly #timeline: Timeline;
  readonly #history: History;
  readonly #random: Random;
  readonly #front: Front;
  readonly #maxConnections: number;
  readonly #fates: ReadonlyMap<number, DeliveryFate>;
  readonly #ledgerOf: (update: PlannedUpdate) => Item | undefined;
  readonly #queues = new Map<string, Queue>();
  #deliveries = 0;
  #connections = 0;

  constructor(options: {
    timeline: Timeline;
    history: History;
    random: Random;
    front: Front;
    maxConnections: number;
    fates: ReadonlyMap<number, DeliveryFate>;
    /** What the store holds of an update, for the history. */
    ledgerOf: (update: PlannedUpdate) => Item | undefined;
  }) {
    this.#timeline = options.timeline;
    this.#history = options.history;
    this.#random = options.random;
    this.#front = options.front;
    this.#maxConnections = options.maxConnections;
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
  }

  /** What a poller would be given now. */
  heads(): PlannedUpdate[] {
    return [...this.#queues.values()].flatMap(({ waiting }) => waiting.slice(0, 1));
  }

  /** As a poller's offset does. */
  confirm(update: PlannedUpdate): void {
    for (const queue of this.#queues.values()) {
      if (queue.waiting[0] === update) this.#finish(queue, 'answered');
    }
  }

  get undelivered(): PlannedUpdate[] {
    return [...this.#queues.values()].flatMap(({ waiting }) => waiting);
  }

  #deliverNext(queue: Queue): void {
    const [update] = queue.waiting;
    if (update === undefined || queue.delivering) return;
    if (this.#timeline.nowMs - update.atMs > LIFETIME_MS[update.kind]) return this.#finish(queue, 'expired');
    if (this.#connections >= this.#maxConnections) {
      this.#timeline.at(50, () => this.#deliverNext(queue));
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
    const cancel = this.#timeline.at(patienceMs, () => once(undefined));
    if (fate !== undefined) this.#note(`delivery of ${nameOfUpdate(update)}: ${JSON.stringify(fate)}`);
    this.#timeline.at(10 + this.#random.next() * 20, () => this.#front(update, once));
  }

  #take(queue: Queue, update: PlannedUpdate, reply: Reply | undefined): void {
    if (queue.waiting[0] !== update) return this.#deliverNext(queue);
    if (reply !== undefined && reply.status >= 200 && reply.status < 300)
      return this.#finish(queue, 'answered');
    const scheduledMs = SCHEDULE_MS[queue.failures] ?? 60_000 + this.#random.next() * 60_000;
    queue.failures += 1;
    const waitMs = reply?.retryAfterS === undefined ? scheduledMs : reply.retryAfterS * 1000;
    const leftMs = update.atMs + LIFETIME_MS[update.kind] - this.#timeline.nowMs;
    if (waitMs > leftMs) return this.#finish(queue, 'expired');
    this.#timeline.at(waitMs, () => this.#deliverNext(queue));
  }

  #finish(queue: Queue, how: 'answered' | 'expired'): void {
    const [update] = queue.waiting.splice(0, 1);
    queue.failures = 0;
    if (update === undefined) return;
    this.#history.add({
      type: 'confirmed',
      atMs: this.#timeline.nowMs,
      machine: 'telegram',
      updateId: update.update_id,
      generation: update.generation,
      how,
      ledger: this.#ledgerOf(update),
    });
    this.#deliverNext(queue);
  }

  #note(text: string): void {
    this.#history.add({ type: 'note', atMs: this.#timeline.nowMs, machine: 'telegram', text });
  }
}
