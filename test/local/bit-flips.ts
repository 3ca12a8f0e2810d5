import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
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

export function flipBit(path: string, bit: number): void {
  const content = readFileSync(path);
  content[Math.floor(bit / 8)]! ^= 1 << (bit % 8);
  writeFileSync(path, content);
}

/** All that a store holds, in order; `undefined` where it is refused as damaged. */
export async function contentsOf(folder: string, tableName: string): Promise<string | undefined> {
  const store = new EmbeddedStore({ folder, create: false });
  const client = clientOfEmbeddedStore(store);
  try {
    await store.access();
    const items: unknown[] = [];
    let from: Record<string, unknown> | undefined;
    do {
      const page = await client.send(new ScanCommand({ TableName: tableName, ExclusiveStartKey: from }));
      items.push(...(page.Items ?? []));
      from = page.LastEvaluatedKey;
    } while (from !== undefined);
    return JSON.stringify(items);
  } catch (error) {
    if (error instanceof DataFolderError && /damaged|CURRENT|is gone|bytes instead/.test(error.message))
      return undefined;
    throw error;
  } finally {
    client.destroy();
    await store.close();
  }
}
