import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { onTestFinished } from 'vitest';
import { keys } from '../../functions/dynamodb/keys.ts';
import { DynamoLeaseStore } from '../../functions/dynamodb/lease-store.ts';
import { DynamoLedgerStore } from '../../functions/dynamodb/ledger-store.ts';
import { Consumer } from '../../functions/lease/consumer.ts';
import type { ConsumerEvent } from '../../functions/lease/events.ts';
import type { GrantSource } from '../../functions/lease/grant.ts';
import { activateLayout } from '../../functions/lease/layout-change.ts';
import type { LeaseKey } from '../../functions/lease/layout.ts';
import { LayoutReader } from '../../functions/lease/layout-reader.ts';
import type { Outcome } from '../../functions/lease/outcome.ts';
import type { LeaseContext } from '../../functions/lease/partition-lease.ts';
import { PerUpdateLeases } from '../../functions/lease/per-update-leases.ts';
import { tenureState } from '../../functions/lease/tenure-state.ts';
import type { Tenure } from '../../functions/lease/tenure.ts';
import type { Verdict } from '../../functions/lease/verdict.ts';
import { localClient, type StoreFixture } from '../fixtures/dynamodb-endpoints.ts';
import { observe, type Traffic } from '../fixtures/observed-client.ts';
import { TestClock } from '../fixtures/test-clock.ts';

export const SKEW_MS = 1_000;
export const DEADLINE_MS = 12_000;
export const MAX_ATTEMPTS = 5;
export const GRACE_MS = 600_000;
export const HOUR_MS = 3_600_000;

/** Thrown by a test's handler to say how it should be judged. */
export class Judged extends Error {
  readonly verdict: Verdict;

  constructor(verdict: Verdict) {
    super(verdict.kind);
    this.verdict = verdict;
  }
}

export const failing = (error = 'it broke') => new Judged({ kind: 'failed', error });

export interface TestUpdate {
  update_id: number;
  message: { text: string };
}

export const updateOf = (updateId: number): TestUpdate => ({
  update_id: updateId,
  message: { text: `update ${updateId}` },
});

export type TestHandler = (update: TestUpdate, tenure: Tenure) => Promise<void>;

/** One consumer with a client and a clock of its own, on the store that it shares with the others. */
export interface TestProcess {
  consumer: Consumer;
  context: LeaseContext;
  layout: LayoutReader;
  clock: TestClock;
  traffic: Traffic;
  events: ConsumerEvent[];
  leases: DynamoLeaseStore;
  ledger: DynamoLedgerStore;
  /** Ids of the updates it was asked to handle, in their order. */
  handled: number[];
  deliver(updateId: number, options?: { chat?: number; deadlineMs?: number }): Promise<Outcome>;
  /** Replaces what its handler does; the default does nothing and succeeds. */
  on(handler: TestHandler): void;
}

export interface World {
  clock: TestClock;
  /** An onlooker's view, whose requests no test counts. */
  leases: DynamoLeaseStore;
  ledger: DynamoLedgerStore;
  start(holder: string, options?: ProcessOptions): TestProcess;
  /** Somebody deletes a lease item by hand, or a restore leaves it out. */
  remove(key: LeaseKey): Promise<void>;
  /** Likewise of the layout. */
  loseLayout(): Promise<void>;
  /** A process that is killed in the middle of the first update that it handles: for it no time passes any more. */
  doomed(holder: string): { process: TestProcess; dies: Promise<void> };
}

export interface ProcessOptions {
  clock?: TestClock;
  waitBudgetMs?: number;
  /** Attempts of the SDK per request; one, unless its retries are the point. */
  sdkAttempts?: number;
  holderIsDead?: (holder: string) => boolean;
  /** Instead of leases for each update. */
  grants?: (context: LeaseContext, layout: LayoutReader) => GrantSource;
}

/** A fresh table with an activated layout, on which a test starts its processes. */
export async function createWorld(store: StoreFixture, partitions = 1): Promise<World> {
  const { client, tableName } = await store.freshTable();
  const table = { client, tableName, scope: '42' };
  const leases = new DynamoLeaseStore(table);
  await activateLayout(leases, partitions);
  const clock = new TestClock();
  const start: World['start'] = (holder, options = {}) =>
    startProcess(store.endpoint(), tableName, holder, { clock, ...options });
  return {
    clock,
    leases,
    ledger: new DynamoLedgerStore(table),
    start,
    remove: async (key) => {
      const Key = keys.lease('42', key.epoch, key.partition);
      await client.send(new DeleteCommand({ TableName: tableName, Key }));
    },
    loseLayout: async () => {
      await client.send(new DeleteCommand({ TableName: tableName, Key: keys.layout('42') }));
    },
    doomed: (holder) => {
      const process = start(holder, { clock: new TestClock(clock.wallMs()) });
      return { process, dies: vanish(process) };
    },
  };
}

let lastAttemptId = 0;

function startProcess(
  endpoint: string,
  tableName: string,
  holder: string,
  options: ProcessOptions & { clock: TestClock },
): TestProcess {
  const { clock, waitBudgetMs = 0, sdkAttempts = 1, holderIsDead = () => false } = options;
  const client = localClient(endpoint, { attempts: sdkAttempts });
  onTestFinished(() => client.destroy());
  const traffic = observe(client);
  const table = { client, tableName, scope: '42' };
  const leases = new DynamoLeaseStore(table);
  const ledger = new DynamoLedgerStore(table);
  const events: ConsumerEvent[] = [];
  const context: LeaseContext = {
    store: leases,
    holder,
    clock,
    skewMs: SKEW_MS,
    newAttemptId: () => `attempt-${(lastAttemptId += 1)}`,
    random: () => 0.5,
    emit: (event) => events.push(event),
    stateOf: tenureState({ ledger, clock, holderIsDead }),
  };
  const layout = new LayoutReader(leases);
  const handled: number[] = [];
  let handler: TestHandler = async () => {};
  const consumer = new Consumer({
    ...context,
    grants: options.grants?.(context, layout) ?? new PerUpdateLeases({ ...context, layout, waitBudgetMs }),
    ledger,
    handle: async (update, tenure) => {
      handled.push(update.update_id);
      await handler(update as TestUpdate, tenure);
    },
    judge: (error) => {
      if (error instanceof Judged) return error.verdict;
      return { kind: 'failed', error: String(error) };
    },
    limits: { maxAttempts: MAX_ATTEMPTS, vanishedGraceMs: GRACE_MS },
    dedupeMs: 48 * HOUR_MS,
    deadKeptMs: 720 * HOUR_MS,
  });
  return {
    consumer,
    context,
    layout,
    clock,
    traffic,
    events,
    leases,
    ledger,
    handled,
    deliver: (updateId, { chat = 1, deadlineMs = DEADLINE_MS } = {}) =>
      consumer.consume({ update: updateOf(updateId), orderingKey: chat, deadlineMs }),
    on: (replacement) => (handler = replacement),
  };
}

/** A promise that a test settles by hand. */
export function gate<T = void>(): { open: (value: T) => void; opened: Promise<T> } {
  let open: (value: T) => void = () => {};
  const opened = new Promise<T>((resolve) => (open = resolve));
  return { open, opened };
}

/** A handler that never ends by itself, and tells when it began. */
export function vanish(process: TestProcess): Promise<void> {
  const begun = gate();
  process.on(async () => {
    begun.open();
    await new Promise(() => {});
  });
  return begun.opened;
}
