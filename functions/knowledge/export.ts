import type { Atom } from './atom.ts';
import { readContents } from './snapshot.ts';
import type { KnowledgeStore } from './store.ts';

/** The version was replaced, and its atoms removed, while it was being read. */
class IncompleteExportError extends Error {
  override readonly name = 'IncompleteExportError';
  readonly forOperator = true;
}

/**
 * Every atom of the version that is live now, holding few of them at a time. `toRecord` (./parse-atom.ts) makes of each
 * what an import reads back as the same atom.
 * @throws CorruptSnapshotError when what belongs to the version cannot be read: `rebuild` mends it
 * @throws IncompleteExportError @throws StoreUnavailableError
 */
export async function* exportAtoms({ store }: { store: KnowledgeStore }): AsyncGenerator<Atom> {
  const pointer = await store.readPointer({ consistent: true });
  if (pointer === undefined) return;
  const contents = await readContents(store, pointer.current);
  let found = 0;
  for await (const { id, version, atom } of store.scanAtoms()) {
    if (contents.itemVersionOf(id) !== version) continue;
    found += 1;
    yield atom;
  }
  if (found < contents.size) {
    throw new IncompleteExportError(
      `${contents.size - found} of ${contents.size} atoms are gone from the store.`,
    );
  }
}
