import { createHash } from 'node:crypto';
import type { InProcessUploads } from '../bot/uploads-in-process.ts';
import type { ImporterRequest } from './messages.ts';
import type { RunStore } from './run-store.ts';

export interface ImportDeps {
  uploads: Pick<InProcessUploads, 'begin' | 'beginReindex' | 'idle'>;
  runs: RunStore;
  nowMs: () => number;
}

/**
 * Does what was asked for and resolves when it has ended; how, the administrators are told.
 * @returns false when the same is under way elsewhere @throws StoreUnavailableError
 */
export async function importOnce(
  deps: ImportDeps,
  request: Exclude<ImporterRequest, { kind: 'check' }>,
): Promise<boolean> {
  const { uploads, runs, nowMs } = deps;
  const run = runOf(request);
  if (!(await runs.begin(run, nowMs()))) return false;
  try {
    if (request.kind === 'import') await uploads.begin(request.upload);
    else await uploads.beginReindex(request.asker);
    await uploads.idle();
    return true;
  } finally {
    await runs.end(run);
  }
}

/** A file id is longer than it needs to be in a key. */
function runOf(request: Exclude<ImporterRequest, { kind: 'check' }>): string {
  if (request.kind === 'reindex') return request.kind;
  return createHash('sha256').update(request.upload.fileId).digest('hex').slice(0, 32);
}
