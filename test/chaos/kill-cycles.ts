/** Three processes on one data folder, killed again and again: `npm run kill-cycles -- 200`. Counts what was lost. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { bundleCommand } from '../../functions/cli/bundle.ts';
import { DynamoLeaseStore } from '../../functions/dynamodb/lease-store.ts';
import { DynamoLedgerStore } from '../../functions/dynamodb/ledger-store.ts';
import { WEBHOOK_PATH } from '../../functions/http/paths.ts';
import { startBotApiServer } from '../../functions/local/bot-api/server.ts';
import type { BotApiServer } from '../../functions/local/bot-api/types.ts';
import { openStore } from '../../functions/local/store/open-store.ts';
import { deriveWebhookSecret } from '../../functions/telegram/webhook-secret.ts';
import { freePort } from '../fixtures/free-port.ts';
import { pick, seededRandom } from '../fixtures/random.ts';
import { ConsumerSlot } from './consumer-slot.ts';
import { telegramClock } from './telegram-clock.ts';
import { startWire } from './wire.ts';

const ID = 7_000_000_007;
const TOKEN = `${ID}:kill-cycles-token`;
const TABLE = 'agent-factory-bot';
const PROCESSES = 3;
const ASK_EVERY_MS = 60;
/** Nobody asks while so many wait: a slow machine is asked slower, and is killed with updates in hand all the same. */
const MOST_PENDING = 40;
const READY_WITHIN_MS = 300_000;
/** Longer than an update waits whose attempts vanished with their processes. */
const STUCK_AFTER_MS = 15 * 60_000;
/** The share of cycles that kill everybody at once, and of cycles that kill one again while it starts. */
const ALL = 0.15;
const AGAIN = 0.35;

const cycles = Number(process.argv[2] ?? 200);
const seed = Number(process.argv[3] ?? Date.now() % 1_000_000);
if (!(cycles > 0) || !(seed >= 0)) {
  process.stderr.write('Usage: npm run kill-cycles -- [cycles, default 200] [seed]\n');
  process.exit(2);
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
process.exitCode = await run();

async function run(): Promise<number> {
  console.log(`Seed ${seed}`);
  const random = seededRandom(seed);
  const folder = mkdtempSync(join(tmpdir(), 'kill-cycles-'));
  // Inside the checkout, since packages are looked up from where the bundle lies.
  const bundle = fileURLToPath(new URL(`../../node_modules/.cache/kill-${process.pid}`, import.meta.url));
  const program = await bundleCommand(bundle);
  const server = await startBotApiServer({
    bots: { [TOKEN]: { id: ID, username: 'kill_cycles_bot', first_name: 'K' } },
    clock: telegramClock(10),
  });
  let kills = 0;
  const slots = await startSlots({ program, folder, apiRoot: server.apiRoot, onKill: () => (kills += 1) });
  const gateway = await startWire({
    target: () => {
      const ready = slots.filter((slot) => slot.ready);
      return ready.length === 0 ? undefined : pick(random, ready).origin;
    },
  });
  const sent: number[] = [];
  const ask = (): void => {
    if (server.pendingUpdates().length >= MOST_PENDING) return;
    const from = { id: 100 + (sent.length % 20), first_name: 'U' };
    const { updateId } = server.sendMessage({ from, text: sent.length % 3 === 0 ? '/help' : 'motor' });
    sent.push(updateId!);
  };
  let asking: NodeJS.Timeout | undefined;
  try {
    await setWebhook(server.apiRoot, `${gateway.url}${WEBHOOK_PATH}`);
    asking = setInterval(ask, ASK_EVERY_MS);
    let token = 0;
    let fell = 0;
    for (let cycle = 1; cycle <= cycles; cycle += 1) {
      await sleep(random() * 900);
      const victims = random() < ALL ? slots : [pick(random, slots)];
      for (const each of victims) each.kill();
      if (random() < AGAIN) {
        await sleep(random() * 1_500);
        victims[0]!.kill();
      }
      for (const slot of slots) await slot.untilReady(READY_WITHIN_MS);
      const granted = (await inspect(folder, [])).token;
      fell += granted < token ? 1 : 0;
      token = granted;
      if (cycle % 10 === 0)
        console.log(`${cycle} cycles, ${kills} kills, ${sent.length} sent, token ${token}`);
    }
    clearInterval(asking);
    const pending = await drained(server);
    const { done, lost, parked } = await inspect(
      folder,
      sent.filter((updateId) => !pending.has(updateId)),
    );
    console.log(
      `${cycles} cycles of ${PROCESSES} processes on one store, ${kills} kills, ${sent.length} updates:`,
    );
    console.log(
      `done ${done}, lost ${lost}, still pending ${pending.size}, parked ${parked}, fencing token fell ${fell} times`,
    );
    return lost + pending.size + parked + fell === 0 ? 0 : 1;
  } finally {
    clearInterval(asking);
    for (const slot of slots) slot.close();
    await gateway.close();
    await server.close();
    for (const each of [folder, bundle]) rmSync(each, { recursive: true, force: true });
  }
}

/** Waits as long as updates are confirmed to Telegram. @returns those that are not at the end */
async function drained(server: BotApiServer): Promise<ReadonlySet<number>> {
  const pending = (): Set<number> => new Set(server.pendingUpdates().map(({ update_id: id }) => id));
  let last = pending();
  for (let stuckMs = 0; last.size > 0 && stuckMs < STUCK_AFTER_MS; stuckMs += 500) {
    await sleep(500);
    const now = pending();
    if (now.size < last.size) stuckMs = 0;
    last = now;
  }
  return last;
}

async function startSlots(options: {
  program: string;
  folder: string;
  apiRoot: string;
  onKill: () => void;
}): Promise<ConsumerSlot[]> {
  const { program, folder, apiRoot, onKill } = options;
  const slots: ConsumerSlot[] = [];
  for (let slot = 0; slot < PROCESSES; slot += 1) {
    const env = {
      HOME: folder,
      TELEGRAM_BOT_TOKEN: TOKEN,
      TELEGRAM_API_ROOT: apiRoot,
      RATE_LIMIT_PER_MINUTE: '10000',
    };
    const port = await freePort();
    const started = new ConsumerSlot({ slot, program, port, folder, env, onMishap: onKill });
    slots.push(started);
    started.start();
    await started.untilReady(READY_WITHIN_MS);
  }
  return slots;
}

async function setWebhook(apiRoot: string, url: string): Promise<void> {
  const response = await fetch(`${apiRoot}/bot${TOKEN}/setWebhook`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ url, secret_token: deriveWebhookSecret(TOKEN), max_connections: 20 }),
  });
  if (!response.ok) throw new Error(`setWebhook: ${await response.text()}`);
}

/**
 * Counts the records of the store, read as another process reads it.
 * @param confirmed the updates that Telegram no longer has: one of them whose record is not final was lost
 */
async function inspect(
  folder: string,
  confirmed: readonly number[],
): Promise<{ token: number; done: number; lost: number; parked: number }> {
  const dataFolder = join(folder, 'data');
  const store = await openStore({ env: {}, tableName: TABLE, dataFolder, ifMissing: 'refuse' });
  try {
    const table = { client: store.client, tableName: store.tableName, scope: String(ID) };
    const lease = await new DynamoLeaseStore(table).read({ epoch: 1, partition: 0 });
    const ledger = new DynamoLedgerStore(table);
    const counts = { done: 0, dead: 0, lost: 0 };
    for (const updateId of confirmed) {
      const status = (await ledger.read(updateId))?.status;
      counts[status === 'done' || status === 'dead' ? status : 'lost'] += 1;
    }
    return { token: lease?.fencingToken ?? 0, done: counts.done, lost: counts.lost, parked: counts.dead };
  } finally {
    await store.close();
  }
}
