import { randomUUID } from 'node:crypto';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import type { Message, Update } from 'grammy/types';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type * as webhookFunction from '../../functions/webhook/handler.ts';
import type { DynamoLeaseStore } from '../../functions/dynamodb/lease-store.ts';
import type { Outcome } from '../../functions/lease/outcome.ts';
import { startBotApiServer } from '../../functions/local/bot-api/server.ts';
import type { BotApiServer } from '../../functions/local/bot-api/types.ts';
import { deriveWebhookSecret } from '../../functions/telegram/webhook-secret.ts';
import { answerOf, Chat } from '../fixtures/conversation.ts';
import { deployedTable } from '../fixtures/deployed-table.ts';
import { dynamoEndpoints, type RunningEndpoint } from '../fixtures/local-dynamodb.ts';
import { startNetworkInRounds, type NetworkInRounds } from '../fixtures/network-in-rounds.ts';

const HANDLER = '../../functions/webhook/handler.ts';
const BOT = { id: 4_243, username: 'counted_bot', first_name: 'Counted' };
const TOKEN = `${BOT.id}:counted-test-token`;
const TOKEN_PARAMETER = '/counted/token';
const TABLE_NAME = 'counted';
const ada = { id: 501, first_name: 'Ada', language_code: 'en' };

type Deliver = (update: Update) => Promise<Outcome>;

// Only the native one answers a refused write with the item that refused it, as DynamoDB does.
const native = dynamoEndpoints().find(({ name }) => name === 'dynoxide')!;
const skipped = native.unavailable === undefined ? '' : ` (skipped: ${native.unavailable})`;

describe.skipIf(skipped !== '')(`the webhook function${skipped}`, () => {
  let store: RunningEndpoint;
  let telegram: BotApiServer;
  let network: NetworkInRounds;
  let leases: DynamoLeaseStore;

  beforeAll(async () => {
    store = await native.start();
    telegram = await startBotApiServer({ bots: { [TOKEN]: BOT } });
    network = await startNetworkInRounds({
      dynamoDb: store.endpoint,
      telegram: telegram.apiRoot,
      parameters: new Map([[TOKEN_PARAMETER, TOKEN]]),
    });
    ({ leases } = await deployedTable(store.endpoint, { tableName: TABLE_NAME, bot: BOT, partitions: 1 }));
    for (const [name, value] of Object.entries({
      TABLE_NAME,
      TELEGRAM_BOT_TOKEN_PARAMETER: TOKEN_PARAMETER,
      TELEGRAM_API_ROOT: network.url,
      AWS_ENDPOINT_URL_DYNAMODB: network.url,
      AWS_ENDPOINT_URL_SSM: network.url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      RATE_LIMIT_PER_MINUTE: '1000',
      LOG_LEVEL: 'SILENT',
      POWERTOOLS_METRICS_DISABLED: 'true',
    }))
      vi.stubEnv(name, value);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await network.close();
    await telegram.close();
    await store.close();
  });

  let environments = 0;
  /** An execution environment of the function: its module, loaded anew. Those below it keep no state. */
  const startEnvironment = async (): Promise<Deliver> => {
    environments += 1;
    const { handler } = (await import(
      /* @vite-ignore */ `${HANDLER}?environment=${environments}`
    )) as typeof webhookFunction;
    return async (update) => {
      const event = {
        headers: { 'x-telegram-bot-api-secret-token': deriveWebhookSecret(TOKEN) },
        body: JSON.stringify(update),
        isBase64Encoded: false,
      };
      const context = { getRemainingTimeInMillis: () => 60_000 };
      const result = await handler(event as unknown as APIGatewayProxyEventV2, context as Context);
      const { body = '' } = result as APIGatewayProxyStructuredResultV2;
      return { kind: (JSON.parse(body) as { outcome: string }).outcome } as Outcome;
    };
  };
  const chatOf = (deliver: Deliver): Chat =>
    new Chat({ server: telegram, consume: deliver, user: ada, chatId: ada.id });
  const costOf = async (act: () => Promise<unknown>): Promise<string> => {
    network.reset();
    await act();
    const { rounds, ofDynamoDb, writeUnits, readUnits } = network.cost();
    return `${rounds.join(', ')}: ${ofDynamoDb} waits for DynamoDB, ${writeUnits} WRU, ${readUnits} RRU`;
  };
  /** As a holder does that goes in peace: the next one has nothing to take over. */
  const freeTheLease = async (): Promise<void> => {
    const key = { epoch: 1, partition: 0 };
    const { holder = '', fencingToken } = (await leases.read(key))!;
    await leases.release({ key, holder, fencingToken, attemptId: randomUUID() });
  };

  describe('while it is warm', () => {
    let deliver: Deliver;
    let chat: Chat;
    beforeAll(async () => {
      deliver = await startEnvironment();
      chat = chatOf(deliver);
      await chat.say('/help');
    });

    it('answers /help at this cost', async () => {
      expect(await costOf(() => chat.say('/help'))).toMatchInlineSnapshot(
        `"acquire | language | pointer, claim, sendMessage, settle: 3 waits for DynamoDB, 3 WRU, 1 RRU"`,
      );
    });

    it('answers a search at the cost of /help, since excerpts are in memory', async () => {
      expect(await costOf(() => chat.say('motor'))).toMatchInlineSnapshot(
        `"acquire | language | pointer, claim, sendMessage, settle: 3 waits for DynamoDB, 3 WRU, 1 RRU"`,
      );
    });

    it('answers a press at this cost, of a page and of a label', async () => {
      const { messages } = await chat.say('motor');
      const [list] = messages as [Message];
      expect(await costOf(() => chat.press('›', list))).toMatchInlineSnapshot(
        `"acquire | language | pointer, claim, answerCallbackQuery, editMessageText, settle: 3 waits for DynamoDB, 3 WRU, 1 RRU"`,
      );
      expect(await costOf(() => chat.pressData('v1:n', list))).toMatchInlineSnapshot(
        `"acquire | language | pointer, claim, answerCallbackQuery, settle: 3 waits for DynamoDB, 3 WRU, 1 RRU"`,
      );
    });

    it('answers an inline query at the cost of /help, since what it shares is in memory', async () => {
      expect(await costOf(() => chat.inlineQuery('motor'))).toMatchInlineSnapshot(
        `"acquire | language | pointer, claim, answerInlineQuery, settle: 3 waits for DynamoDB, 3 WRU, 1 RRU"`,
      );
    });

    it('opens an article at this cost, first and repeated', async () => {
      const { messages } = await chat.say('lockout');
      const [list] = messages as [Message];
      expect(await costOf(() => chat.press(/^1\. /, list))).toMatchInlineSnapshot(
        `"acquire | language | pointer, claim, atoms, answerCallbackQuery, editMessageText, settle: 4 waits for DynamoDB, 3 WRU, 1.5 RRU"`,
      );
      expect(await costOf(() => chat.press(/^1\. /, list))).toMatchInlineSnapshot(
        `"acquire | language | pointer, claim, answerCallbackQuery, editMessageText, settle: 3 waits for DynamoDB, 3 WRU, 1 RRU"`,
      );
    });

    it('turns a duplicate away at this cost', async () => {
      const { update } = await chat.say('/help');
      expect(await costOf(() => deliver(update))).toMatchInlineSnapshot(
        `"acquire | language | pointer, claim: 2 waits for DynamoDB, 2 WRU, 1 RRU"`,
      );
    });

    it('fails at this cost, and parks at this', async () => {
      const refused = telegram.fault({
        fault: { kind: 'refused', reason: 'no reason' },
        method: 'sendMessage',
        times: Infinity,
      });
      let update: Update | undefined;
      expect(await costOf(async () => ({ update } = await chat.say('/help')))).toMatchInlineSnapshot(
        `"acquire | language | pointer, claim, sendMessage, settle: 3 waits for DynamoDB, 3 WRU, 1 RRU"`,
      );
      for (let attempt = 2; attempt <= 4; attempt += 1) await deliver(update!);
      expect(await costOf(() => deliver(update!))).toMatchInlineSnapshot(
        `"acquire | language | pointer, claim, sendMessage, list of the dead, settle, language, sendMessage: 5 waits for DynamoDB, 6 WRU, 1.5 RRU"`,
      );
      refused.remove();
    });

    it('takes over from another environment at this cost', async () => {
      const other = chatOf(await startEnvironment());
      await other.say('/help');
      expect(await costOf(() => chat.say('/help'))).toMatchInlineSnapshot(
        `"acquire | language | pointer, ledger, acquire, claim, sendMessage, settle: 5 waits for DynamoDB, 4 WRU, 2 RRU"`,
      );
    });
  });

  describe('when it starts', () => {
    let deliver: Deliver;
    beforeEach(() => freeTheLease());

    it('reads beside each other what needs no update, and then answers /help at this cost', async () => {
      expect(await costOf(async () => (deliver = await startEnvironment()))).toMatchInlineSnapshot(
        `"pointer | secrets, identity | layout | snapshot x 3: 2 waits for DynamoDB, 0 WRU, 30 RRU"`,
      );
      expect(await costOf(() => chatOf(deliver).say('/help'))).toMatchInlineSnapshot(
        `"acquire | language | pointer, claim, sendMessage, settle: 3 waits for DynamoDB, 3 WRU, 1 RRU"`,
      );
    });

    it('answers a search at this cost', async () => {
      deliver = await startEnvironment();
      expect(await costOf(() => chatOf(deliver).say('motor'))).toMatchInlineSnapshot(
        `"acquire | language | pointer, claim, sendMessage, settle: 3 waits for DynamoDB, 3 WRU, 1 RRU"`,
      );
    });

    it('leaves to the first update what could not be read', async () => {
      network.setDown(true);
      deliver = await startEnvironment();
      network.setDown(false);
      const cost = await costOf(async () =>
        expect(answerOf(await chatOf(deliver).say('/help'))).toMatch(/^📖/),
      );
      expect(cost).toMatchInlineSnapshot(
        `"secrets, language | layout | pointer, acquire | snapshot x 3, claim, identity, sendMessage, settle: 5 waits for DynamoDB, 3 WRU, 30.5 RRU"`,
      );
    });
  });
});
