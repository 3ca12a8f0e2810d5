import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Api } from 'grammy/web';
import { activateLayout } from '../../functions/lease/layout-change.ts';
import { startBotApiServer } from '../../functions/local/bot-api/server.ts';
import type { BotApiServer } from '../../functions/local/bot-api/types.ts';
import { startHttpFront, type HttpFront } from '../../functions/local/http-front.ts';
import { SECRETS_CACHED_MS, SecretsReader } from '../../functions/settings/secrets.ts';
import { readSettings } from '../../functions/settings/settings.ts';
import { setWebhook } from '../../functions/telegram/webhook-state.ts';
import { createReceiver } from '../../functions/http/receive.ts';
import { consumerOver, openProtocol } from '../../functions/wiring/protocol.ts';
import { fastEndpoint, localClient, type RunningEndpoint } from '../fixtures/local-dynamodb.ts';
import { createTableIfMissing } from '../../functions/dynamodb/table.ts';

const TOKEN = '42:right';
const SETTINGS = {
  TELEGRAM_BOT_TOKEN: TOKEN,
  TELEGRAM_WEBHOOK_SECRET_PARAMETER: '/secret',
  TELEGRAM_WEBHOOK_SECRET_PREVIOUS_PARAMETER: '/previous',
};

describe('rotating the webhook secret, as infra/README.md says', () => {
  let store: RunningEndpoint;
  let telegram: BotApiServer;
  let front: HttpFront;
  let parameters: Map<string, string>;
  let nowMs: number;
  let handled: number[];
  let clocks: { aheadMs: number }[];
  let turn: number;

  beforeAll(async () => {
    store = await fastEndpoint().start();
    telegram = await startBotApiServer({ bots: { [TOKEN]: { id: 42, username: 'b', first_name: 'B' } } });
  });
  afterAll(async () => {
    await telegram.close();
    await front.close();
    await store.close();
  });

  /** Two execution environments that take turns, each with its own cache of the secrets. */
  beforeEach(async () => {
    parameters = new Map([['/secret', 'first']]);
    [nowMs, handled, turn] = [0, [], 0];
    clocks = [{ aheadMs: 0 }, { aheadMs: 0 }];
    const client = localClient(store.endpoint);
    const settings = { ...readSettings(SETTINGS), tableName: `rotation-${Date.now()}` };
    await createTableIfMissing(client, settings.tableName);
    const environments = await Promise.all(
      clocks.map(async (clock, i) => {
        const secrets = new SecretsReader({
          telegram: settings.telegram,
          readParameters: async () => new Map(parameters),
          nowMs: () => nowMs + clock.aheadMs,
        });
        const protocol = openProtocol({
          client,
          settings,
          scope: '42',
          holder: `environment-${i}`,
          emit: () => {},
        });
        await activateLayout(protocol.leases, 1);
        const handle = async ({ update_id: id }: { update_id: number }) => void handled.push(id);
        const consumer = consumerOver(protocol, { handle, maxAttempts: 5 });
        return createReceiver({
          acceptedSecrets: async () => {
            const { webhookSecret, previousWebhookSecret } = await secrets.read();
            return [webhookSecret, previousWebhookSecret];
          },
          consumer: async () => consumer,
          onAnswered: () => {},
          onProblem: () => {},
        });
      }),
    );
    await front?.close();
    front = await startHttpFront({
      port: 0,
      receive: (request) => environments[(turn += 1) % 2]!(request, 5_000),
      health: () => Promise.reject(new Error('nobody asks')),
    });
  });

  const tellTelegram = async (secretToken: string) => {
    // Telegram takes one setWebhook a second.
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    await setWebhook(new Api(TOKEN, { apiRoot: telegram.apiRoot }), {
      url: `http://127.0.0.1:${front.port}/telegram/webhook`,
      secretToken,
      maxConnections: 1,
    });
  };
  const send = async (count: number): Promise<number[]> => {
    const ids = Array.from({ length: count }, () =>
      telegram.sendMessage({ from: { id: 7, first_name: 'A' }, text: 'x' }),
    );
    await telegram.drained();
    return ids.map(({ updateId }) => updateId!);
  };
  const refusals = (ids: number[]) =>
    ids.flatMap((id) => telegram.deliveries(id)).filter(({ status }) => status === 401).length;

  it('loses no update, handles each once, and refuses not one of them', async () => {
    await tellTelegram('first');
    const sent = await send(4);
    parameters = new Map([
      ['/secret', 'second'],
      ['/previous', 'first'],
    ]);
    clocks[0]!.aheadMs = SECRETS_CACHED_MS;
    sent.push(...(await send(4)));
    nowMs += SECRETS_CACHED_MS;
    await tellTelegram('second');
    sent.push(...(await send(4)));
    parameters.delete('/previous');
    nowMs += 2 * SECRETS_CACHED_MS;
    sent.push(...(await send(4)));
    expect(handled.toSorted()).toEqual(sent.toSorted());
    expect(refusals(sent)).toBe(0);
  });

  it('loses no update either when Telegram learns the new one before everybody has read it', async () => {
    await tellTelegram('first');
    const sent = await send(2);
    parameters = new Map([
      ['/secret', 'second'],
      ['/previous', 'first'],
    ]);
    clocks[0]!.aheadMs = SECRETS_CACHED_MS;
    await tellTelegram('second');
    sent.push(...(await send(3)));
    expect(handled.toSorted()).toEqual(sent.toSorted());
    expect(refusals(sent)).toBeGreaterThan(0);
  });
});
