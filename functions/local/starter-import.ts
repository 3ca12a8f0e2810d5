import { ImportConflictError } from '../knowledge/import-error.ts';
import { starterAtomFiles } from '../knowledge/starter.ts';
import { publishingIn } from '../wiring/publishing.ts';
import type { OpenedStore } from './store/opened-store.ts';

/**
 * Imports the starter atoms into a local store that has no knowledge base yet. When two first starts meet, the loser
 * goes on with the winner's.
 * @throws StoreUnavailableError
 */
export async function importStarter(store: OpenedStore, say: (line: string) => void): Promise<void> {
  if (!store.isLocal) return;
  const publishing = publishingIn(store);
  if ((await publishing.store.readPointer({ consistent: true })) !== undefined) return;
  say('First start: importing the starter knowledge base...');
  const { importAtoms } = await import('../knowledge/import.ts');
  try {
    await importAtoms({ ...publishing, source: starterAtomFiles(), mode: 'merge' });
  } catch (error) {
    if (!(error instanceof ImportConflictError)) throw error;
  }
}
