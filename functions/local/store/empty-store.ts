import dynalite from 'dynalite';
import { CALL_BUDGETS } from '../../aws/call-budgets.ts';
import { createTableIfMissing } from '../../dynamodb/table.ts';
import type { OpenedStore } from './opened-store.ts';
import { clientOfAccess, createAccessKeyId } from './store-access.ts';
import { serveDynalite } from './serve-dynalite.ts';

/** A store in memory: what is asked of one that does not exist yet, without a trace of having asked. */
export async function emptyStore(tableName: string): Promise<OpenedStore> {
  const accessKeyId = createAccessKeyId();
  const served = await serveDynalite(dynalite({ createTableMs: 0 }), { accessKeyId });
  const client = clientOfAccess(
    async () => ({ endpoint: served.endpoint, accessKeyId }),
    CALL_BUDGETS.ownMachine,
  );
  await createTableIfMissing(client, tableName);
  return {
    client,
    tableName,
    isLocal: true,
    id: 'none',
    description: 'no store yet',
    close: async () => {
      client.destroy();
      await served.close();
    },
  };
}
