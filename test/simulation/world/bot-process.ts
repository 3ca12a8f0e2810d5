import { DynamoLeaseStore } from '../../../functions/dynamodb/lease-store.ts';
import { DynamoLedgerStore } from '../../../functions/dynamodb/ledger-store.ts';
import { createReceiver, SECRET_HEADER } from '../../../functions/http/receive.ts';
import { sleep } from '../../../functions/lease/clock.ts';
import { Consumer } from '../../../functions/lease/consumer.ts';
import type { Emit } from '../../../functions/lease/events.ts';
import type { GrantSource } from '../../../functions/lease/grant.ts';
import { LayoutReader } from '../../../functions/lease/layout-reader.ts';
import type { Outcome } from '../../../functions/lease/outcome.ts';
import type { LeaseContext } from '../../../functions/lease/partition-lease.ts';
import { PerUpdateLeases } from '../../../functions/lease/per-update-leases.ts';
import { tenureState } from '../../../functions/lease/tenure-state.ts';
import {
  DEAD_KEPT_MS,
  DEDUPE_MS,
  VANISHED_GRACE_MS,
  WAIT_BUDGET_MS,
} from '../../../functions/lease/limits.ts';
import { judge } from '../../../functions/telegram/judge.ts';
import { announcing } from '../../../functions/wiring/announcing.ts';
import { SCOPE, type Handling } from './handling.ts';
import type { DeliveryEntry, History } from './history.ts';
import type { Machine } from './machine.ts';
import type { Random } from './random.ts';
import type { StoreWire } from './store-wire.ts';
import type { Reply } from './telegram.ts';
import { wired, type PlannedUpdate, type WiredUpdate } from './updates.ts';

/** As the deployed bot is set up. */
export const SETTINGS = {
  skewMs: 1_000,
  deadlineMs: 12_000,
  waitBudgetMs: WAIT_BUDGET_MS,
  maxAttempts: 5,
  vanishedGraceMs: VANISHED_GRACE_MS,
  dedupeMs: DEDUPE_MS,
  deadKeptMs: DEAD_KEPT_MS,
} as const;

const SECRET = 'simulated';
const ANNOUNCEMENT_MS = 400;

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
  readonly layout: LayoutReader;
  readonly #around: Surroundings;
  /** How long it takes to tell people of what is parked. */
  readonly #announcing: Random;

  constructor(machine: Machine, around: Surroundings) {
    const table = { client: around.wire.clientOf(machine), tableName: 'simulated', scope: SCOPE };
    const { clock } = machine;
    let attempts = 0;
    this.machine = machine;
    this.#around = around;
    this.leases = new DynamoLeaseStore(table);
    this.ledger = new DynamoLedgerStore(table);
    this.layout = new LayoutReader(this.leases);
    const random = around.random.fork(
      machine.name.length * 31 + machine.name.charCodeAt(machine.name.length - 1),
    );
    this.#announcing = random.fork(1);
    this.context = {
      store: this.leases,
      holder: machine.name,
      clock,
      skewMs: SETTINGS.skewMs,
      newAttemptId: () => `${machine.name}/${(attempts += 1)}`,
      random: () => random.next(),
      emit: this.#emit,
      stateOf: tenureState({ ledger: this.ledger, clock, holderIsDead: around.holderIsDead }),
    };
  }

  /** The consumer that every delivery goes through. @param grants absent: the lease is taken anew for each update */
  consumer(grants?: GrantSource): Pick<Consumer, 'consume'> {
    const { context, ledger, layout, machine } = this;
    const consumer = new Consumer({
      grants: grants ?? new PerUpdateLeases({ ...context, layout, waitBudgetMs: SETTINGS.waitBudgetMs }),
      ledger,
      handle: this.#around.handling.on(machine),
      judge,
      clock: context.clock,
      skewMs: SETTINGS.skewMs,
      newAttemptId: context.newAttemptId,
      emit: context.emit,
      limits: SETTINGS,
      dedupeMs: SETTINGS.dedupeMs,
      deadKeptMs: SETTINGS.deadKeptMs,
    });
    const announcer = {
      parked: async (_update: unknown, _error: unknown, withinMs: number): Promise<void> => {
        const tookMs = this.#announcing.next() * 2 * ANNOUNCEMENT_MS;
        await sleep(machine.clock, Math.min(withinMs, tookMs));
      },
    };
    return this.#recorded(announcing(consumer, announcer, machine.clock));
  }

  /** `POST /telegram/webhook` of this process. */
  receiver(consumer: Pick<Consumer, 'consume'>): (update: PlannedUpdate) => Promise<Reply> {
    const { machine } = this;
    return async (update) => {
      let answered: Outcome | undefined;
      const receive = createReceiver({
        acceptedSecrets: async () => [SECRET],
        consumer: async () => consumer,
        clock: machine.clock,
        onAnswered: ({ outcome }) => void (answered = outcome),
        onProblem: ({ reason, error }) => this.note(`a defect: ${reason}: ${String(error)}`),
      });
      const body = new TextEncoder().encode(JSON.stringify(wired(update)));
      const request = { headers: { [SECRET_HEADER]: SECRET }, body };
      const { status, headers } = await receive(request, SETTINGS.deadlineMs);
      const retryAfter = headers['retry-after'];
      const retryAfterS = retryAfter === undefined ? undefined : Number(retryAfter);
      if (answered !== undefined) this.#recordAnswer(update, answered, retryAfterS);
      return retryAfterS === undefined ? { status } : { status, retryAfterS };
    };
  }

  #recordAnswer(update: PlannedUpdate, outcome: Outcome, retryAfterS: number | undefined): void {
    const { timeline, name } = this.machine;
    const { update_id: updateId, kind } = update;
    const type = 'answer';
    this.#around.history.add({
      type,
      atMs: timeline.nowMs,
      machine: name,
      updateId,
      kind,
      outcome,
      retryAfterS,
    });
  }

  note(text: string): void {
    const { timeline, name } = this.machine;
    this.#around.history.add({ type: 'note', atMs: timeline.nowMs, machine: name, text });
  }

  #recorded(consumer: Pick<Consumer, 'consume'>): Pick<Consumer, 'consume'> {
    const { timeline, name } = this.machine;
    return {
      consume: async (delivery) => {
        const { update_id: updateId, generation } = (delivery.update as WiredUpdate).planned;
        const entry: DeliveryEntry = this.#around.history.add({
          type: 'delivery',
          atMs: timeline.nowMs,
          machine: name,
          updateId,
          generation,
          orderingKey: delivery.orderingKey,
        });
        const outcome = await consumer.consume(delivery);
        entry.endedAtMs = timeline.nowMs;
        entry.outcome = outcome;
        return outcome;
      },
    };
  }

  readonly #emit: Emit = (event) => {
    const { timeline, name } = this.machine;
    this.#around.history.add({ type: 'event', atMs: timeline.nowMs, machine: name, event });
  };
}
