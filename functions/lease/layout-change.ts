import { sleep, type Clock } from './clock.ts';
import type { Emit } from './events.ts';
import { inParallel } from './in-parallel.ts';
import {
  assertPartitionCount,
  LayoutLostError,
  LayoutNotActivatedError,
  MAPPING_VERSION,
  missingItem,
  type Layout,
  type LeaseKey,
} from './layout.ts';
import { layoutInForce, surveyLayout, type LayoutInForce, type LostLayout } from './layout-survey.ts';
import type { LeaseItem, LeaseStore } from './lease-store.ts';
import { RETIRE_PAUSE_MS } from './limits.ts';
import type { TenureState } from './tenure-state.ts';

export interface LayoutOperator {
  store: LeaseStore;
  clock: Clock;
  skewMs: number;
  newAttemptId: () => string;
  stateOf: (item: LeaseItem) => Promise<TenureState>;
  emit: Emit;
}

/** A lease item of the old layout stayed busy, or another operator changed the layout meanwhile. */
export class LayoutChangeError extends Error {
  override readonly name = 'LayoutChangeError';
  readonly forOperator = true;
}

/**
 * Creates the first layout where there is none; an existing one is left as it is.
 * @returns the layout that is in force
 * @throws LayoutLostError
 * @throws StoreUnavailableError
 */
export async function activateLayout(store: LeaseStore, partitions: number): Promise<Layout> {
  assertPartitionCount(partitions);
  const existing = await layoutInForce(store);
  if (existing !== undefined) return existing;
  const layout = await createItems(store, { epoch: 1, partitions, mapping: MAPPING_VERSION }, 0);
  const reply = await store.writeLayout(layout, undefined);
  return reply.kind === 'applied' ? layout : (reply.item ?? layout);
}

/**
 * Cuts the chats anew: retires every item of the old layout (each when it is idle or expired), creates those of
 * the new one with a token above all of the old, then flips. A retired item is granted no more, and a
 * new one not before the flip. Died half-way, it is simply run again, with whatever count: one that was begun with another
 * is brought to its end first. The way back is a change to the former count.
 *
 * Where an item is missing, or the layout itself, nothing is retired, unless it is to be repaired: nobody knows then who
 * held it, so every tenure is waited out, nor up to which token, so the new ones begin at the time: no item is written
 * oftener than once a millisecond, so none has ever got there.
 *
 * @param options.patienceMs how long to wait for busy items
 * @param options.repairAfterMs go on without what is missing, after so long: longer than any lease lasts
 * @throws LayoutChangeError
 * @throws LayoutNotActivatedError, LayoutLostError
 * @throws StoreUnavailableError
 */
export async function changeLayout(
  operator: LayoutOperator,
  options: { partitions: number; patienceMs: number; repairAfterMs?: number },
): Promise<Layout> {
  assertPartitionCount(options.partitions);
  const { store, emit, clock } = operator;
  const found = await surveyLayout(store);
  if (found === undefined)
    throw new LayoutNotActivatedError('there is no layout to change: activate it first');
  const old = toReplace(found);
  if (old.problem !== undefined) {
    if (options.repairAfterMs === undefined) throw old.problem;
    await sleep(clock, options.repairAfterMs);
  }
  let highestToken = old.problem === undefined ? 0 : clock.wallMs();
  await inParallel(old.keys, async (key) => {
    const token = await retire(operator, key, options.patienceMs);
    highestToken = Math.max(highestToken, token);
  });
  const wanted: Layout = { epoch: old.epoch + 1, partitions: options.partitions, mapping: MAPPING_VERSION };
  const next = await createItems(store, wanted, highestToken + 1);
  const reply = await store.writeLayout(next, old.replaces);
  if (reply.kind === 'refused') assertSame(next, reply.item);
  emit({ type: 'layout-changed', epoch: next.epoch, partitions: next.partitions });
  return next.partitions === wanted.partitions ? next : changeLayout(operator, options);
}

/** The layout and the leases that a change leaves behind. */
interface Replaced {
  epoch: number;
  /** The epoch of the layout that stands there. */
  replaces: number | undefined;
  keys: LeaseKey[];
  /** The facts about it that nobody can tell, as an error. */
  problem?: LayoutNotActivatedError;
}

function toReplace(found: LayoutInForce | LostLayout): Replaced {
  if (found.kind === 'lost') {
    const keys = found.leases.map(({ key }) => key);
    return { epoch: found.epoch, replaces: found.layout?.epoch, keys, problem: new LayoutLostError(found) };
  }
  const { epoch } = found.layout;
  const all = found.items.map((item, partition) => ({ key: { epoch, partition }, item }));
  const missing = all.find(({ item }) => item === undefined);
  return {
    epoch,
    replaces: epoch,
    keys: all.filter(({ item }) => item !== undefined).map(({ key }) => key),
    ...(missing !== undefined && { problem: new LayoutNotActivatedError(missingItem(missing.key)) }),
  };
}

/** Another operator who wanted the same has only been quicker. */
function assertSame(wanted: Layout, found: Layout | undefined): void {
  if (found === undefined) throw new LayoutLostError(wanted);
  const { epoch, partitions } = found;
  if (epoch === wanted.epoch && partitions === wanted.partitions) return;
  throw new LayoutChangeError(
    `another change came first: epoch ${epoch} has ${partitions} partitions; look again before repeating this one`,
  );
}

async function retire(operator: LayoutOperator, key: LeaseKey, patienceMs: number): Promise<number> {
  const { store, clock, skewMs, newAttemptId, stateOf } = operator;
  let overToken: number | undefined;
  for (let waitedMs = 0; ;) {
    const staleBeforeMs = clock.wallMs() - skewMs;
    const attemptId = newAttemptId();
    const reply = await store.retire({ key, attemptId, staleBeforeMs, overToken });
    const item = reply.kind === 'applied' ? reply.before : reply.item;
    if (item === undefined) throw new LayoutNotActivatedError(missingItem(key));
    if (reply.kind === 'applied' || item.retired) return item.fencingToken;
    overToken = (await stateOf(item)) === 'over' ? item.fencingToken : undefined;
    if (overToken !== undefined) continue;
    if (waitedMs >= patienceMs) {
      throw new LayoutChangeError(
        `partition ${key.partition} is still held by ${item.holder ?? 'an unknown holder'}; until this change is run again (or run with the former count) its chats are answered 503`,
      );
    }
    await sleep(clock, RETIRE_PAUSE_MS);
    waitedMs += RETIRE_PAUSE_MS;
  }
}

/**
 * The first item tells, once and for all, into how many an epoch is cut: of two who make it at once, or one after the other
 * since its layout was lost meanwhile, both cut it alike, and so does a consumer that remembers it.
 * @returns the layout whose items are there
 */
async function createItems(store: LeaseStore, wanted: Layout, fencingToken: number): Promise<Layout> {
  const { epoch } = wanted;
  const partitions = await store.create({ epoch, partition: 0 }, { fencingToken, ...wanted });
  const others = Array.from({ length: partitions - 1 }, (_, index) => index + 1);
  await inParallel(others, async (partition) => {
    await store.create({ epoch, partition }, { fencingToken, partitions });
  });
  return { ...wanted, partitions };
}
