import type { Clock } from './clock.ts';
import type { LeaseItem } from './lease-store.ts';
import { isSettled, type LedgerStore } from './ledger-store.ts';

/**
 * How a tenure stands whose lease has not expired. It is `over` where its update is settled, or its holder is a process that is
 * known to be dead, and `followed` where a later token has taken its update up again, so that nothing read of that update
 * will tell the end of this tenure.
 */
export type TenureState = 'over' | 'followed' | 'running';

/** @param options.holderIsDead only a process of this very host can be known to be dead */
export function tenureState(options: {
  ledger: LedgerStore;
  clock: Clock;
  holderIsDead: (holder: string) => boolean;
}): (item: LeaseItem) => Promise<TenureState> {
  const { ledger, clock, holderIsDead } = options;
  return async ({ holder, updateId, fencingToken }) => {
    if (holder !== undefined && holderIsDead(holder)) return 'over';
    if (updateId === undefined) return 'running';
    const record = await ledger.read(updateId);
    if (isSettled(record, fencingToken, clock.wallMs())) return 'over';
    return record !== undefined && record.fencingToken > fencingToken ? 'followed' : 'running';
  };
}
