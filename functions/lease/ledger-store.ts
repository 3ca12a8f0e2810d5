import type { Conditional } from './lease-store.ts';
import { ABANDONED_AFTER_MS, DEDUPE_EDGE_MS } from './limits.ts';
import type { Progress } from './outbox.ts';
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
  /** Parked, and neither done nor dropped since: Telegram has been answered, so its payload here is the only one. */
  parked: boolean;
  /** Until then the update id is this update's; afterwards Telegram may have given it to another. */
  dedupeUntilMs: number;
  error?: string;
  history: AttemptNote[];
  progress: Progress;
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
  progress: Progress;
  dedupeUntilMs: number;
  /**
   * When the store may forget the item: the dead are kept longer than they deduplicate. One that was parked is kept
   * as long as it was then, until it is done.
   */
  keepUntilMs: number;
  error?: string;
  /** The whole update, when it is parked as dead. */
  payload?: IncomingUpdate;
}

/**
 * An update that an operator may replay or drop: one that is parked and that nobody is at work for. Dead, failed or
 * deferred say so; a claim does when it is as old as {@link ABANDONED_AFTER_MS}.
 */
export interface DropRequest {
  updateId: number;
  /**
   * The `attemptId` of the record that the operator saw. Every write leaves its own, so that a request is refused
   * where anything has happened since: a late copy of one undoes nothing.
   */
  expectedAttemptId: string;
  attemptId: string;
  nowMs: number;
}

export interface ReplayRequest extends DropRequest {
  dedupeUntilMs: number;
  /** As if it were parked now: it may be a while until it is done. */
  keepUntilMs: number;
}

/** Every method throws StoreUnavailableError when the outcome is unknown. */
export interface LedgerStore {
  /** Consistent. */
  read(updateId: number): Promise<LedgerRecord | undefined>;
  claim(request: ClaimRequest): Promise<Conditional<LedgerRecord>>;
  settle(request: SettleRequest): Promise<Conditional<LedgerRecord>>;
  /**
   * A parked update -> failed, attempts 0, the token kept: the next delivery is an ordinary one, which sends what has
   * not certainly arrived.
   */
  replay(request: ReplayRequest): Promise<Conditional<LedgerRecord>>;
  /** Forgets the payload of a parked update, which is dead then, for good. */
  drop(request: DropRequest): Promise<Conditional<LedgerRecord>>;
  /**
   * Parked updates, oldest update id first: dead, or replayed and not done yet.
   * @param options.maxRead throws RangeError when so many entries of the list were read and there may be more
   */
  listDead(options: { limit: number; afterUpdateId?: number; maxRead?: number }): Promise<LedgerRecord[]>;
  /** The payload of an update that is parked. */
  payload(updateId: number): Promise<IncomingUpdate | undefined>;
  /**
   * Takes an update that is done or dropped off the list, with what is left of its payload. Settling and dropping do
   * so themselves, unless they die over it; harmless at any time.
   */
  tidy(request: { updateId: number; nowMs: number }): Promise<void>;
}

/** Whether the attempt that claimed it may still be under way. */
export function isAtWork({ status, claimedAtMs }: LedgerRecord, nowMs: number): boolean {
  return status === 'claimed' && claimedAtMs >= nowMs - ABANDONED_AFTER_MS;
}

/** Nothing but an operator changes it any more. */
export function isFinal(status: LedgerStatus): boolean {
  return status === 'done' || status === 'dead';
}

/**
 * Whether a lease with this token, granted for this update, is idle.
 *
 * An outcome so old that the holder may take it for that of another update says nothing: ids are given out again, in
 * another partition too, whose tokens are other numbers. Under the lease's own token any other outcome will do. One
 * under an older token was there before this grant: done ends the grant as a duplicate; a failed or deferred one is
 * about to be claimed again, and so is a dead one when an operator replays it between this reading and the holder's
 * claim.
 */
export function isSettled(record: LedgerRecord | undefined, leaseToken: number, nowMs: number): boolean {
  if (record === undefined || record.status === 'claimed') return false;
  if (record.dedupeUntilMs <= nowMs + DEDUPE_EDGE_MS) return false;
  return record.fencingToken === leaseToken || record.status === 'done';
}
