import type { Unservable } from './layout-survey.ts';

/** Where an event happened. */
interface OnPartition {
  partition: number;
  fencingToken: number;
}

interface OnUpdate extends OnPartition {
  updateId: number;
  /** Which counted attempt this was, from 1. */
  attempt: number;
}

export type DeferralReason = 'telegram' | 'store' | 'deadline' | 'lease-lost' | 'cooling';

/**
 * Everything that the lease, the ledger and the consumer have to say. Logs, metrics and tests all hang on it,
 * so nothing is counted twice in two ways. No event carries a payload.
 */
export type ConsumerEvent =
  /** Granted: it was free, or this consumer's own idle lease (`hot`). */
  | (OnPartition & { type: 'acquired'; updateId?: number; hot: boolean; waitedMs: number })
  /** Granted over a tenure that is over: its update was settled, or its process is dead. */
  | (OnPartition & { type: 'taken-over'; updateId?: number; previousHolder?: string; waitedMs: number })
  /** Granted because it had expired: the previous holder was killed, or had ended long ago and nobody came since. */
  | (OnPartition & { type: 'expired-takeover'; updateId?: number; previousHolder?: string; waitedMs: number })
  /** Refused: another consumer is busy. */
  | { type: 'contended'; partition: number; updateId?: number; holder?: string; retryAfterMs: number }
  /** Refused: the lease is granted to nobody until an operator has seen to it. Without their layout no lease is, of any partition. */
  | { type: 'partition-stopped'; partition: number; updateId?: number; because: Unservable }
  | { type: 'partition-stopped'; partition?: undefined; updateId?: number; because: 'lost' }
  | (OnUpdate & { type: 'done'; handledMs: number })
  | (OnUpdate & { type: 'failed'; error: string; handledMs: number })
  | (OnUpdate & { type: 'deferred'; reason: DeferralReason; error?: string; retryAfterMs?: number })
  | (OnUpdate & { type: 'parked'; error: string })
  | { type: 'duplicate'; updateId: number; of: 'done' | 'dead' }
  /** A ledger write was rejected by a higher token. */
  | { type: 'fenced'; updateId: number; fencingToken: number; at: 'claim' | 'settle' }
  /** A Telegram call was still out at the end: the update stays claimed and the lease runs out. */
  | (OnUpdate & { type: 'unsettled' })
  | { type: 'store-unavailable'; during: string; updateId?: number; error: string }
  | (OnPartition & { type: 'renewed' })
  | (OnPartition & { type: 'lost'; reason: string })
  | (OnPartition & { type: 'released' })
  | (OnPartition & { type: 'force-released'; holder?: string; by: string; reason: string })
  | { type: 'layout-changed'; epoch: number; partitions: number };

export type Emit = (event: ConsumerEvent) => void;
