import type { Uploads } from '../bot/uploads.ts';
import { fromReply, type CheckReply, type ImporterRequest } from './messages.ts';

/** Uploads that another function imports: the one that answers updates may not write atoms. */
export function remoteUploads(importer: {
  ask: (request: ImporterRequest, signal: AbortSignal) => Promise<unknown>;
  begin: (request: ImporterRequest) => Promise<void>;
}): Uploads {
  return {
    check: async (upload, signal) =>
      fromReply((await importer.ask({ kind: 'check', upload }, signal)) as CheckReply),
    begin: (upload) => importer.begin({ kind: 'import', upload }),
    beginReindex: (asker) => importer.begin({ kind: 'reindex', asker }),
  };
}
