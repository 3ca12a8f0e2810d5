import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { DynamoStatusStore } from '../../../functions/dynamodb/status-store.ts';
import { openStore } from '../../../functions/local/store/open-store.ts';
import { fastEndpoint, type RunningEndpoint } from '../../fixtures/local-dynamodb.ts';

/** The variables that an operator of other AWS programs has in a shell, each of which the SDK would look at. */
const MEANT_FOR_AWS: Record<string, string | undefined>[] = [
  { AWS_USE_FIPS_ENDPOINT: 'true' },
  { AWS_USE_DUALSTACK_ENDPOINT: 'true' },
  { AWS_USE_FIPS_ENDPOINT: 'perhaps', AWS_USE_DUALSTACK_ENDPOINT: 'perhaps' },
  { AWS_DEFAULTS_MODE: 'wrong' },
  { AWS_DEFAULTS_MODE: 'auto' },
  { AWS_RETRY_MODE: 'foo', AWS_MAX_ATTEMPTS: 'abc' },
  { AWS_ACCOUNT_ID_ENDPOINT_MODE: 'required' },
  { AWS_ACCOUNT_ID_ENDPOINT_MODE: 'nonsense' },
  { AWS_PROFILE: 'nobody' },
  { AWS_REGION: 'nowhere', AWS_DEFAULT_REGION: 'nowhere-else' },
  { AWS_REGION: '', AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' },
  { AWS_SIGV4A_SIGNING_REGION_SET: '*', AWS_AUTH_SCHEME_PREFERENCE: 'sigv4a' },
  { AWS_SDK_UA_APP_ID: 'x'.repeat(60), AWS_DISABLE_REQUEST_COMPRESSION: 'maybe' },
  { AWS_CA_BUNDLE: '/nowhere', AWS_STS_REGIONAL_ENDPOINTS: 'legacy', AWS_EC2_METADATA_DISABLED: 'x' },
  { HTTP_PROXY: 'http://127.0.0.1:1', HTTPS_PROXY: 'http://127.0.0.1:1', http_proxy: 'http://127.0.0.1:1' },
  { HOME: undefined, USERPROFILE: undefined, HOMEPATH: undefined },
  { HOME: '/nowhere' },
  { HOME: '/dev/null' },
];

describe('a local run under settings that are meant for AWS', () => {
  let folder: string;
  let dynamo: RunningEndpoint;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'aws-environment-'));
    dynamo = await fastEndpoint().start();
    for (const [name, content] of [
      ['fips', 'use_fips_endpoint=true\nuse_dualstack_endpoint=true\ndefaults_mode=wrong\nretry_mode=foo\n'],
      ['endpoint', 'endpoint_url=http://127.0.0.1:1\nignore_configure_endpoint_urls=false\n'],
    ])
      writeFileSync(join(folder, name!), `[default]\n${content}`);
    writeFileSync(join(folder, 'broken'), '[[[\n=\n\0');
  });
  afterEach(() => void vi.unstubAllEnvs());
  afterAll(async () => {
    await dynamo.close();
    rmSync(folder, { recursive: true });
  });

  const all = [
    ...MEANT_FOR_AWS,
    ...['fips', 'endpoint', 'broken', 'missing'].map((name) => ({
      AWS_CONFIG_FILE: name,
      AWS_SHARED_CREDENTIALS_FILE: name,
    })),
  ];
  it.each(all.map((variables) => [JSON.stringify(variables), variables] as const))(
    'keeps and finds what it writes: %s',
    async (_, variables) => {
      for (const [name, value] of Object.entries(variables))
        vi.stubEnv(name, name.endsWith('_FILE') ? join(folder, value!) : value);
      const places = [{}, { TABLE_NAME: 'a-table', AWS_ENDPOINT_URL_DYNAMODB: dynamo.endpoint }];
      for (const place of places) {
        const env: Record<string, string | undefined> = { ...process.env, ...place };
        const options = { env, tableName: 'a-table', dataFolder: join(folder, 'data') };
        const store = await openStore({ ...options, ifMissing: 'create' });
        const status = new DynamoStatusStore(store);
        await status.saveBot({ id: 1, username: 'a_bot', firstName: 'A' });
        expect((await status.bot())?.username).toBe('a_bot');
        await store.close();
      }
    },
  );
});
