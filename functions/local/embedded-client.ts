import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { isErrorNamed } from '../dynamodb/client.ts';
import { StoreDamagedError, StoreUnavailableError } from '../lease/store-unavailable.ts';
import { DamagedStoreError, DataFolderError } from './data-folder-error.ts';
import type { EmbeddedStore } from './embedded-store.ts';
import { clientOfAccess } from './store-access.ts';

/** A busy laptop may take its time, and nobody pays for the wait. */
const REQUEST_TIMEOUT_MS = 5_000;

const CONNECTION_LOST = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE']);

/**
 * A client that follows the store from one owner of its files to the next. Asking again is what the SDK would do
 * with a lost connection too, with the same attempt id, so a write that had landed is recognised.
 */
export function clientOfEmbeddedStore(store: EmbeddedStore): DynamoDBDocumentClient {
  const client = clientOfAccess(() => store.access(), { requestTimeoutMs: REQUEST_TIMEOUT_MS });
  client.middlewareStack.add(
    (next) => async (args) => {
      const ask = async (): ReturnType<typeof next> => {
        try {
          return await next(args);
        } catch (error) {
          // A process that found the files a moment ago, and does not now, bears it as it bears any store that does not
          // answer.
          throw error instanceof DataFolderError ? asStoreError(error) : error;
        }
      };
      try {
        return await ask();
      } catch (error) {
        if (!isOfNoOwner(error)) throw error;
        store.lost();
        return ask().catch((again: unknown) => {
          throw store.trouble === undefined ? again : asStoreError(store.trouble);
        });
      }
    },
    { step: 'initialize', name: 'followEmbeddedStore', priority: 'high' },
  );
  return client;
}

function asStoreError(trouble: DataFolderError): StoreUnavailableError {
  const Kind = trouble instanceof DamagedStoreError ? StoreDamagedError : StoreUnavailableError;
  return new Kind(trouble.message, { cause: trouble });
}

/** Nobody is there any more, or somebody else has got the port. */
function isOfNoOwner(error: unknown): boolean {
  return (
    CONNECTION_LOST.has((error as NodeJS.ErrnoException).code ?? '') ||
    isErrorNamed(error, 'UnrecognizedClientException')
  );
}
