import { createHash } from 'node:crypto';
import type { AdminNotes } from '../bot/admin-notes.ts';
import type { Asker } from '../bot/uploads.ts';
import { REINDEX, type InProcessUploads } from '../bot/uploads-in-process.ts';
import type { ImporterRequest } from './messages.ts';
import { RUN_LIMIT_MS, type RunStore } from './run-store.ts';

export interface ImportDeps {
  uploads: Pick<InProcessUploads, 'begin' | 'beginReindex' | 'idle'>;
  runs: RunStore;
  admins: Pick<AdminNotes, 'tellAsker'>;
  nowMs: () => number;
  /** The id of the request, which is the same when it is delivered again. */
  requestId: string;
}

type Wanted = Exclude<ImporterRequest, { kind: 'check' }>;

/**
 * Does the work that was asked for, tells the administrators how it ended, and then resolves.
 * @returns false when another request's is under way, which the asker has heard by then
 * @throws StoreUnavailableError when it could not be begun, which the asker has heard by then too
 */
export async function importOnce(deps: ImportDeps, request: Wanted): Promise<boolean> {
  const { uploads, runs, admins, nowMs, requestId } = deps;
  const { name, asker, key } = detailsOf(request);
  const run = { name: key, requestId };
  let isOurs: boolean;
  try {
    isOurs = await runs.begin(run, nowMs());
  } catch (error) {
    const reason = error instanceof Error ? error.name : 'unknown error';
    await admins.tellAsker((texts) => texts.admin.importFailed({ name, reason }), asker);
    throw error;
  }
  if (!isOurs) {
    const minutes = Math.ceil(RUN_LIMIT_MS / 60_000);
    await admins.tellAsker((texts) => texts.admin.importUnderWay({ name, minutes }), asker);
    return false;
  }
  try {
    if (request.kind === 'import') await uploads.begin(request.upload);
    else await uploads.beginReindex(request.asker);
    await uploads.idle();
    return true;
  } finally {
    await runs.end(run);
  }
}

function detailsOf(request: Wanted): { name: string; asker: Asker; key: string } {
  if (request.kind === 'reindex') return { name: REINDEX, asker: request.asker, key: request.kind };
  const { fileId, fileName, asker } = request.upload;
  // A file id is longer than it needs to be in a key.
  return { name: fileName, asker, key: createHash('sha256').update(fileId).digest('hex').slice(0, 32) };
}
