import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { DescribeTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTableIfMissing } from '../../../functions/dynamodb/table.ts';
import { clientOfEmbeddedStore } from '../../../functions/local/store/embedded-client.ts';
import { EmbeddedStore } from '../../../functions/local/store/embedded-store.ts';
import { RunRecords } from '../../../functions/local/machine/run-record.ts';
import type { StoreAccess } from '../../../functions/local/store/store-access.ts';

const TABLE = 'gate-test';

describe('the door of the embedded store', () => {
  let folder: string;
  let store: EmbeddedStore;
  let umask: number;
  beforeEach(async () => {
    umask = process.umask(0o000);
    folder = join(mkdtempSync(join(tmpdir(), 'store-gate-')), 'data');
    store = new EmbeddedStore({ folder, create: true });
    const client = clientOfEmbeddedStore(store);
    await createTableIfMissing(client, TABLE);
    client.destroy();
  });
  afterEach(async () => {
    process.umask(umask);
    await store.close();
    rmSync(join(folder, '..'), { recursive: true });
  });

  const written = (): StoreAccess =>
    JSON.parse(readFileSync(join(folder, 'store.json'), 'utf8')) as StoreAccess;

  async function ask(options: {
    method?: string;
    key?: string;
    action?: string;
    body?: string;
    headers?: Record<string, string>;
  }): Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }> {
    const { method = 'POST', key, action = 'ListTables', body = '{}', headers = {} } = options;
    const sent = request((await store.access()).endpoint, {
      method,
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `DynamoDB_20120810.${action}`,
        'x-amz-date': '20200101T000000Z',
        ...(key !== undefined && {
          authorization: `AWS4-HMAC-SHA256 Credential=${key}/20200101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=x`,
        }),
        ...headers,
      },
    });
    sent.end(body);
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return { status: response.statusCode!, headers: response.headers, body: await text(response) };
  }

  it('opens to the ordinary SDK with the access key id of store.json, which only its owner may read', async () => {
    const { endpoint, accessKeyId } = written();
    const credentials = { accessKeyId, secretAccessKey: 'any' };
    const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials });
    expect((await client.send(new ListTablesCommand({}))).TableNames).toEqual([TABLE]);
    client.destroy();
  });

  it('stays shut without that key, and with that of an earlier owner', async () => {
    const former = written().accessKeyId;
    await store.close();
    store = new EmbeddedStore({ folder, create: false });
    await store.access();
    for (const key of [undefined, '', 'local', former]) {
      const { status, body } = await ask({
        ...(key !== undefined && { key }),
        action: 'DeleteTable',
        body: `{"TableName":"${TABLE}"}`,
      });
      expect([status, body]).toEqual([400, expect.stringContaining('UnrecognizedClientException')]);
    }
    const { status } = await ask({ key: written().accessKeyId });
    expect(status).toBe(200);
  });

  it('stays shut to web pages and to names that resolve to loopback, whatever they know', async () => {
    const key = written().accessKeyId;
    for (const headers of [
      { origin: 'http://evil.example' },
      { origin: 'null' },
      { host: 'evil.example' },
      { host: '127.0.0.1.evil.example:80' },
      { 'sec-fetch-site': 'cross-site' },
    ] as Record<string, string>[]) {
      for (const method of ['POST', 'GET', 'OPTIONS']) {
        const refused = await ask({ key, method, headers, ...(method === 'GET' && { body: '' }) });
        expect(refused.status).toBe(403);
        expect(Object.keys(refused.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
      }
    }
    for (const host of ['localhost', '127.0.0.1', 'LOCALHOST:1', '[::1]:9'])
      expect((await ask({ key, headers: { host } })).status).toBe(200);
  });

  it('is found again by a user of the folder whose key is not that of the owner any more', async () => {
    const second = new EmbeddedStore({ folder, create: false });
    const client = clientOfEmbeddedStore(second);
    (await second.access()).accessKeyId = 'FORMER';
    expect((await client.send(new ListTablesCommand({}))).TableNames).toEqual([TABLE]);
    client.destroy();
    await second.close();
  });

  const item = (attributes: string): string =>
    `{"TableName":"${TABLE}","Item":{"pk":{"S":"p"},"sk":{"S":"s"},${attributes}}}`;
  const filter = (expression: string): string =>
    `{"TableName":"${TABLE}","FilterExpression":"${expression}","ExpressionAttributeValues":{":b":{"S":"x"}}}`;
  it.each([
    ['null', 'Scan', 'null'],
    ['a number', 'Scan', '5'],
    ['a text', 'Scan', '"x"'],
    ['a list', 'Scan', '[null]'],
    ['nothing', 'Scan', ''],
    ['no JSON', 'Scan', '{'],
    [
      '3,000 maps in each other',
      'PutItem',
      item(`"m":${'{"M":{"a":'.repeat(3000)}{"S":"x"}${'}}'.repeat(3000)}`),
    ],
    ['200,000 brackets', 'Scan', '['.repeat(200_000)],
    ['null among the keys', 'BatchGetItem', `{"RequestItems":{"${TABLE}":{"Keys":[null]}}}`],
    ['a key of null', 'GetItem', `{"TableName":"${TABLE}","Key":{"pk":null}}`],
    ['a list with null', 'PutItem', item('"l":{"L":[null]}')],
    [
      'tags of null',
      'TagResource',
      '{"ResourceArn":"arn:aws:dynamodb:us-east-1:000000000000:table/x","Tags":[null]}',
    ],
    ['a schema of null', 'CreateTable', '{"TableName":"abc","KeySchema":[null]}'],
    ['2,000 parentheses that are left open', 'Scan', filter('('.repeat(2000))],
    ['2,000 parentheses', 'Scan', filter(`${'('.repeat(2000)}a=:b${')'.repeat(2000)}`)],
    ['an expression of 5,000 letters', 'Scan', filter(`a${' '.repeat(5000)}=:b`)],
    ['a number beyond all numbers', 'PutItem', item('"n":{"N":"1e999999999"}')],
  ])('answers a request of %s with a refusal, and goes on', async (_, action, body) => {
    const key = written().accessKeyId;
    const { status } = await ask({ key, action, body });
    expect(status).toBe(400);
    const client = clientOfEmbeddedStore(store);
    expect((await client.send(new DescribeTableCommand({ TableName: TABLE }))).Table?.TableStatus).toBe(
      'ACTIVE',
    );
    client.destroy();
  });

  const open = (path: string): string[] =>
    [
      path,
      ...readdirSync(path, { recursive: true, encoding: 'utf8' }).map((name) => join(path, name)),
    ].filter((each) => (statSync(each).mode & 0o077) !== 0);

  it.skipIf(process.platform === 'win32')(
    'leaves no file or folder open to other users, whatever the umask',
    async () => {
      new RunRecords(folder).write({ holder: 'x', pid: 1, mode: 'polling', state: 'running' });
      expect(open(folder)).toEqual([]);
      await store.close();
      expect(open(folder)).toEqual([]);
    },
  );

  it.skipIf(process.platform === 'win32')('closes what an older version had left open', async () => {
    await store.close();
    for (const name of ['.', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })])
      chmodSync(join(folder, name), statSync(join(folder, name)).isDirectory() ? 0o755 : 0o644);
    store = new EmbeddedStore({ folder, create: false });
    await store.access();
    expect(open(folder)).toEqual([]);
  });

  it.skipIf(process.platform === 'win32')(
    'leaves a folder as it is that holds other things too',
    async () => {
      await store.close();
      mkdirSync(join(folder, 'photos'));
      chmodSync(folder, 0o755);
      store = new EmbeddedStore({ folder, create: false });
      await store.access();
      expect(statSync(folder).mode & 0o777).toBe(0o755);
      expect(open(join(folder, 'store'))).toEqual([]);
    },
  );
});
