import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTableIfMissing } from '../../../functions/dynamodb/table.ts';
import type { TraceEntry } from '../../../functions/local/page/timeline/trace.ts';
import { traceStore } from '../../../functions/local/page/trace-store.ts';
import { fastEndpoint, localClient, type RunningEndpoint } from '../../fixtures/local-dynamodb.ts';
import { observe, type Traffic } from '../../fixtures/observed-client.ts';

const TABLE = 'traced';
const trace: TraceEntry[] = [];
let store: RunningEndpoint;
let client: DynamoDBDocumentClient;
let traffic: Traffic;

beforeAll(async () => {
  store = await fastEndpoint().start();
  client = localClient(store.endpoint);
  await createTableIfMissing(client, TABLE);
  traceStore(client, { process: 'a', record: (entry) => void trace.push(entry) });
  traffic = observe(client);
});

afterAll(async () => {
  client.destroy();
  await store.close();
});

test('a request whose answer is lost is seen as lost, and its next attempt as sent again', async () => {
  traffic.loseAnswer('any');
  await client.send(
    new UpdateCommand({
      TableName: TABLE,
      Key: { pk: 'LEASE#1', sk: 'EPOCH#1#PARTITION#0' },
      UpdateExpression: 'SET holder = :holder',
      ExpressionAttributeValues: { ':holder': 'a' },
    }),
  );
  expect(trace).toMatchObject([
    { purpose: 'acquire', result: 'lost' },
    { purpose: 'acquire', result: 'applied', mishap: 'twice', fate: 'applied, sent again' },
  ]);
  expect(trace[0]).not.toHaveProperty('mishap');
});
