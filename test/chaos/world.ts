import { Readable } from 'node:stream';
import { mkdtempSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleCommand } from '../../functions/cli/bundle.ts';
import { DynamoLeaseStore } from '../../functions/dynamodb/lease-store.ts';
import { DynamoLedgerStore } from '../../functions/dynamodb/ledger-store.ts';
import { createTableIfMissing } from '../../functions/dynamodb/table.ts';
import { importAtoms } from '../../functions/knowledge/import.ts';
import type { StreamSource } from '../../functions/knowledge/read-atoms.ts';
import { activateLayout } from '../../functions/lease/layout-change.ts';
import { startBotApiServer } from '../../functions/local/bot-api/server.ts';
import type { BotApiServer } from '../../functions/local/bot-api/types.ts';
import { WEBHOOK_PATH } from '../../functions/http/paths.ts';
import { deriveWebhookSecret } from '../../functions/telegram/webhook-secret.ts';
import { publishingIn } from '../../functions/wiring/publishing.ts';
import { localClient } from '../fixtures/dynamodb-endpoints.ts';
import { freePort } from '../fixtures/free-port.ts';
import { manyAtoms } from '../fixtures/many-atoms.ts';
import { ConsumerSlot, type Mishap } from './consumer-slot.ts';
import { CALL_ID, Observer } from './observer.ts';
import type { StoreWrite } from './record.ts';
import { StoreProcess, type StoreName } from './stores.ts';
import { telegramClock } from './telegram-clock.ts';
import { startWire, type Exchange, type Fate, type Wire } from './wire.ts';

export const BOT = { id: 7_000_000_006, username: 'chaos_test_bot', first_name: 'Chaos' };
export const TOKEN = `${BOT.id}:chaos-test-token`;
const TABLE = 'chaos';
const READY_WITHIN_MS = 60_000;

export interface WorldOptions {
  store: StoreName;
  /** The folder of Amazon's DynamoDB Local. */
  jarFolder?: string | undefined;
  consumers: number;
  /** How many updates are handled at once, each chat's in order. */
  partitions: number;
  deadlineMs: number;
  skewMs: number;
  /** How many times as fast as ours Telegram's time runs. */
  telegramSpeed: number;
  /** The packed command, where it is made already. */
  program?: string;
  /** More of the consumers' environment. */
  env?: Record<string, string>;
}

/** The fates of everything that goes over the wires; replaced while a fault lasts. */
export interface Interference {
  store: (slot: number, exchange: Exchange) => Fate;
  botApi: (slot: number, exchange: Exchange) => Fate;
  webhook: (exchange: Exchange) => Fate;
  /** A write of the protocol has landed, and its consumer does not know yet. */
  landed: (slot: number, write: StoreWrite) => void;
  /** A call has taken effect, and its consumer does not know yet. */
  called: (slot: number) => void;
  /** A consumer is about to send a request to the store. */
  storeAsked: (slot: number, exchange: Exchange) => void;
}

export const PEACE: Interference = {
  store: () => ({ kind: 'pass' }),
  botApi: () => ({ kind: 'pass' }),
  webhook: () => ({ kind: 'pass' }),
  landed: () => {},
  called: () => {},
  storeAsked: () => {},
};

/** Everything a run takes place in: a store, a Bot API server, consumers, and the wires between them. */
export interface World {
  store: StoreProcess;
  server: BotApiServer;
  slots: readonly ConsumerSlot[];
  observer: Observer;
  mishaps: Mishap[];
  interference: Interference;
  /** Read past every wire. */
  ledger: DynamoLedgerStore;
  close(): Promise<void>;
}

/** Telegram → gateway → consumers → wires → store and Bot API; resolves when every consumer runs. */
export async function buildWorld(options: WorldOptions): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'chaos-'));
  const closing: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  const close = async (): Promise<void> => {
    for (const each of closing.splice(0).reverse()) await each();
  };
  try {
    return await build(options, folder, closing, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function build(
  options: WorldOptions,
  folder: string,
  closing: (() => unknown)[],
  close: World['close'],
): Promise<World> {
  const storeFolder = join(folder, 'store');
  mkdirSync(storeFolder);
  const store = await StoreProcess.start(options.store, {
    folder: storeFolder,
    jarFolder: options.jarFolder,
  });
  closing.push(() => store.kill());
  const client = localClient(store.endpoint);
  closing.push(() => client.destroy());
  const table = { client, tableName: TABLE };
  await createTableIfMissing(client, TABLE);
  await importAtoms({ ...publishingIn(table), source: fewAtoms(), mode: 'replace' });
  await activateLayout(new DynamoLeaseStore({ ...table, scope: String(BOT.id) }), options.partitions);
  const server = await startBotApiServer({
    bots: { [TOKEN]: BOT },
    clock: telegramClock(options.telegramSpeed),
  });
  closing.push(() => server.close());

  const world: World = {
    store,
    server,
    slots: [],
    observer: new Observer(),
    mishaps: [],
    interference: { ...PEACE },
    ledger: new DynamoLedgerStore({ ...table, scope: String(BOT.id) }),
    close,
  };
  const program = options.program ?? (await bundledCommand(basename(folder), closing));
  const slots: ConsumerSlot[] = [];
  for (let slot = 0; slot < options.consumers; slot += 1) {
    const wires = await wiresOf(world, slot, () => slots[slot]?.consumer ?? '');
    closing.push(() => Promise.all(wires.map((wire) => wire.close())));
    const [storeWire, botApiWire] = wires;
    const consumer = new ConsumerSlot({
      slot,
      program,
      port: await freePort(),
      folder: join(folder, `consumer-${slot}`),
      env: {
        AWS_ENDPOINT_URL_DYNAMODB: storeWire.url,
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'local',
        AWS_SECRET_ACCESS_KEY: 'local',
        TABLE_NAME: TABLE,
        TELEGRAM_BOT_TOKEN: TOKEN,
        TELEGRAM_API_ROOT: botApiWire.url,
        HANDLER_DEADLINE_MS: String(options.deadlineMs),
        MAX_CLOCK_SKEW_MS: String(options.skewMs),
        RATE_LIMIT_PER_MINUTE: '10000',
        // Each is a machine of its own, so that a dead holder is known only to its own successor.
        BOT_HOST_ID: `machine-${slot}`,
        ...options.env,
      },
      onMishap: (mishap) => world.mishaps.push(mishap),
    });
    closing.push(() => consumer.close());
    slots.push(consumer);
    consumer.start();
  }
  world.slots = slots;
  for (const slot of slots) await slot.untilReady(READY_WITHIN_MS);
  const gateway = await startGateway(world, options.deadlineMs);
  closing.push(() => gateway.close());
  await setWebhook(server, `${gateway.url}${WEBHOOK_PATH}`);
  return world;
}

async function bundledCommand(name: string, closing: (() => unknown)[]): Promise<string> {
  // Inside the checkout, since packages are looked up from where the bundle lies.
  const bundle = fileURLToPath(new URL(`../../node_modules/.cache/${name}`, import.meta.url));
  closing.push(() => rmSync(bundle, { recursive: true, force: true }));
  return bundleCommand(bundle);
}

/** The consumers would import the starter set: this is quicker, and as good to search in. */
function fewAtoms(): StreamSource {
  const lines = [...manyAtoms(20)].map((atom) => `${JSON.stringify(atom)}\n`);
  return { name: 'atoms.jsonl', stream: Readable.from(lines) };
}

async function wiresOf(world: World, slot: number, consumer: () => string): Promise<[Wire, Wire]> {
  const { observer, server, store } = world;
  const storeWire = await startWire({
    target: () => store.endpoint,
    fate: (exchange) => {
      world.interference.storeAsked(slot, exchange);
      return world.interference.store(slot, exchange);
    },
    onAnswer: (exchange) => {
      const write = observer.storeExchange(consumer(), exchange);
      if (write?.result === 'applied') world.interference.landed(slot, write);
    },
  });
  const visible = new WeakSet<Exchange>();
  const botApiWire = await startWire({
    target: () => server.apiRoot,
    fate: (exchange) => {
      // Before it can be held up: by then its consumer may be at another attempt.
      if (observer.callArrived(consumer(), exchange)) visible.add(exchange);
      return world.interference.botApi(slot, exchange);
    },
    pathFor: (exchange) => `${exchange.path}?${CALL_ID}=${exchange.id}`,
    onAnswer: (exchange) => {
      if (visible.has(exchange) && exchange.status === 200) world.interference.called(slot);
    },
  });
  return [storeWire, botApiWire];
}

/** One address in front of all consumers, which gives up on one that is silent for longer than it may take. */
async function startGateway(world: World, deadlineMs: number): Promise<Wire> {
  let turn = 0;
  return startWire({
    target: () => {
      const ready = world.slots.filter((slot) => slot.ready);
      turn += 1;
      return ready[turn % ready.length]?.origin;
    },
    timeoutMs: deadlineMs * 2,
    fate: (exchange) => world.interference.webhook(exchange),
    onAnswer: (exchange) => world.observer.webhookExchange(exchange),
  });
}

async function setWebhook(server: BotApiServer, url: string): Promise<void> {
  const response = await fetch(`${server.apiRoot}/bot${TOKEN}/setWebhook`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ url, secret_token: deriveWebhookSecret(TOKEN), max_connections: 20 }),
  });
  if (!response.ok) throw new Error(`setWebhook: ${await response.text()}`);
}
