import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import dynalite from 'dynalite';
import { createDocumentClient, LOCAL_CREDENTIALS } from '../dynamodb/client.ts';
import { createTableIfMissing } from '../dynamodb/table.ts';
import type { OpenedStore } from './opened-store.ts';

/** A store in memory: what is asked of one that does not exist yet, without a trace of having asked. */
export async function emptyStore(tableName: string): Promise<OpenedStore> {
  const server = dynalite({ createTableMs: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = createDocumentClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
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
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
