import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { CALL_BUDGETS } from '../../aws/call-budgets.ts';
import { isErrorNamed } from '../../dynamodb/client.ts';
import { StoreDamagedError, StoreUnavailableError } from '../../lease/store-unavailable.ts';
import { DamagedStoreError, DataFolderError } from './data-folder-error.ts';
import type { EmbeddedStore } from './embedded-store.ts';
import { clientOfAccess } from './store-access.ts';

/**
 * Processes that open the folder for a moment only follow one another quicker than a call finds its way: each of them
 * may be gone again when it is asked.
 */
const FOLLOW_MS = 10_000;

const CONNECTION_LOST = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE']);

/**
 * A client that follows the store from one owner of its files to the next. Asking again is what the SDK would do
 * with a lost connection too, with the same attempt id, so a write that had landed is recognised.
 */
export function clientOfEmbeddedStore(store: EmbeddedStore): DynamoDBDocumentClient {
  const client = clientOfAccess(() => store.access(), CALL_BUDGETS.ownMachine);
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
      const until = Date.now() + FOLLOW_MS;
      for (let isFirst = true; ; isFirst = false) {
        try {
          return await ask();
        } catch (error) {
          const trouble = isFirst ? undefined : store.trouble;
          if (trouble !== undefined) throw asStoreError(trouble);
          if (!isOfNoOwner(error) || Date.now() > until) throw error;
          store.lost();
        }
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
