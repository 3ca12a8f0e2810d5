import { LAYOUT, SCOPE } from '../world/handling.ts';
import type { StoreEntry } from '../world/history.ts';
import type { Item } from '../dynamodb/operand.ts';
import type { Check, Violation } from './violation.ts';

const PREFIX = `LEASE#${SCOPE}|EPOCH#`;

const tokenOf = (item: Item | undefined): number => Number(item?.['fencing_token']);

/** Tokens strictly rise, within a layout and across layouts; no write changes a lease in a way that is not named here. */
export const leasesChangeHandsByTheRules: Check = ({ history }) => {
  const found: Violation[] = [];
  /** The highest token of each layout that was in force, by the layout's epoch. */
  const highest = new Map<number, number>();
  for (const entry of history.of('store')) {
    if (entry.result !== 'applied' || !entry.name.startsWith(PREFIX)) continue;
    const broken = problem(entry, highestBefore(highest, entry));
    if (broken !== undefined)
      found.push({ check: 'lease', atMs: entry.atMs, text: `${entry.name}: ${broken}` });
    const epoch = epochOf(entry);
    highest.set(epoch, Math.max(highest.get(epoch) ?? 0, tokenOf(entry.after)));
  }
  return found;
};

const epochOf = ({ name }: StoreEntry): number => Number(name.slice(PREFIX.length).split('#')[0]);

function highestBefore(highest: ReadonlyMap<number, number>, entry: StoreEntry): number {
  const older = [...highest].filter(([epoch]) => epoch < epochOf(entry)).map(([, token]) => token);
  return Math.max(0, ...older);
}

function problem(entry: StoreEntry, highest: number): string | undefined {
  const { before, after, machine, operation } = entry;
  if (after === undefined) return 'a lease item was deleted';
  if (operation === 'Put') {
    if (before !== undefined) return 'an existing lease item was overwritten';
    return tokenOf(after) > highest
      ? undefined
      : `created with token ${tokenOf(after)}, not above ${highest}`;
  }
  if (before === undefined) return 'a missing lease item was granted';
  if (before['retired'] === true) return 'a retired lease item was changed';
  const risen = tokenOf(after) - tokenOf(before);
  const held = after['holder'];
  if (risen === 1) {
    if (held === undefined) return machine.startsWith('operator') ? undefined : 'released with a new token';
    return held === machine ? undefined : 'granted to somebody else than its sender';
  }
  if (risen !== 0) return `the token went from ${tokenOf(before)} to ${tokenOf(after)}`;
  if (after['retired'] === true) return machine.startsWith('operator') ? undefined : 'retired by a consumer';
  const { holder } = before;
  if (holder === undefined) return 'a free lease was changed without a new token';
  if (holder !== machine) return `changed by ${machine}, which does not hold it`;
  if (held === undefined) return undefined;
  if (held !== machine || after['update_id'] !== before['update_id'])
    return 'changed hands without a new token';
  if (Number(after['lease_expires_at_ms']) <= Number(before['lease_expires_at_ms']))
    return 'renewed backwards';
  return undefined;
}

/**
 * A layout is flipped only when nothing of the old one can be granted any more, and all of the new one is there. The old
 * one is the last that was in force, whatever stands in its place since somebody lost it.
 */
export const layoutsFlipWhole: Check = ({ history, plan }) => {
  let last = { epoch: 1, partitions: plan.partitions };
  const items = new Map<string, Item | undefined>();
  const found: Violation[] = [];
  for (const entry of history.of('store')) {
    if (entry.result !== 'applied') continue;
    if (entry.name.startsWith(PREFIX)) items.set(entry.name, entry.after);
    if (entry.name !== LAYOUT || entry.purpose === 'lose') continue;
    const fail = (text: string): void => void found.push({ check: 'layout', atMs: entry.atMs, text });
    const [old, next] = [last.epoch, Number(entry.after?.['epoch'])];
    if (next === old) {
      // Lost before anything was granted under it: a process that remembers it must find it as it was.
      if (Number(entry.after?.['partitions']) !== last.partitions) fail(`epoch ${old} is cut anew`);
      continue;
    }
    if (next !== old + 1) fail(`epoch ${old} was followed by ${next}`);
    for (let partition = 0; partition < last.partitions; partition += 1) {
      if (items.get(`${PREFIX}${old}#PARTITION#${partition}`)?.['retired'] !== true) {
        fail(`epoch ${old} was left while its partition ${partition} could still be granted`);
      }
    }
    for (let partition = 0; partition < Number(entry.after?.['partitions']); partition += 1) {
      if (!items.has(`${PREFIX}${next}#PARTITION#${partition}`)) {
        fail(`epoch ${next} began without its partition ${partition}`);
      }
    }
    last = { epoch: next, partitions: Number(entry.after?.['partitions']) };
  }
  return found;
};
