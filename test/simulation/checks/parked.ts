import { keys } from '../../../functions/dynamodb/keys.ts';
import type { Item } from '../dynamodb/operand.ts';
import { SETTINGS } from '../world/bot-process.ts';
import { SCOPE } from '../world/handling.ts';
import type { StoreEntry } from '../world/history.ts';
import { EPOCH_MS } from '../world/machine.ts';
import type { Check, Violation } from './violation.ts';

const LEDGER = `UPDATE#${SCOPE}#`;
const LIST = keys.dead(SCOPE, 0).pk;

/** Clocks beyond the bound are still not hours apart, and a request may be as late. */
const TOLERANCE_MS = 3_600_000;

/**
 * Telegram was answered when an update was parked, so nobody else has it: until it is done or dropped it is on the
 * list, together with its payload, and TTL leaves all of it alone for as long as it was promised.
 */
export const whatIsParkedStaysFindable: Check = ({ history, table }) => {
  const found: Violation[] = [];
  /** When each was parked, or replayed last. */
  const owedSinceMs = new Map<number, number>();
  const entries = new Map<number, Item | undefined>();
  const records = new Map<number, Item | undefined>();
  const fail = (updateId: number, atMs: number, text: string): void => {
    found.push({ check: 'parked-lost', atMs, text: `update ${updateId} is parked, and ${text}` });
  };
  for (const entry of history.of('store')) {
    const updateId = updateIdOf(entry);
    if (entry.result !== 'applied' || updateId === undefined) continue;
    if (entry.name.startsWith(LIST)) entries.set(updateId, entry.after);
    else {
      records.set(updateId, entry.after);
      if (begins(entry)) owedSinceMs.set(updateId, entry.atMs);
      else if (ends(entry)) owedSinceMs.delete(updateId);
    }
    const sinceMs = owedSinceMs.get(updateId);
    if (sinceMs === undefined) continue;
    const because = missing(records.get(updateId), entries.get(updateId), sinceMs);
    if (because !== undefined) fail(updateId, entry.atMs, because);
  }
  for (const [updateId, sinceMs] of owedSinceMs) {
    const [{ pk, sk }, listed] = [keys.update(SCOPE, updateId), keys.dead(SCOPE, updateId)];
    const entry = table.items.get(`${listed.pk}|${listed.sk}`);
    const because = missing(table.items.get(`${pk}|${sk}`), entry, sinceMs);
    if (because !== undefined) fail(updateId, Infinity, `at the end ${because}`);
  }
  return found;
};

function updateIdOf({ name }: StoreEntry): number | undefined {
  if (name.startsWith(`${LIST}|`)) return Number(name.split('#').at(-1));
  if (!name.startsWith(LEDGER) || !name.endsWith('|OUTCOME')) return undefined;
  return Number(name.slice(LEDGER.length).split('|')[0]);
}

const isDropped = (item: Item | undefined): boolean => item?.['dropped_at_ms'] !== undefined;

function begins({ purpose, after }: StoreEntry): boolean {
  if (purpose === 'replay') return true;
  return after?.['status'] === 'dead' && !isDropped(after);
}

/** Done, dropped, or another update by the same id: those come from Telegram, and much later. */
function ends({ machine, before, after, atMs }: StoreEntry): boolean {
  if (after?.['status'] === 'done' || isDropped(after) || before === undefined) return true;
  const isExpired = Number(before['dedupe_until_ms']) < EPOCH_MS + atMs + TOLERANCE_MS;
  return after?.['status'] === 'claimed' && isExpired && !machine.startsWith('operator');
}

function missing(record: Item | undefined, entry: Item | undefined, sinceMs: number): string | undefined {
  if (entry === undefined) return 'is not on the list';
  // Its bytes are compressed: the adapter's own tests check where they lie.
  if (!(record?.['payload'] instanceof Uint8Array)) return 'its payload is gone';
  const wanted = (EPOCH_MS + sinceMs + SETTINGS.deadKeptMs - TOLERANCE_MS) / 1_000;
  if (Number(record['expires_at']) < wanted) return 'its payload will be forgotten early';
  if (Number(entry['expires_at']) < wanted) return 'will be listed no more while its payload is there';
  return undefined;
}
