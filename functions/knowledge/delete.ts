import { type Base, type Plan, type Publication, publish, type PublishOptions } from './publish.ts';

export interface DeletionReport extends Publication {
  removed: string[];
  /** Asked for, but not in the knowledge base. */
  unknown: string[];
}

/**
 * Publishes a version without these atoms; the one before stays readable until it is replaced in turn.
 * @throws ImportConflictError @throws StoreUnavailableError
 */
export async function deleteAtoms(
  options: PublishOptions & { ids: readonly string[] },
): Promise<DeletionReport> {
  const ids = new Set(options.ids);
  let removed: string[] = [];
  const publication = await publish(options, async ({ contents }: Base): Promise<Plan | undefined> => {
    removed = [...ids].filter((id) => contents.itemVersionOf(id) !== undefined);
    if (removed.length === 0) return undefined;
    const kept = [...contents.ids()].filter((id) => !ids.has(id));
    return new Map(kept.map((id) => [id, contents.itemVersionOf(id)!]));
  });
  return { ...publication, removed, unknown: [...ids].filter((id) => !removed.includes(id)) };
}
