import type { Clock } from './clock.ts';
import type { LeaseItem } from './lease-store.ts';
import { isSettled, type LedgerStore } from './ledger-store.ts';

/**
 * Whether the tenure that a lease item names is over although its lease has not expired: its update is settled, or
 * its holder is a process that is known to be dead.
 *
 * @param options.holderIsDead only a process of this very host can be known to be dead
 */
export function tenureIsOver(options: {
  ledger: LedgerStore;
  clock: Clock;
  holderIsDead: (holder: string) => boolean;
}): (item: LeaseItem) => Promise<boolean> {
  const { ledger, clock, holderIsDead } = options;
  return async (item) => {
    if (item.holder !== undefined && holderIsDead(item.holder)) return true;
    if (item.updateId === undefined) return false;
    return isSettled(await ledger.read(item.updateId), item.fencingToken, clock.wallMs());
  };
}
