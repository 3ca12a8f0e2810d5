import { isAwsUnavailable } from '../aws/signed-call.ts';
import type { Uploads } from '../bot/uploads.ts';
import { StoreUnavailableError } from '../lease/store-unavailable.ts';
import { fromReply, type CheckReply, type ImporterRequest } from './messages.ts';

/** Uploads that another function imports: the one that answers updates may not write atoms. */
export function remoteUploads(importer: {
  ask: (request: ImporterRequest, signal: AbortSignal) => Promise<unknown>;
  begin: (request: ImporterRequest, signal?: AbortSignal) => Promise<void>;
}): Uploads {
  return {
    check: async (upload, signal) =>
      fromReply((await reached(importer.ask({ kind: 'check', upload }, signal))) as CheckReply),
    begin: (upload, signal) => reached(importer.begin({ kind: 'import', upload }, signal)),
    beginReindex: (asker, signal) => reached(importer.begin({ kind: 'reindex', asker }, signal)),
  };
}

/** An importer that cannot be reached now (throttled, for one) is no more an update's fault than a store that cannot. */
async function reached<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (!isAwsUnavailable(error)) throw error;
    throw new StoreUnavailableError(`The importer cannot be reached: ${error.message}`, { cause: error });
  }
}
