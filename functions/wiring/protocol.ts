import { randomUUID } from 'node:crypto';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { DynamoLeaseStore } from '../dynamodb/lease-store.ts';
import { DynamoLedgerStore } from '../dynamodb/ledger-store.ts';
import { systemClock } from '../lease/clock.ts';
import { Consumer } from '../lease/consumer.ts';
import type { Emit } from '../lease/events.ts';
import type { GrantSource } from '../lease/grant.ts';
import { LayoutReader } from '../lease/layout-reader.ts';
import type { LeaseStore } from '../lease/lease-store.ts';
import type { LedgerStore } from '../lease/ledger-store.ts';
import { DEAD_KEPT_MS, DEDUPE_MS, VANISHED_GRACE_MS, WAIT_BUDGET_MS } from '../lease/limits.ts';
import type { LeaseContext } from '../lease/partition-lease.ts';
import { PerUpdateLeases } from '../lease/per-update-leases.ts';
import { tenureState } from '../lease/tenure-state.ts';
import type { UpdateHandler } from '../lease/verdict.ts';
import type { Settings } from '../settings/settings.ts';
import { judge } from '../telegram/judge.ts';

export interface Protocol {
  leases: LeaseStore;
  ledger: LedgerStore;
  layout: LayoutReader;
  context: LeaseContext;
  /** For every consumer that takes the lease for each update anew: together they know which tenures were this process's. */
  perUpdate: GrantSource;
}

export interface ProtocolOptions {
  client: DynamoDBDocumentClient;
  settings: Pick<Settings, 'tableName' | 'maxClockSkewMs' | 'maxAttempts'>;
  /** The bot id, or `<bot id>#synthetic`. */
  scope: string;
  /** The name of this process. */
  holder: string;
  /** Whether a holder is a process of this host that has died; the default knows of none. */
  holderIsDead?: (holder: string) => boolean;
  emit: Emit;
}

/** The lease and the ledger of one bot in one table, as one process sees them. */
export function openProtocol(options: ProtocolOptions): Protocol {
  const { client, settings, scope, holder, emit, holderIsDead = () => false } = options;
  const table = { client, tableName: settings.tableName, scope };
  const leases = new DynamoLeaseStore(table);
  const ledger = new DynamoLedgerStore(table);
  const context: LeaseContext = {
    store: leases,
    holder,
    clock: systemClock,
    skewMs: settings.maxClockSkewMs,
    newAttemptId: randomUUID,
    random: Math.random,
    emit,
    stateOf: tenureState({ ledger, clock: systemClock, holderIsDead }),
  };
  const layout = new LayoutReader(leases);
  const perUpdate = new PerUpdateLeases({ ...context, layout, waitBudgetMs: WAIT_BUDGET_MS });
  return { leases, ledger, layout, context, perUpdate };
}

/** A consumer that takes the lease anew for each update, or acts under the grants it is given. */
export function consumerOver(
  protocol: Protocol,
  options: { handle: UpdateHandler; maxAttempts: number; grants?: GrantSource },
): Consumer {
  const { ledger, context, perUpdate } = protocol;
  const { clock, skewMs, newAttemptId, emit } = context;
  return new Consumer({
    grants: options.grants ?? perUpdate,
    ledger,
    handle: options.handle,
    judge,
    clock,
    skewMs,
    newAttemptId,
    emit,
    limits: { maxAttempts: options.maxAttempts, vanishedGraceMs: VANISHED_GRACE_MS },
    dedupeMs: DEDUPE_MS,
    deadKeptMs: DEAD_KEPT_MS,
  });
}
