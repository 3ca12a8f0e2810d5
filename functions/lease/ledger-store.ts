import type { Conditional } from './lease-store.ts';
import type { IncomingUpdate } from './update.ts';

export type LedgerStatus = 'claimed' | 'done' | 'failed' | 'deferred' | 'dead';
export type SettledStatus = Exclude<LedgerStatus, 'claimed'>;

/** How one attempt ended, for `bot updates show`. */
export interface AttemptNote {
  startedAtMs: number;
  /** Absent for an attempt that vanished: nobody saw it end. */
  endedAtMs?: number;
  ended: SettledStatus | 'vanished';
  fencingToken: number;
  holder: string;
  error?: string;
}

/** One update's item in the ledger. */
export interface LedgerRecord {
  updateId: number;
  status: LedgerStatus;
  /** The lease's token under which it was last claimed. */
  fencingToken: number;
  attemptId: string;
  holder: string;
  /** Attempts that count: claimed, and not handed back. */
  attempts: number;
  /** Attempts that were seen to fail; the rest of `attempts` vanished or is under way. */
  failures: number;
  /** Absent when none is counted yet. */
  firstAttemptAtMs?: number;
  claimedAtMs: number;
  settledAtMs?: number;
  /** Until then the update id is this update's; afterwards Telegram may have given it to another. */
  dedupeUntilMs: number;
  error?: string;
  history: AttemptNote[];
}

export interface ClaimRequest {
  updateId: number;
  fencingToken: number;
  attemptId: string;
  holder: string;
  nowMs: number;
  dedupeUntilMs: number;
  /** Replaces an item seen with this token whose `dedupeUntilMs` has passed, and counts its attempts anew. */
  replacesExpiredToken?: number;
}

export interface SettleRequest {
  updateId: number;
  fencingToken: number;
  attemptId: string;
  status: SettledStatus;
  nowMs: number;
  attempts: number;
  failures: number;
  /** Absent when none is counted. */
  firstAttemptAtMs?: number;
  history: AttemptNote[];
  dedupeUntilMs: number;
  /** When the store may forget the item: the dead are kept longer than they deduplicate. */
  keepUntilMs: number;
  error?: string;
  /** The whole update, when it is parked as dead. */
  payload?: IncomingUpdate;
}

export interface ReplayRequest {
  updateId: number;
  /** The record's token that the operator saw; any other refuses, so that a late copy cannot undo a later death. */
  expectedToken: number;
  attemptId: string;
  nowMs: number;
  dedupeUntilMs: number;
}

export interface DropRequest {
  updateId: number;
  /** As in a {@link ReplayRequest}. */
  expectedToken: number;
  attemptId: string;
  nowMs: number;
}

/** Every method throws StoreUnavailableError when the outcome is unknown. */
export interface LedgerStore {
  /** Consistent. */
  read(updateId: number): Promise<LedgerRecord | undefined>;
  claim(request: ClaimRequest): Promise<Conditional<LedgerRecord>>;
  settle(request: SettleRequest): Promise<Conditional<LedgerRecord>>;
  /** dead -> failed, attempts 0, the token kept: the next delivery is an ordinary one. */
  replay(request: ReplayRequest): Promise<Conditional<LedgerRecord>>;
  /** Forgets the payload of a dead update; it stays dead. */
  drop(request: DropRequest): Promise<Conditional<LedgerRecord>>;
  /** Dead updates that were neither replayed nor dropped, oldest update id first. */
  listDead(options: { limit: number; afterUpdateId?: number }): Promise<LedgerRecord[]>;
  /** Of an update that is dead, or was replayed and is not done yet. */
  payload(updateId: number): Promise<IncomingUpdate | undefined>;
}

/** Nothing but an operator changes it any more. */
export function isFinal(status: LedgerStatus): boolean {
  return status === 'done' || status === 'dead';
}

/** No two clocks are this far apart: see `isSettled`. */
const DEDUPE_EDGE_MS = 3_600_000;

/**
 * Whether a lease with this token, granted for this update, is idle.
 *
 * Under the lease's own token any outcome will do. An outcome under an older token was there before this grant:
 * done ends the grant as a duplicate, unless the update id is so old that the holder may take it for a new
 * update's; a failed or deferred one is about to be claimed again, and so is a dead one when an operator replays
 * it between this reading and the holder's claim.
 */
export function isSettled(record: LedgerRecord | undefined, leaseToken: number, nowMs: number): boolean {
  if (record === undefined || record.status === 'claimed') return false;
  if (record.fencingToken === leaseToken) return true;
  return record.status === 'done' && record.dedupeUntilMs > nowMs + DEDUPE_EDGE_MS;
}
