import { closeSync, openSync, readdirSync, readSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import {
  GetCommand,
  QueryCommand,
  ScanCommand,
  type DynamoDBDocumentClient,
  type QueryCommandOutput,
  type ScanCommandOutput,
} from '@aws-sdk/lib-dynamodb';
import { StoreDamagedError } from '../../../functions/lease/store-unavailable.ts';
import { DataFolderError } from '../../../functions/local/store/data-folder-error.ts';
import { clientOfEmbeddedStore } from '../../../functions/local/store/embedded-client.ts';
import { EmbeddedStore } from '../../../functions/local/store/embedded-store.ts';

/** The files of a store whose bits count. LOG and LOCK hold nothing. */
export function countingFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => /^(CURRENT|MANIFEST-\d+|\d+\.(log|ldb))$/.test(name))
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).size > 0);
}

/** In its place, since LevelDB may have mapped the file. */
export function flipBit(path: string, bit: number): void {
  const at = Math.floor(bit / 8);
  const byte = Buffer.alloc(1);
  const file = openSync(path, 'r+');
  readSync(file, byte, 0, 1, at);
  byte[0]! ^= 1 << (bit % 8);
  writeSync(file, byte, 0, 1, at);
  closeSync(file);
}

/** How all items of a store are asked for; its partitions and its keys are known. */
export type Asking = (
  client: DynamoDBDocumentClient,
  tableName: string,
  keys: readonly { pk: string; sk: string }[],
) => Promise<unknown[]>;

export const byKey: Asking = async (client, TableName, keys) => {
  const items: unknown[] = [];
  for (const Key of keys) items.push((await client.send(new GetCommand({ TableName, Key }))).Item);
  return items;
};

export const byScan: Asking = (client, TableName) =>
  allPages((ExclusiveStartKey) => client.send(new ScanCommand({ TableName, ExclusiveStartKey })));

export const byQuery: Asking = async (client, TableName, keys) => {
  const items: unknown[] = [];
  for (const pk of new Set(keys.map((key) => key.pk)))
    items.push(
      ...(await allPages((ExclusiveStartKey) =>
        client.send(
          new QueryCommand({
            TableName,
            KeyConditionExpression: 'pk = :pk',
            ExpressionAttributeValues: { ':pk': pk },
            ExclusiveStartKey,
            Limit: 7,
          }),
        ),
      )),
    );
  return items;
};

async function allPages(
  ask: (from: Record<string, unknown> | undefined) => Promise<QueryCommandOutput | ScanCommandOutput>,
): Promise<unknown[]> {
  const items: unknown[] = [];
  let from: Record<string, unknown> | undefined;
  do {
    const page = await ask(from);
    items.push(...(page.Items ?? []));
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return items;
}

/** All that a store holds, in order; `undefined` where it is refused as damaged. */
export function contentsOf(folder: string, tableName: string): Promise<string | undefined> {
  return readFrom(folder, (client) => byScan(client, tableName, []));
}

/** The same, read from a store that was open when something happened to its files. */
export function contentsOfOpen(
  folder: string,
  tableName: string,
  options: { asking: Asking; keys: readonly { pk: string; sk: string }[]; happened: () => void },
): Promise<string | undefined> {
  return readFrom(folder, (client) => {
    options.happened();
    return options.asking(client, tableName, options.keys);
  });
}

async function readFrom(
  folder: string,
  read: (client: DynamoDBDocumentClient) => Promise<unknown[]>,
): Promise<string | undefined> {
  const store = new EmbeddedStore({ folder, create: false });
  const client = clientOfEmbeddedStore(store);
  try {
    await store.access();
    return JSON.stringify(await read(client));
  } catch (error) {
    if (error instanceof StoreDamagedError) return undefined;
    if (error instanceof DataFolderError && /damaged|CURRENT|is gone|bytes instead/.test(error.message))
      return undefined;
    throw error;
  } finally {
    client.destroy();
    await store.close();
  }
}
