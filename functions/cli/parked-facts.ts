import type { Update } from 'grammy/types';
import type { LedgerRecord, LedgerStore } from '../lease/ledger-store.ts';
import { updateFacts, type UpdateFacts } from '../telegram/update-facts.ts';
import { time } from './output.ts';

/** So many payloads are read at once, each of which may be large. */
const READS_AT_ONCE = 25;

/** The facts of a parked update without its text; `undefined` where its payload is gone. */
export type ParkedFacts = Pick<UpdateFacts, 'kind' | 'sentAtMs'> | undefined;

/** The kind of each of these updates, and when it was sent, in their order. @throws StoreUnavailableError */
export async function factsOfParked(
  ledger: Pick<LedgerStore, 'payload'>,
  records: readonly LedgerRecord[],
): Promise<ParkedFacts[]> {
  const found: ParkedFacts[] = [];
  for (let from = 0; from < records.length; from += READS_AT_ONCE) {
    const batch = records.slice(from, from + READS_AT_ONCE);
    const payloads = await Promise.all(batch.map(({ updateId }) => ledger.payload(updateId)));
    found.push(...payloads.map((payload) => payload && updateFacts(payload as Update)));
  }
  return found;
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
