import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { MAPPING_VERSION, partitionOf } from '../../functions/lease/layout.ts';
import { startBotApiServer } from '../../functions/local/bot-api/server.ts';
import type { BotApiServer } from '../../functions/local/bot-api/types.ts';
import { telegramApi } from '../../functions/telegram/bot-identity.ts';
import { deriveWebhookSecret } from '../../functions/telegram/webhook-secret.ts';
import { connectionsFor, setWebhook } from '../../functions/telegram/webhook-state.ts';
import { webhookFunction, type WebhookFunction } from '../../functions/wiring/webhook.ts';
import { deployedTable } from '../fixtures/deployed-table.ts';
import { fastEndpoint, type RunningEndpoint } from '../fixtures/local-dynamodb.ts';
import { startNetworkInRounds, type NetworkInRounds } from '../fixtures/network-in-rounds.ts';

const BOT = { id: 4_246, username: 'flooded_bot', first_name: 'Flooded' };
const TOKEN = `${BOT.id}:flood-test-token`;
const TOKEN_PARAMETER = '/flooded/token';
const TABLE_NAME = 'flooded';
const PARTITIONS = 16;
const CONNECTIONS = connectionsFor(PARTITIONS);
const FLOOD = 60;
/** One that waits for the slower of DynamoDB and Telegram takes a tenth of a second at most, in a region near by. */
const ROUNDS_IN_TWO_SECONDS = 20;
const DEADLINE_MS = 12_000;

const MALLORY = { id: 666, first_name: 'Mallory', language_code: 'en' };
const LAYOUT = { epoch: 1, partitions: PARTITIONS, mapping: MAPPING_VERSION };
/** Somebody whose chat shares Mallory's partition, or does not. */
const chatter = (isBeside: boolean, from: number) => {
  let id = from;
  while ((partitionOf(id, LAYOUT) === partitionOf(MALLORY.id, LAYOUT)) !== isBeside) id += 1;
  return { id, first_name: 'Ada', language_code: 'en' };
};

describe('while one user floods the webhook function', () => {
  let store: RunningEndpoint;
  let telegram: BotApiServer;
  let network: NetworkInRounds;
  let gateway: ReturnType<typeof createServer>;
  let idle: WebhookFunction[];

  beforeAll(async () => {
    store = await fastEndpoint().start();
    telegram = await startBotApiServer({ bots: { [TOKEN]: BOT } });
    network = await startNetworkInRounds({
      dynamoDb: store.endpoint,
      telegram: telegram.apiRoot,
      parameters: new Map([[TOKEN_PARAMETER, TOKEN]]),
    });
    await deployedTable(store.endpoint, { tableName: TABLE_NAME, bot: BOT, partitions: PARTITIONS });
    for (const [name, value] of Object.entries({
      AWS_ENDPOINT_URL_DYNAMODB: network.url,
      AWS_ENDPOINT_URL_SSM: network.url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      POWERTOOLS_METRICS_DISABLED: 'true',
    }))
      vi.stubEnv(name, value);
    // As many execution environments as Telegram opens connections, each with one update at a time.
    idle = Array.from({ length: CONNECTIONS }, (_, at) =>
      webhookFunction({
        TABLE_NAME,
        TELEGRAM_BOT_TOKEN_PARAMETER: TOKEN_PARAMETER,
        TELEGRAM_API_ROOT: network.url,
        LOG_LEVEL: 'SILENT',
        AWS_LAMBDA_LOG_STREAM_NAME: `stream-${at}`,
      }),
    );
    await Promise.all(idle.map(({ prepare }) => prepare()));
    gateway = createServer((request, response) => {
      void (async () => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk as Buffer);
        const environment = idle.pop()!;
        const headers = request.headers as Record<string, string | undefined>;
        const reply = await environment.receive({ headers, body: Buffer.concat(chunks) }, DEADLINE_MS);
        idle.push(environment);
        response.writeHead(reply.status, reply.headers).end(reply.body);
      })();
    });
    gateway.listen(0, '127.0.0.1');
    await once(gateway, 'listening');
    await setWebhook(telegramApi({ token: TOKEN, apiRoot: telegram.apiRoot }), {
      url: `http://127.0.0.1:${(gateway.address() as AddressInfo).port}/telegram/webhook`,
      secretToken: deriveWebhookSecret(TOKEN),
      maxConnections: CONNECTIONS,
    });
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await telegram.close();
    gateway.closeAllConnections();
    gateway.close();
    await network.close();
    await store.close();
  });

  /** @returns how often somebody had to wait for the network, and to be delivered, until there was an answer */
  const waitOf = async (
    user: ReturnType<typeof chatter>,
  ): Promise<{ rounds: number; deliveries: number }> => {
    network.reset();
    const { updateId } = telegram.sendMessage({ from: user, text: 'motor' });
    await telegram.nextMessage(user.id);
    return { rounds: network.cost().rounds.length, deliveries: telegram.deliveries(updateId).length };
  };

  it.each([
    ['another', false],
    ['the same', true],
  ])(
    'somebody in %s partition has an answer within two seconds',
    { timeout: 120_000 },
    async (_where, isBeside) => {
      for (let n = 0; n < FLOOD; n += 1) {
        telegram.sendMessage({ from: MALLORY, text: 'motor' });
        telegram.inlineQuery({ from: MALLORY, query: 'motor' });
      }
      const ended = () => telegram.deliveries().filter(({ endedAt }) => endedAt !== undefined).length;
      const before = ended();
      await vi.waitUntil(() => ended() > before + 10, { timeout: 60_000 });
      // A machine that stalls uses up the seconds for which a delivery waits: the best of three people counts.
      const waits = [];
      for (const first of [900, 910, 920]) waits.push(await waitOf(chatter(isBeside, first)));
      // It is not over.
      expect(telegram.pendingUpdates().length).toBeGreaterThan(FLOOD / 2);
      // Telegram makes a second delivery wait.
      const prompt = waits.filter(
        ({ rounds, deliveries }) => deliveries === 1 && rounds <= ROUNDS_IN_TWO_SECONDS,
      );
      expect(prompt, JSON.stringify(waits)).not.toHaveLength(0);
    },
  );
});
