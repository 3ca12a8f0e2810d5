import { mapInParallel } from '../lease/in-parallel.ts';
import type { LedgerRecord, LedgerStore } from '../lease/ledger-store.ts';
import { updateFacts, type UpdateFacts } from '../telegram/update-facts.ts';
import { time } from './output.ts';

/** The facts of a parked update without its text; `undefined` where its payload is gone. */
export type ParkedFacts = Pick<UpdateFacts, 'kind' | 'sentAtMs'> | undefined;

/** The kind of each of these updates, and when it was sent, in their order. @throws StoreUnavailableError */
export async function factsOfParked(
  ledger: Pick<LedgerStore, 'payload'>,
  records: readonly LedgerRecord[],
): Promise<ParkedFacts[]> {
  return mapInParallel(records, async ({ updateId }) => {
    const payload = await ledger.payload(updateId);
    return payload && updateFacts(payload);
  });
}

/** For people. */
export function kindAndTime(facts: ParkedFacts): [kind: string, sent: string] {
  return [facts?.kind ?? '-', time(facts?.sentAtMs)];
}

/** For `--json`. */
export function factsJson(facts: ParkedFacts): object {
  const sentAtMs = facts?.sentAtMs;
  return {
    kind: facts?.kind ?? null,
    sent_at: sentAtMs === undefined ? null : new Date(sentAtMs).toISOString(),
  };
}
