import type { Logger } from '@aws-lambda-powertools/logger';
import { CALL_BUDGETS } from '../aws/call-budgets.ts';
import { readParameters } from '../aws/ssm-parameters.ts';
import { AdminNotes } from '../bot/admin-notes.ts';
import { InProcessUploads } from '../bot/uploads-in-process.ts';
import { createDocumentClient } from '../dynamodb/client.ts';
import { DynamoRunStore } from '../dynamodb/import-run-store.ts';
import { DynamoNewsStore } from '../dynamodb/news-store.ts';
import type { RunStore } from '../uploads/run-store.ts';
import { SecretsReader } from '../settings/secrets.ts';
import { readSettings } from '../settings/settings.ts';
import { Telemetry } from '../telemetry/telemetry.ts';
import { publishingIn } from './publishing.ts';
import { serviceNameOf } from './service-name.ts';
import { languageStoreOf } from './stores.ts';

export interface Importer {
  uploads: InProcessUploads;
  runs: RunStore;
  admins: AdminNotes;
  logger: Logger;
}

/** Everything behind the importer function; an import writes megabytes, so its requests may take longer. */
export function importerFunction(env: NodeJS.ProcessEnv): () => Promise<Importer> {
  const settings = readSettings(env, ['TABLE_NAME']);
  const { tableName, telegram: access, logLevel } = settings;
  const { logger } = new Telemetry({ logLevel, serviceName: serviceNameOf(env) });
  const client = createDocumentClient({ budget: CALL_BUDGETS.importer });
  const table = { client, tableName };
  const secrets = new SecretsReader({ telegram: access, readParameters, nowMs: Date.now });
  const publishing = publishingIn(table);
  return async () => {
    const { token, botId } = await secrets.read();
    const telegram = { token, apiRoot: access.apiRoot };
    const own = { ...table, scope: botId };
    const admins = new AdminNotes({ telegram, settings, languages: languageStoreOf({ ...table, botId }) });
    return {
      uploads: new InProcessUploads({ telegram, publishing, admins, news: new DynamoNewsStore(own) }),
      runs: new DynamoRunStore(own),
      admins,
      logger,
    };
  };
}
