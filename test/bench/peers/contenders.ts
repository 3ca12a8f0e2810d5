import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { Bot } from 'grammy/web';
import type { Update, UserFromGetMe } from 'grammy/types';
import { LOCAL_CREDENTIALS } from '../../../functions/dynamodb/client.ts';
import { deriveWebhookSecret } from '../../../functions/telegram/webhook-secret.ts';
import { deployedTable } from '../../fixtures/deployed-table.ts';
import { localClient } from '../../fixtures/local-dynamodb.ts';
import { loadPeer } from './packages.ts';
import type { Wire } from './wire.ts';

/** Something that answers one message, in its own way of keeping others off. */
export interface Contender {
  name: string;
  /** The message that it is sent. */
  text: string;
  answer: (update: Update) => Promise<void>;
}

const TOKEN = '4243:bench';
const ME = { id: 4243, is_bot: true, first_name: 'Bench', username: 'bench_bot' } as UserFromGetMe;
const CONTEXT = { getRemainingTimeInMillis: () => 60_000, awsRequestId: '1' } as unknown as Context;
export const TABLES = { updates: 'bench-updates', locks: 'bench-locks', ours: 'bench-ours' };
/** As long as a deadline of ours. */
export const LOCK = {
  leaseDurationInMs: 12_000,
  prolongLeaseEnabled: false,
  trustLocalTime: true,
  waitDurationInMs: 50,
};

let nextId = 1;

/** The message comes from another user each time, so that nobody is limited. */
export function message(text: string): Update {
  const id = nextId++;
  const person = { id: 1_000_000 + id, first_name: 'Bench' };
  return {
    update_id: id,
    message: {
      message_id: id,
      date: Math.floor(Date.now() / 1000),
      chat: { ...person, type: 'private' },
      from: { ...person, is_bot: false },
      text,
      ...(text.startsWith('/') && { entities: [{ type: 'bot_command', offset: 0, length: text.length }] }),
    },
  };
}

/** As `@deliveryhero/dynamodb-lock` has them. */
export interface LockClient {
  lock(group: string, id: string, options: typeof LOCK): Promise<unknown>;
  releaseLock(lock: unknown): Promise<void>;
}

/** One as another process would have it. */
export async function lockClientOver(client: DynamoDBDocumentClient): Promise<LockClient> {
  const { dynamoDBLockClientFactory: create } = await loadPeer<{
    dynamoDBLockClientFactory: (client: unknown, table: { tableName: string }) => LockClient;
  }>('@deliveryhero/dynamodb-lock');
  const { DynamoDBDocument } = await import('@aws-sdk/lib-dynamodb');
  return create(DynamoDBDocument.from(client), { tableName: TABLES.locks });
}

export async function createPeerTables(store: string): Promise<void> {
  const client = localClient(store);
  await createTable(client, TABLES.updates, 'id');
  await createTable(client, TABLES.locks, 'lockId', 'lockGroup');
  client.destroy();
}

/** @param environment our bot's; without one it logs nothing */
export async function contendersOver(
  wire: Wire,
  environment: Record<string, string> = { LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' },
): Promise<Contender[]> {
  await createPeerTables(wire.store);
  const ours = await ourBot(wire, environment);
  const bare = bareBot(wire);
  const client = localClient(wire.url);
  const unseen = async (update: Update): Promise<void> => {
    const Item = { id: `put#${update.update_id}` };
    await client.send(
      new PutCommand({ TableName: TABLES.updates, Item, ConditionExpression: 'attribute_not_exists(id)' }),
    );
  };
  const once = await idempotent(wire, bare);
  const locks = await lockClientOver(client);
  const locked = (answer: Contender['answer']): Contender['answer'] => {
    return async (update) => {
      const lock = await locks.lock('bot', 'consumer', LOCK);
      await answer(update);
      await locks.releaseLock(lock);
    };
  };
  return [
    { name: 'bare grammY', text: 'hello', answer: bare },
    {
      name: 'one conditional put (at most once)',
      text: 'hello',
      answer: async (update) => {
        await unseen(update);
        await bare(update);
      },
    },
    { name: 'Powertools idempotency (no lease, no fence)', text: 'hello', answer: once },
    { name: '@deliveryhero/dynamodb-lock (no dedupe, no fence)', text: 'hello', answer: locked(bare) },
    { name: 'both together: the nearest to our promise', text: 'hello', answer: locked(once) },
    { name: 'ours, /help', text: '/help', answer: ours },
    { name: 'ours, a search', text: 'motor control', answer: ours },
  ];
}

function bareBot({ url }: Wire): Contender['answer'] {
  const bot = new Bot(TOKEN, { botInfo: ME, client: { apiRoot: url } });
  bot.on('message', (ctx) => ctx.reply('An answer as long as most are. '.repeat(20)));
  return (update) => bot.handleUpdate(JSON.parse(JSON.stringify(update)) as Update);
}

/** Powertools' function wrapper over a bot. */
async function idempotent(wire: Wire, answer: Contender['answer']): Promise<Contender['answer']> {
  interface Config {
    registerLambdaContext(context: Context): void;
  }
  const peer = '@aws-lambda-powertools/idempotency';
  const { makeIdempotent, IdempotencyConfig } = await loadPeer<{
    makeIdempotent: (handle: (update: Update) => Promise<unknown>, options: object) => Contender['answer'];
    IdempotencyConfig: new (options: object) => Config;
  }>(peer);
  const { DynamoDBPersistenceLayer } = await loadPeer<{
    DynamoDBPersistenceLayer: new (options: object) => unknown;
  }>(peer, '/dynamodb');
  const client = new DynamoDBClient({
    endpoint: wire.url,
    region: 'us-east-1',
    credentials: LOCAL_CREDENTIALS,
  });
  const config = new IdempotencyConfig({ eventKeyJmesPath: 'update_id' });
  config.registerLambdaContext(CONTEXT);
  return makeIdempotent(
    async (update) => {
      await answer(update);
      return { outcome: 'done' };
    },
    {
      persistenceStore: new DynamoDBPersistenceLayer({ tableName: TABLES.updates, awsSdkV3Client: client }),
      config,
    },
  );
}

/** Everything that our bot finds in its table once it is deployed. @returns its environment */
export async function deployOurs({ url, store }: Wire): Promise<Record<string, string>> {
  const deployed = await deployedTable(store, { tableName: TABLES.ours, bot: ME, partitions: 1 });
  deployed.client.destroy();
  return {
    TABLE_NAME: TABLES.ours,
    TELEGRAM_BOT_TOKEN: TOKEN,
    TELEGRAM_API_ROOT: url,
    AWS_ENDPOINT_URL_DYNAMODB: url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
    POWERTOOLS_SERVICE_NAME: 'bench',
  };
}

/** An update as API Gateway hands it to the webhook function. */
export function eventOf(
  update: Update,
): Pick<APIGatewayProxyEventV2, 'headers' | 'body' | 'isBase64Encoded'> {
  const headers = { 'x-telegram-bot-api-secret-token': deriveWebhookSecret(TOKEN) };
  return { headers, body: JSON.stringify(update), isBase64Encoded: false };
}

/** The webhook function as it is deployed, in this process. */
async function ourBot(wire: Wire, environment: Record<string, string>): Promise<Contender['answer']> {
  Object.assign(process.env, await deployOurs(wire), environment);
  const { handler } = await import('../../../functions/webhook/handler.ts');
  return async (update) => {
    const result = await handler(eventOf(update) as APIGatewayProxyEventV2, CONTEXT);
    if ((result as { statusCode?: number }).statusCode !== 200)
      throw new Error(`The bot answered ${JSON.stringify(result)}`);
  };
}

async function createTable(
  client: DynamoDBDocumentClient,
  name: string,
  hash: string,
  range?: string,
): Promise<void> {
  const names = [hash, ...(range === undefined ? [] : [range])];
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: names.map((AttributeName, i) => ({ AttributeName, KeyType: i === 0 ? 'HASH' : 'RANGE' })),
    }),
  );
}
