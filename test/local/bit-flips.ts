import { closeSync, openSync, readdirSync, readSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { GetCommand, ScanCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { StoreDamagedError } from '../../functions/lease/store-unavailable.ts';
import { DataFolderError } from '../../functions/local/data-folder-error.ts';
import { clientOfEmbeddedStore } from '../../functions/local/embedded-client.ts';
import { EmbeddedStore } from '../../functions/local/embedded-store.ts';

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

/** All that a store holds, in order; `undefined` where it is refused as damaged. */
export function contentsOf(folder: string, tableName: string): Promise<string | undefined> {
  return readFrom(folder, async (client) => {
    const items: unknown[] = [];
    let from: Record<string, unknown> | undefined;
    do {
      const page = await client.send(new ScanCommand({ TableName: tableName, ExclusiveStartKey: from }));
      items.push(...(page.Items ?? []));
      from = page.LastEvaluatedKey;
    } while (from !== undefined);
    return items;
  });
}

/** The same, read one by one from a store that was open when something happened to its files. */
export function itemsOf(
  folder: string,
  tableName: string,
  options: { keys: readonly Record<string, unknown>[]; happened: () => void },
): Promise<string | undefined> {
  return readFrom(folder, async (client) => {
    options.happened();
    const items: unknown[] = [];
    for (const Key of options.keys)
      items.push((await client.send(new GetCommand({ TableName: tableName, Key }))).Item);
    return items;
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
