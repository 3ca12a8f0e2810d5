import type { Layout } from './layout.ts';
import type { LeaseItem, LeaseStore } from './lease-store.ts';

/** Every lease item of the layout in force, as an onlooker sees it; the index is the partition. */
export interface LayoutSurvey {
  layout: Layout;
  items: (LeaseItem | undefined)[];
}

/** Why a lease is granted to nobody, whoever asks and however long. */
export type Stopped = 'missing' | 'retired';

export function whyStopped(item: LeaseItem | undefined): Stopped | undefined {
  if (item === undefined) return 'missing';
  return item.retired ? 'retired' : undefined;
}

/**
 * Items of a layout that was replaced while they were read are read anew: only what is retired in the layout in force
 * was left behind by a change that did not come to its end.
 * @returns `undefined` when no layout was activated
 * @throws StoreUnavailableError
 */
export async function surveyLayout(store: LeaseStore): Promise<LayoutSurvey | undefined> {
  let layout = await store.readLayout();
  while (layout !== undefined) {
    const { epoch, partitions } = layout;
    const items = await Promise.all(
      Array.from({ length: partitions }, (_, partition) => store.read({ epoch, partition })),
    );
    if (items.every((item) => whyStopped(item) === undefined)) return { layout, items };
    const since = await store.readLayout();
    if (since?.epoch === epoch) return { layout, items };
    layout = since;
  }
  return undefined;
}
