import { setTimeout as sleep } from 'node:timers/promises';
import { CreateTableCommand, DescribeTableCommand, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { StoreUnavailableError } from '../lease/store-unavailable.ts';
import { isErrorNamed, toStoreError } from './client.ts';
import { TTL_ATTRIBUTE } from './keys.ts';

const CREATION_LIMIT_MS = 30_000;
const POLL_INTERVAL_MS = 50;

/**
 * Creates the bot's table on a local endpoint where it is missing, and waits until it can be used. When two processes
 * create it at once, the loser goes on with the winner's table.
 * @returns whether this call created it
 * @throws StoreUnavailableError
 */
export async function createTableIfMissing(
  client: DynamoDBDocumentClient,
  tableName: string,
): Promise<boolean> {
  try {
    const status = await tableStatus(client, tableName);
    if (status === 'ACTIVE') return false;
    const created = status === undefined && (await create(client, tableName));
    await untilActive(client, tableName);
    if (created) await enableTtl(client, tableName);
    return created;
  } catch (error) {
    throw toStoreError(error);
  }
}

async function tableStatus(client: DynamoDBDocumentClient, tableName: string): Promise<string | undefined> {
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
    return Table?.TableStatus;
  } catch (error) {
    if (isErrorNamed(error, 'ResourceNotFoundException')) return undefined;
    throw error;
  }
}

async function create(client: DynamoDBDocumentClient, tableName: string): Promise<boolean> {
  try {
    await client.send(
      new CreateTableCommand({
        TableName: tableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
        ],
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
      }),
    );
    return true;
  } catch (error) {
    if (isErrorNamed(error, 'ResourceInUseException')) return false;
    throw error;
  }
}

async function untilActive(client: DynamoDBDocumentClient, tableName: string): Promise<void> {
  for (let waitedMs = 0; waitedMs < CREATION_LIMIT_MS; waitedMs += POLL_INTERVAL_MS) {
    if ((await tableStatus(client, tableName)) === 'ACTIVE') return;
    await sleep(POLL_INTERVAL_MS);
  }
  throw new StoreUnavailableError(
    `Table ${tableName} did not become active within ${CREATION_LIMIT_MS / 1000} s`,
  );
}

/** Not every emulator knows TTL, and nothing depends on it: conditions and reads compare the time themselves. */
async function enableTtl(client: DynamoDBDocumentClient, tableName: string): Promise<void> {
  try {
    await client.send(
      new UpdateTimeToLiveCommand({
        TableName: tableName,
        TimeToLiveSpecification: { AttributeName: TTL_ATTRIBUTE, Enabled: true },
      }),
    );
  } catch (error) {
    if (!isErrorNamed(error, 'UnknownOperationException') && !isErrorNamed(error, 'ValidationException'))
      throw error;
  }
}
