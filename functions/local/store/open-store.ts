import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { CALL_BUDGETS } from '../../aws/call-budgets.ts';
import {
  createDocumentClient,
  isErrorNamed,
  LOCAL_CREDENTIALS,
  toStoreError,
} from '../../dynamodb/client.ts';
import { createTableIfMissing } from '../../dynamodb/table.ts';
import { clientOfEmbeddedStore } from './embedded-client.ts';
import { EmbeddedStore } from './embedded-store.ts';
import { NoStoreError } from './data-folder-error.ts';
import { ExpirySweep } from './expiry-sweep.ts';
import { isLoopback } from '../machine/loopback.ts';
import type { OpenedStore } from './opened-store.ts';

/** There is no such table, or no such account; the message says what to do. */
class StoreSetupError extends Error {
  override readonly name = 'StoreSetupError';
  readonly forOperator = true;
}

/**
 * The course where the data folder has no store: only a start and an import begin one. A command that merely judges
 * what an import would do may compare with an empty one that is gone afterwards.
 */
export type IfMissing = 'refuse' | 'create' | 'empty';

/**
 * The table that a command works on: the one that `TABLE_NAME` names (in AWS, or where `AWS_ENDPOINT_URL_DYNAMODB`
 * points), otherwise the embedded store in the data folder.
 * @throws NoStoreError where there is none and none may be begun
 * @throws DataFolderError
 * @throws StoreSetupError
 * @throws StoreUnavailableError
 */
export async function openStore(options: {
  env: Record<string, string | undefined>;
  tableName: string;
  dataFolder: string;
  ifMissing: IfMissing;
}): Promise<OpenedStore> {
  const { env, tableName, dataFolder, ifMissing } = options;
  if (env['TABLE_NAME'] === undefined) return openEmbedded(dataFolder, tableName, ifMissing);
  const endpoint = env['AWS_ENDPOINT_URL_DYNAMODB'] ?? env['AWS_ENDPOINT_URL'];
  const isLocal = endpoint !== undefined && isLoopback(new URL(endpoint).hostname);
  const client = createDocumentClient({
    budget: isLocal ? CALL_BUDGETS.ownMachine : CALL_BUDGETS.overInternet,
    ...(isLocal && { endpoint, region: given(env['AWS_REGION']) ?? 'us-east-1' }),
    ...(isLocal && given(env['AWS_ACCESS_KEY_ID']) === undefined && { credentials: LOCAL_CREDENTIALS }),
  });
  if (isLocal) await createTableIfMissing(client, tableName);
  else await assertTable(client, tableName);
  return {
    client,
    tableName,
    isLocal,
    // Several ways may lead to one endpoint of this machine.
    id: `table ${isLocal ? 'here' : (endpoint ?? env['AWS_REGION'] ?? env['AWS_PROFILE'] ?? '')} ${tableName}`,
    description: `table ${tableName}${endpoint === undefined ? '' : ` at ${endpoint}`}`,
    close: async () => client.destroy(),
  };
}

async function openEmbedded(
  dataFolder: string,
  tableName: string,
  ifMissing: IfMissing,
): Promise<OpenedStore> {
  const store = new EmbeddedStore({ folder: dataFolder, create: ifMissing === 'create' });
  const client = clientOfEmbeddedStore(store);
  const sweep = new ExpirySweep({ client, tableName, mayRun: () => store.ownsFiles });
  const close = async (): Promise<void> => {
    await sweep.stop();
    client.destroy();
    await store.close();
  };
  try {
    await store.access();
    await createTableIfMissing(client, tableName);
  } catch (error) {
    await close();
    if (ifMissing === 'empty' && error instanceof NoStoreError)
      return (await import('./empty-store.ts')).emptyStore(tableName);
    throw error;
  }
  sweep.start();
  // Its place on the disk, whatever way leads there.
  const { dev, ino } = statSync(join(dataFolder, 'store'), { bigint: true });
  return {
    client,
    tableName,
    isLocal: true,
    id: `folder ${dev} ${ino}`,
    description: `embedded store in ${resolve(dataFolder)}`,
    close,
  };
}

async function assertTable(client: DynamoDBDocumentClient, tableName: string): Promise<void> {
  try {
    await client.send(new DescribeTableCommand({ TableName: tableName }));
  } catch (error) {
    if (isErrorNamed(error, 'ResourceNotFoundException')) {
      throw new StoreSetupError(
        `There is no table ${tableName} in this account and region: deploy the stack first, or correct TABLE_NAME or AWS_REGION`,
      );
    }
    throw toStoreError(error);
  }
}

/** A variable that is set to nothing, as in a file of variables, is not set. */
function given(variable: string | undefined): string | undefined {
  return variable === '' ? undefined : variable;
}
