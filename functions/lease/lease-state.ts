import { whyUnservable, type Unservable } from './layout-survey.ts';
import type { LeaseItem } from './lease-store.ts';
import { isSettled, type LedgerStore } from './ledger-store.ts';

/**
 * How a lease stands, as an onlooker reads it, in one word: `idle` is held for an update that is settled, so that anybody may
 * follow at once; a lease that is `missing` or `retired` is granted to nobody.
 */
export type LeaseState = 'free' | 'busy' | 'idle' | 'expired' | Unservable;

/** @throws StoreUnavailableError */
export async function leaseState(
  item: LeaseItem | undefined,
  ledger: LedgerStore,
  nowMs: number,
): Promise<LeaseState> {
  const unservable = whyUnservable(item);
  if (unservable !== undefined) return unservable;
  if (item?.holder === undefined) return 'free';
  if (item.updateId !== undefined) {
    const record = await ledger.read(item.updateId);
    if (isSettled(record, item.fencingToken, nowMs)) return 'idle';
  }
  return item.expiresAtMs <= nowMs ? 'expired' : 'busy';
}
