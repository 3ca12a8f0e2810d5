import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { DynamoLeaseStore } from '../dynamodb/lease-store.ts';
import { DynamoLedgerStore } from '../dynamodb/ledger-store.ts';
import { checkHealth, type HealthDeps } from '../status/check.ts';
import type { HealthReport } from '../status/report.ts';
import { systemClock } from '../lease/clock.ts';
import { LayoutReader } from '../lease/layout-reader.ts';
import type { Settings } from '../settings/settings.ts';
import { knowledgeStoreOf, statusStoreOf } from './stores.ts';

/** The health of one bot over a table. */
export function healthCheckOf(options: {
  client: DynamoDBDocumentClient;
  settings: Pick<Settings, 'tableName'>;
  version: string;
  /** Absent: the bot whose table it is. */
  botId?: string;
  /** Locally: the process that answers. */
  process?: HealthDeps['process'];
}): () => Promise<HealthReport> {
  const { client, settings, version, botId, process } = options;
  const { tableName } = settings;
  const knowledgeStore = knowledgeStoreOf({ client, tableName });
  const status = statusStoreOf({ client, tableName });
  return () =>
    checkHealth({
      version,
      clock: systemClock,
      status,
      ...(botId !== undefined && { botId }),
      process,
      knowledge: async () => {
        const pointer = await knowledgeStore.readPointer({ consistent: false });
        return pointer && { version: pointer.current.version, atoms: pointer.current.atoms };
      },
      protocolOf: (botId) => {
        const table = { client, tableName, scope: botId };
        const leases = new DynamoLeaseStore(table);
        return { leases, ledger: new DynamoLedgerStore(table), layout: new LayoutReader(leases) };
      },
    });
}
