import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { probeVersion } from '../../functions/deployment/pre-traffic-hook.ts';
import { DynamoLeaseStore } from '../../functions/dynamodb/lease-store.ts';
import { DynamoStatusStore } from '../../functions/dynamodb/status-store.ts';
import { createTableIfMissing } from '../../functions/dynamodb/table.ts';
import { SecretsReader } from '../../functions/settings/secrets.ts';
import { readSettings } from '../../functions/settings/settings.ts';
import { webhookFunction } from '../../functions/wiring/webhook.ts';
import { fastEndpoint, localClient, type RunningEndpoint } from '../fixtures/local-dynamodb.ts';

const BOT_ID = 42;
const TABLE_NAME = 'probed';

describe('a new version that is tried by the hook', () => {
  let store: RunningEndpoint;
  beforeAll(async () => {
    store = await fastEndpoint().start();
    // Where the functions' own client finds its table.
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', store.endpoint);
    vi.stubEnv('AWS_REGION', 'us-east-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
    const table = { client: localClient(store.endpoint), tableName: TABLE_NAME };
    await createTableIfMissing(table.client, TABLE_NAME);
    await new DynamoStatusStore(table).saveBot({ id: BOT_ID, username: 'b', firstName: 'B' });
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await store.close();
  });

  const problemOfDeployment = (served: string): Promise<string | undefined> => {
    const env = {
      TABLE_NAME,
      TELEGRAM_BOT_TOKEN: `${BOT_ID}:right`,
      ALLOWED_USER_IDS: served,
      LOG_LEVEL: 'SILENT',
    };
    const { probe } = webhookFunction(env);
    const { telegram } = readSettings(env);
    const secrets = new SecretsReader({ telegram, readParameters: async () => new Map(), nowMs: Date.now });
    const client = localClient(store.endpoint);
    return probeVersion({
      secrets: () => secrets.read(),
      leasesOf: (scope) => new DynamoLeaseStore({ client, tableName: TABLE_NAME, scope }),
      invoke: (event) => probe(event, 12_000),
      nowMs: Date.now,
    });
  };

  it.each(['', '7,8'])('passes at every deployment of a day that serves "%s"', async (served) => {
    for (let deployment = 1; deployment <= 3; deployment += 1)
      expect(await problemOfDeployment(served), `deployment ${deployment}`).toBeUndefined();
  });
});
