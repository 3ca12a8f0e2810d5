import type { Clause } from './clauses.ts';
import { NOBODY, type Lease, type LedgerItem, type Status } from './state.ts';

/** The conditions of the writes, as functions/lease/README.md has them; compared with the adapters in adapters.test.ts. */

export function mayAcquire(
  lease: Lease,
  asked: { by: number; attempt: number; own: number; over: number },
  isExpired: boolean,
  without?: Clause,
): boolean {
  if (lease.attempt === asked.attempt) return false;
  const isMine =
    asked.own !== 0 &&
    lease.holder === asked.by &&
    (lease.token === asked.own || without === 'acquire: mine, with my own last token');
  const isOver =
    asked.over !== 0 &&
    (lease.token === asked.over || without === 'acquire: over the very token that was read as settled');
  return lease.holder === NOBODY || isExpired || isMine || isOver;
}

export function mayRelease(lease: Lease, asked: { by: number; attempt: number; token: number }): boolean {
  return lease.attempt !== asked.attempt && lease.holder === asked.by && lease.token === asked.token;
}

/** Even if it is live: what waits for expiry is the same with one clause more. */
export function mayForce(lease: Lease, asked: { attempt: number; token: number }): boolean {
  return lease.attempt !== asked.attempt && lease.token === asked.token && lease.holder !== NOBODY;
}

const AGAIN: readonly Status[] = ['claimed', 'failed', 'deferred'];

export function mayClaim(
  item: LedgerItem,
  asked: { attempt: number; token: number },
  without?: Clause,
): boolean {
  if (item.status === 'none') return true;
  if (item.attempt === asked.attempt) return false;
  const isAgain =
    AGAIN.includes(item.status) || (item.status === 'done' && without === 'claim: not what is done');
  return isAgain && (item.token < asked.token || without === 'claim: over a lower token only');
}

export function maySettle(
  item: LedgerItem,
  asked: { attempt: number; token: number },
  without?: Clause,
): boolean {
  if (item.status !== 'claimed' || item.attempt === asked.attempt) return false;
  return item.token === asked.token || without === 'settle: under my token';
}

export function mayReplay(
  item: LedgerItem,
  asked: { attempt: number; seen: number },
  without?: Clause,
): boolean {
  const isIdle = item.status === 'dead' || item.status === 'failed' || item.status === 'deferred';
  const isSeen = item.attempt === asked.seen || without === 'replay: the record that the operator saw';
  return item.parked && isIdle && isSeen && item.attempt !== asked.attempt;
}

export function isSettled(item: LedgerItem, leaseToken: number, without?: Clause): boolean {
  if (item.status === 'none' || item.status === 'claimed') return false;
  if (item.token === leaseToken || item.status === 'done') return true;
  if (item.status === 'dead') return without === 'settled: a death of before the grant is none';
  return without === 'settled: under the lease’s own token';
}
