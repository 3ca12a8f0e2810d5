import type { AtomRef, KnowledgeStore } from './store.ts';
import { versionTimeMs } from './version.ts';

/**
 * How old an item must be by the time in its version before it may be removed: what is younger may be of an import
 * that is still running, here or on a machine whose clock is off.
 */
const GARBAGE_AGE_MS = 6 * 60 * 60 * 1000;

/** An import that ran this long could find its items removed by another; it gives up before. */
export const MAX_IMPORT_MS = GARBAGE_AGE_MS / 2;

export function isOldEnough(version: string, nowMs: number): boolean {
  const begun = versionTimeMs(version);
  return begun !== undefined && nowMs - begun > GARBAGE_AGE_MS;
}

export interface Garbage {
  atoms: number;
  snapshots: number;
}

export interface GarbageOptions {
  store: KnowledgeStore;
  nowMs: number;
  /** Items that neither the current nor the previous version names. */
  atoms: readonly AtomRef[];
  /** Versions whose snapshots are to stay. */
  keep: readonly string[];
}

/** Removes what dead imports and replaced versions left behind. @throws StoreUnavailableError */
export async function removeGarbage({ store, nowMs, atoms, keep }: GarbageOptions): Promise<Garbage> {
  const snapshots = await store.listSnapshots();
  const old = snapshots.filter(({ version }) => !keep.includes(version) && isOldEnough(version, nowMs));
  for (const snapshot of old) await store.deleteSnapshot(snapshot);
  await store.deleteAtoms(atoms);
  return { atoms: atoms.length, snapshots: old.length };
}
