import dynalite from 'dynalite';
import { createDocumentClient, LOCAL_CREDENTIALS } from '../dynamodb/client.ts';
import { createTableIfMissing } from '../dynamodb/table.ts';
import type { OpenedStore } from './opened-store.ts';
import { serveDynalite } from './serve-dynalite.ts';

/** A store in memory: what is asked of one that does not exist yet, without a trace of having asked. */
export async function emptyStore(tableName: string): Promise<OpenedStore> {
  const served = await serveDynalite(dynalite({ createTableMs: 0 }));
  const client = createDocumentClient({
    endpoint: served.endpoint,
    region: 'us-east-1',
    credentials: LOCAL_CREDENTIALS,
  });
  await createTableIfMissing(client, tableName);
  return {
    client,
    tableName,
    isLocal: true,
    description: 'no store yet',
    close: async () => {
      client.destroy();
      await served.close();
    },
  };
}
