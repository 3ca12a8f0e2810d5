import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import { startBotApiServer } from '../../functions/local/bot-api/server.ts';
import type { BotApiServer } from '../../functions/local/bot-api/types.ts';
import { fastEndpoint, localClient, type RunningEndpoint } from '../fixtures/local-dynamodb.ts';
import type { Env } from './bot-command.ts';
import { seedKnowledge } from './seeded-store.ts';

/** A bot of its own for each test: what one leaves pending at Telegram is none of the next one's. */
const BOTS = Array.from({ length: 24 }, (_, at) => ({
  id: 5150 + at,
  username: `shared_${at}_bot`,
  first_name: 'S',
}));

/** One that @BotFather has just made. */
export const NEW_BOT = { id: 5100, username: 'new_bot', first_name: 'N', hasInlineMode: false };

/** The id of the bot that these variables are for. */
export function botIdOf(env: Env): number {
  return Number.parseInt(env['TELEGRAM_BOT_TOKEN'] ?? '', 10);
}

export interface SharedStore {
  telegram: () => BotApiServer;
  endpoint: () => string;
  /** The variables of a bot on a fresh table of this store, with two atoms in it. */
  freshTable: () => Promise<Env>;
  /** The same table as another machine sees it. */
  asHost: (env: Env, hostId: string) => Env;
  /** Writes to the bot that these variables are for, and waits for its answer. */
  ask: (env: Env, text: string) => Promise<string | undefined>;
}

const ANNA = { id: 7, first_name: 'Anna' };

/** One DynamoDB endpoint and one Bot API server for the bots of several hosts. */
export function sharedStore(): SharedStore {
  let dynamo: RunningEndpoint;
  let telegram: BotApiServer;
  let tables = 0;
  beforeAll(async () => {
    dynamo = await fastEndpoint().start();
    telegram = await startBotApiServer({
      bots: Object.fromEntries(
        [...BOTS, NEW_BOT].map((profile) => [`${profile.id}:shared-store-test`, profile]),
      ),
    });
  });
  afterAll(async () => {
    await telegram.close();
    await dynamo.close();
  });
  return {
    telegram: () => telegram,
    endpoint: () => dynamo.endpoint,
    freshTable: async () => {
      const tableName = `cli-${randomUUID()}`;
      const client = localClient(dynamo.endpoint);
      await seedKnowledge({ client, tableName });
      client.destroy();
      return {
        TABLE_NAME: tableName,
        AWS_ENDPOINT_URL_DYNAMODB: dynamo.endpoint,
        TELEGRAM_BOT_TOKEN: `${BOTS[tables++]!.id}:shared-store-test`,
        TELEGRAM_API_ROOT: telegram.apiRoot,
        // A standing lease lasts three seconds longer than an update's deadline.
        HANDLER_DEADLINE_MS: '2000',
        MAX_CLOCK_SKEW_MS: '500',
      };
    },
    ask: async (env, text) => {
      const bot = botIdOf(env);
      telegram.sendMessage({ from: ANNA, text, bot });
      return (await telegram.nextMessage(ANNA.id, { timeoutMs: 90_000, bot })).text;
    },
    asHost: (env, hostId) => ({ ...env, BOT_HOST_ID: hostId }),
  };
}

/** A way to an endpoint that can be cut. Its port stays its own meanwhile. */
export async function cuttableWay(
  to: string,
): Promise<{ endpoint: string; cut: () => void; mend: () => void; close: () => Promise<void> }> {
  const target = Number(new URL(to).port);
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer((socket) => {
    if (isCut) return void socket.resetAndDestroy();
    const onward = connect(target, '127.0.0.1');
    for (const each of [socket, onward]) {
      sockets.add(each);
      each.on('error', () => {}).on('close', () => sockets.delete(each));
    }
    socket.pipe(onward).pipe(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const cut = (): void => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
  };
  return {
    endpoint: `http://127.0.0.1:${port}`,
    cut,
    mend: () => void (isCut = false),
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      cut();
      await closed;
    },
  };
}
