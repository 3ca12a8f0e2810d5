import { mapInParallel } from './in-parallel.ts';
import type { StoredLease } from './lease-store.ts';
import type { LedgerRecord, LedgerStore } from './ledger-store.ts';
import { DEDUPE_MS, REQUESTS_AT_ONCE } from './limits.ts';

/** Telegram numbers the updates of a bot one after the other; where so many in a row are unknown, older ones are forgotten. */
const UNKNOWN_IN_A_ROW = 200;

/**
 * The highest id among the updates that the leases were granted for lately. Each update takes its partition's lease
 * anew where Telegram delivers it, so the last ones are at most as many ids below as there are partitions.
 * @returns `undefined` where the last holder polled, since a standing lease is granted for no update
 */
export function newestUpdateId(leases: readonly StoredLease[], nowMs: number): number | undefined {
  const lately = leases.map(({ item }) => item).filter(({ sinceMs = 0 }) => sinceMs >= nowMs - DEDUPE_MS);
  const last = lately.toSorted((one, other) => other.sinceMs! - one.sinceMs!)[0];
  if (last?.updateId === undefined) return undefined;
  return Math.max(...lately.flatMap(({ updateId }) => updateId ?? []));
}

/**
 * The ledger's records of an update and of those before it, the newest first.
 * @throws StoreUnavailableError
 */
export async function updatesUpTo(
  ledger: Pick<LedgerStore, 'read'>,
  { updateId, limit }: { updateId: number; limit: number },
): Promise<LedgerRecord[]> {
  const found: LedgerRecord[] = [];
  let unknown = 0;
  for (let top = updateId; top >= 0 && found.length < limit && unknown < UNKNOWN_IN_A_ROW;) {
    const ids = Array.from({ length: Math.min(REQUESTS_AT_ONCE, top + 1) }, (_, at) => top - at);
    for (const record of await mapInParallel(ids, (id) => ledger.read(id))) {
      unknown = record === undefined ? unknown + 1 : 0;
      if (record !== undefined) found.push(record);
    }
    top -= ids.length;
  }
  return found.slice(0, limit);
}
