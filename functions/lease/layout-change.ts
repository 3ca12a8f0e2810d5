import { sleep, type Clock } from './clock.ts';
import type { Emit } from './events.ts';
import { inParallel } from './in-parallel.ts';
import {
  assertPartitionCount,
  LayoutNotActivatedError,
  MAPPING_VERSION,
  missingItem,
  type Layout,
} from './layout.ts';
import { surveyLayout, whyStopped } from './layout-survey.ts';
import type { LeaseItem, LeaseStore } from './lease-store.ts';

export interface LayoutOperator {
  store: LeaseStore;
  clock: Clock;
  skewMs: number;
  newAttemptId: () => string;
  isOver: (item: LeaseItem) => Promise<boolean>;
  emit: Emit;
}

/** A lease item of the old layout stayed busy, or another operator changed the layout meanwhile. */
export class LayoutChangeError extends Error {
  override readonly name = 'LayoutChangeError';
  readonly forOperator = true;
}

const POLL_MS = 250;

/**
 * Creates the first layout where there is none; an existing one is left as it is.
 * @returns the layout that is in force
 * @throws StoreUnavailableError
 */
export async function activateLayout(store: LeaseStore, partitions: number): Promise<Layout> {
  assertPartitionCount(partitions);
  const existing = await store.readLayout();
  if (existing !== undefined) return existing;
  const layout: Layout = { epoch: 1, partitions, mapping: MAPPING_VERSION };
  await createItems(store, layout, 0);
  const reply = await store.writeLayout(layout, undefined);
  return reply.applied ? layout : (reply.item ?? layout);
}

/**
 * Cuts the chats anew: retires every item of the old layout (each when it is idle or expired), creates those of
 * the new one with a token above all of the old, then flips. A retired item is granted no more, and a
 * new one not before the flip. Died half-way, it is simply run again; the way back is a change to the former count.
 *
 * Where an item is missing nothing is retired, unless it is to be repaired: nobody knows then who held it, so
 * every tenure is waited out, nor up to which token, so the new ones begin at the time: no item is written oftener than
 * once a millisecond, so none has ever got there.
 *
 * @param options.patienceMs how long to wait for busy items
 * @param options.repairAfterMs go on without missing items, after so long: longer than any lease lasts
 * @throws LayoutChangeError
 * @throws LayoutNotActivatedError
 * @throws StoreUnavailableError
 */
export async function changeLayout(
  operator: LayoutOperator,
  options: { partitions: number; patienceMs: number; repairAfterMs?: number },
): Promise<Layout> {
  assertPartitionCount(options.partitions);
  const { store, emit, clock } = operator;
  const survey = await surveyLayout(store);
  if (survey === undefined)
    throw new LayoutNotActivatedError('there is no layout to change: activate it first');
  const { layout: old, items } = survey;
  const missing = items.findIndex((item) => whyStopped(item) === 'missing');
  if (missing >= 0) {
    if (options.repairAfterMs === undefined)
      throw new LayoutNotActivatedError(missingItem({ epoch: old.epoch, partition: missing }));
    await sleep(clock, options.repairAfterMs);
  }
  let highestToken = missing >= 0 ? clock.wallMs() : 0;
  await inParallel(items.entries(), async ([partition, item]) => {
    if (item === undefined) return;
    const token = await retire(operator, old, partition, options.patienceMs);
    highestToken = Math.max(highestToken, token);
  });
  const next: Layout = { epoch: old.epoch + 1, partitions: options.partitions, mapping: MAPPING_VERSION };
  await createItems(store, next, highestToken + 1);
  const reply = await store.writeLayout(next, old.epoch);
  if (!reply.applied && (reply.item?.epoch !== next.epoch || reply.item.partitions !== next.partitions)) {
    throw new LayoutChangeError(
      `another change came first: epoch ${reply.item?.epoch} has ${reply.item?.partitions} partitions; look again before repeating this one`,
    );
  }
  emit({ type: 'layout-changed', epoch: next.epoch, partitions: next.partitions });
  return next;
}

async function retire(
  operator: LayoutOperator,
  layout: Layout,
  partition: number,
  patienceMs: number,
): Promise<number> {
  const { store, clock, skewMs, newAttemptId, isOver } = operator;
  const key = { epoch: layout.epoch, partition };
  let overToken: number | undefined;
  for (let waitedMs = 0; ;) {
    const staleBeforeMs = clock.wallMs() - skewMs;
    const attemptId = newAttemptId();
    const reply = await store.retire({ key, attemptId, staleBeforeMs, overToken });
    const item = reply.applied ? reply.before : reply.item;
    if (item === undefined) throw new LayoutNotActivatedError(missingItem(key));
    if (reply.applied || item.retired) return item.fencingToken;
    overToken = (await isOver(item)) ? item.fencingToken : undefined;
    if (overToken !== undefined) continue;
    if (waitedMs >= patienceMs) {
      throw new LayoutChangeError(
        `partition ${partition} is still held by ${item.holder ?? 'an unknown holder'}; until this change is run again (or run with the former count) its chats are answered 503`,
      );
    }
    await sleep(clock, POLL_MS);
    waitedMs += POLL_MS;
  }
}

async function createItems(store: LeaseStore, layout: Layout, fencingToken: number): Promise<void> {
  const partitions = Array.from({ length: layout.partitions }, (_, partition) => partition);
  await inParallel(partitions, (partition) => store.create({ epoch: layout.epoch, partition }, fencingToken));
}
