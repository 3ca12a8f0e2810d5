import { DynamoLeaseStore } from '../../../functions/dynamodb/lease-store.ts';
import { DynamoLedgerStore } from '../../../functions/dynamodb/ledger-store.ts';
import { Consumer } from '../../../functions/lease/consumer.ts';
import type { Emit } from '../../../functions/lease/events.ts';
import type { GrantSource } from '../../../functions/lease/grant.ts';
import { LayoutReader } from '../../../functions/lease/layout-reader.ts';
import type { Outcome } from '../../../functions/lease/outcome.ts';
import type { LeaseContext } from '../../../functions/lease/partition-lease.ts';
import { PerUpdateLeases } from '../../../functions/lease/per-update-leases.ts';
import { tenureIsOver } from '../../../functions/lease/tenure-over.ts';
import { judge } from '../../../functions/telegram/judge.ts';
import { SCOPE, type Handling } from './handling.ts';
import type { DeliveryEntry, History } from './history.ts';
import type { Machine } from './machine.ts';
import type { Random } from './random.ts';
import type { StoreWire } from './store-wire.ts';
import type { PlannedUpdate } from './updates.ts';

/** As the deployed bot is set up. */
export const SETTINGS = {
  skewMs: 1_000,
  deadlineMs: 12_000,
  waitBudgetMs: 1_500,
  maxAttempts: 5,
  vanishedGraceMs: 600_000,
  dedupeMs: 48 * 3_600_000,
  deadKeptMs: 30 * 24 * 3_600_000,
} as const;

export interface Surroundings {
  wire: StoreWire;
  history: History;
  handling: Handling;
  random: Random;
  /** Holders of which somebody on the same host can know that they are dead. */
  holderIsDead: (holder: string) => boolean;
}

/** The code under test, as one process runs it. */
export class BotProcess {
  readonly machine: Machine;
  readonly leases: DynamoLeaseStore;
  readonly ledger: DynamoLedgerStore;
  readonly context: LeaseContext;
  readonly #around: Surroundings;

  constructor(machine: Machine, around: Surroundings) {
    const table = { client: around.wire.clientOf(machine), tableName: 'simulated', scope: SCOPE };
    const { clock } = machine;
    let attempts = 0;
    this.machine = machine;
    this.#around = around;
    this.leases = new DynamoLeaseStore(table);
    this.ledger = new DynamoLedgerStore(table);
    const random = around.random.fork(
      machine.name.length * 31 + machine.name.charCodeAt(machine.name.length - 1),
    );
    this.context = {
      store: this.leases,
      holder: machine.name,
      clock,
      skewMs: SETTINGS.skewMs,
      newAttemptId: () => `${machine.name}/${(attempts += 1)}`,
      random: () => random.next(),
      emit: this.#emit,
      isOver: tenureIsOver({ ledger: this.ledger, clock, holderIsDead: around.holderIsDead }),
    };
  }

  /** @param grants absent: the lease is taken anew for each update */
  consumer(grants?: GrantSource): Consumer {
    const { context, ledger } = this;
    const layout = new LayoutReader(this.leases);
    return new Consumer({
      grants: grants ?? new PerUpdateLeases({ ...context, layout, waitBudgetMs: SETTINGS.waitBudgetMs }),
      ledger,
      handle: this.#around.handling.on(this.machine),
      judge,
      clock: context.clock,
      skewMs: SETTINGS.skewMs,
      newAttemptId: context.newAttemptId,
      emit: context.emit,
      limits: SETTINGS,
      dedupeMs: SETTINGS.dedupeMs,
      deadKeptMs: SETTINGS.deadKeptMs,
    });
  }

  async consume(consumer: Consumer, update: PlannedUpdate): Promise<Outcome> {
    const { machine } = this;
    const delivery: DeliveryEntry = this.#around.history.add({
      type: 'delivery',
      atMs: machine.timeline.nowMs,
      machine: machine.name,
      updateId: update.update_id,
      generation: update.generation,
    });
    const outcome = await consumer.consume({
      update,
      orderingKey: update.chat,
      deadlineMs: SETTINGS.deadlineMs,
    });
    delivery.endedAtMs = machine.timeline.nowMs;
    delivery.outcome = outcome;
    return outcome;
  }

  readonly #emit: Emit = (event) => {
    const { timeline, name } = this.machine;
    this.#around.history.add({ type: 'event', atMs: timeline.nowMs, machine: name, event });
  };
}
