import { LayoutLostError, type Layout } from './layout.ts';
import type { LeaseItem, LeaseStore, StoredLease } from './lease-store.ts';

/** Every lease item of the layout in force, as an onlooker sees it; the index is the partition. */
export interface LayoutInForce {
  kind: 'in-force';
  layout: Layout;
  items: (LeaseItem | undefined)[];
}

/** Leases were granted under a layout that was deleted, or that an older one has taken the place of. */
export interface LostLayout {
  kind: 'lost';
  /** The layout that is there instead. */
  layout: Layout | undefined;
  /** The last one under which a lease was granted. */
  epoch: number;
  /** The count of this epoch, as far as its items tell. */
  partitions: number;
  /** The leases of this epoch and of those before it. */
  leases: StoredLease[];
}

/** Why a lease is granted to no process, however long it waits. */
export type Unservable = 'missing' | 'retired';

export function whyUnservable(item: LeaseItem | undefined): Unservable | undefined {
  if (item === undefined) return 'missing';
  return item.retired ? 'retired' : undefined;
}

/**
 * Items of a layout that was replaced while they were read are read anew: only what is retired in the layout in force
 * was left behind by a change that did not come to its end.
 * @returns `undefined` when no layout was activated
 * @throws StoreUnavailableError
 */
export async function surveyLayout(store: LeaseStore): Promise<LayoutInForce | LostLayout | undefined> {
  for (;;) {
    const layout = await store.readLayout();
    const items = layout === undefined ? [] : await itemsOf(store, layout);
    if (layout !== undefined && items.every((item) => whyUnservable(item) === undefined))
      return { kind: 'in-force', layout, items };
    const lost = lostLayout(await store.list(), layout);
    const since = await store.readLayout();
    if (since?.epoch === layout?.epoch) return lost ?? (layout && { kind: 'in-force', layout, items });
  }
}

/**
 * The layout in force, for who needs no more than that.
 * @returns `undefined` when none was activated
 * @throws LayoutLostError
 * @throws StoreUnavailableError
 */
export async function layoutInForce(store: LeaseStore): Promise<Layout | undefined> {
  const layout = await store.readLayout();
  if (layout !== undefined) return layout;
  const survey = await surveyLayout(store);
  if (survey?.kind === 'lost') throw new LayoutLostError(survey);
  return survey?.layout;
}

async function itemsOf(store: LeaseStore, layout: Layout): Promise<(LeaseItem | undefined)[]> {
  const found = new Map((await store.list(layout.epoch)).map(({ key, item }) => [key.partition, item]));
  return Array.from({ length: layout.partitions }, (_, partition) => found.get(partition));
}

/** Before its layout is in force nobody asks for a lease: an item that was written since it was made tells that it was. */
function lostLayout(leases: readonly StoredLease[], layout: Layout | undefined): LostLayout | undefined {
  const granted = leases.filter(({ item }) => item.attemptId !== undefined);
  const epoch = Math.max(0, ...granted.map(({ key }) => key.epoch));
  if (epoch <= (layout?.epoch ?? 0)) return undefined;
  const ofEpoch = leases.filter(({ key }) => key.epoch === epoch);
  return {
    kind: 'lost',
    layout,
    epoch,
    partitions: ofEpoch.find(({ item }) => item.partitions !== undefined)?.item.partitions ?? ofEpoch.length,
    leases: leases.filter(({ key }) => key.epoch <= epoch),
  };
}
