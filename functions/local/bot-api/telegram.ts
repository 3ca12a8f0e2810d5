import type { BotApiClock } from './clock.ts';
import { EventHub } from './event-hub.ts';
import { Faults } from './faults.ts';
import { FileStore } from './file-store.ts';
import { History } from './history.ts';
import { People, type PeopleState } from './people.ts';
import type { ApiCall, Delivery, DroppedUpdate } from './types.ts';
import type { PendingUpdate } from './update-queue.ts';

/** Everything the bots share: people, files, time, what happened, and what shall go wrong. */
export class Telegram {
  readonly clock: BotApiClock;
  readonly random: () => number;
  readonly startedAtMs: number;
  readonly people: People;
  readonly files = new FileStore();
  readonly faults = new Faults();
  readonly hub: EventHub;
  readonly calls = new History<ApiCall>();
  readonly deliveries = new History<Delivery>();
  readonly #dropped = new History<DroppedUpdate>();
  readonly #saved: SaveHooks;

  constructor(options: {
    clock: BotApiClock;
    random: () => number;
    people?: PeopleState | undefined;
    saved: SaveHooks;
  }) {
    this.clock = options.clock;
    this.random = options.random;
    this.startedAtMs = options.clock.wallMs();
    this.people = new People(options.people);
    this.hub = new EventHub(() => this.#describe());
    this.#saved = options.saved;
  }

  /** Something that is kept changed. */
  changed(): void {
    this.#saved.soon();
  }

  saveNow(): void {
    this.#saved.now();
  }

  startDelivery(bot: number, update: PendingUpdate, attempt: number): Delivery {
    const { updateId, queueId } = update;
    const delivery = this.deliveries.add((seq) => ({
      seq,
      bot,
      updateId,
      queueId,
      attempt,
      at: this.clock.wallMs(),
    }));
    this.hub.emit({ type: 'delivery-started', delivery });
    return delivery;
  }

  get dropped(): readonly DroppedUpdate[] {
    return [...this.#dropped.all()];
  }

  drop(dropped: DroppedUpdate): void {
    this.#dropped.add(() => dropped);
    this.hub.emit({ type: 'update-dropped', dropped });
  }

  #describe(): string {
    const calls = this.calls
      .all()
      .slice(-8)
      .map((call) => `${call.method} ${call.status ?? call.fault ?? 'running'}`);
    const deliveries = this.deliveries
      .all()
      .slice(-4)
      .map((each) => `${each.updateId} ${each.error ?? each.status ?? 'running'}`);
    return `last calls [${calls.join(', ')}], last deliveries [${deliveries.join(', ')}]`;
  }
}

export interface SaveHooks {
  soon(): void;
  now(): void;
}
