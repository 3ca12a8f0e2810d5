import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DynamoKnowledgeStore } from '../../functions/dynamodb/knowledge-store.ts';
import { openStore } from '../../functions/local/store/open-store.ts';
import { importStarter } from '../../functions/local/starter-import.ts';

it('two first starts at once both go on: the loser of the table and of the import has the winner’s', async () => {
  const dataFolder = mkdtempSync(join(tmpdir(), 'first-start-'));
  const start = async () => {
    const store = await openStore({
      env: {},
      tableName: 'agent-factory-bot',
      dataFolder,
      ifMissing: 'create',
    });
    await importStarter(store, () => {});
    return store;
  };
  const stores = await Promise.all([start(), start()]);
  const pointers = await Promise.all(
    stores.map((store) => new DynamoKnowledgeStore(store).readPointer({ consistent: true })),
  );
  expect(pointers[0]?.current.atoms).toBeGreaterThanOrEqual(60);
  expect(pointers[1]?.current.version).toBe(pointers[0]?.current.version);
  for (const store of stores) await store.close();
  rmSync(dataFolder, { recursive: true });
});
