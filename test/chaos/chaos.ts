import { setTimeout as sleep } from 'node:timers/promises';
import { pick, seededRandom } from '../fixtures/random.ts';
import { audit, type Audit } from './audit.ts';
import { strike } from './faults.ts';
import { CALL_ID, NAME } from './observer.ts';
import { planFaults, type FaultKind } from './plan.ts';
import type { Observed } from './record.ts';
import { buildWorld, PEACE, type World, type WorldOptions } from './world.ts';

export interface ChaosOptions extends WorldOptions {
  seed: number;
  /** How long faults happen; what is left over is delivered afterwards. */
  durationMs: number;
  /** How many updates the users send meanwhile. */
  updates: number;
  /** Between the beginnings of two faults, on average. */
  faultEveryMs: number;
  /** The time of peace after which an undelivered update counts as lost. */
  drainWithinMs: number;
  /**
   * Whether updates that cannot be handled come amid the faults too. Where an attempt at one vanishes with its
   * process, it is parked no sooner than ten minutes after.
   */
  poisonUnderFire: boolean;
  say?: (line: string) => void;
}

export interface ChaosReport extends Audit {
  faults: ReadonlyMap<FaultKind, number>;
  processes: number;
  failedStarts: number;
  storeWrites: number;
  deliveries: number;
  tookMs: number;
}

const CHATS = 8;
/** One update in so many cannot be handled. */
const POISON_EVERY = 60;
const FIRST_POISON = 10;

/** One run: users write, faults happen, then peace until everything is delivered; then the count. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const startedAtMs = performance.now();
  const say = options.say ?? (() => {});
  const world = await buildWorld(options);
  try {
    say(`${options.consumers} consumers run over ${options.store}`);
    const termMs = options.deadlineMs + options.skewMs;
    const random = seededRandom(options.seed ^ 0x5eed);
    const { seed, durationMs, consumers, faultEveryMs: everyMs } = options;
    const plan = planFaults({ seed, durationMs, consumers, termMs, everyMs });
    const sending = sendUpdates(world, options);
    const faults = new Map<FaultKind, number>();
    const begunAtMs = performance.now();
    const strikes = plan.map(async (fault) => {
      await sleep(fault.atMs - (performance.now() - begunAtMs));
      say(
        `${seconds(performance.now() - startedAtMs)} ${fault.kind} (consumer ${fault.slot}, ${fault.forMs} ms)`,
      );
      faults.set(fault.kind, (faults.get(fault.kind) ?? 0) + 1);
      await strike(fault, { world, random, termMs });
    });
    const progress = setInterval(() => say(progressLine(world, startedAtMs)), 10_000);
    try {
      const [sent] = await Promise.all([sending, ...strikes]);
      await drain(world, sent, options);
      const observed = await observe(world, sent);
      return {
        ...audit(observed),
        faults,
        processes: world.slots.reduce((sum, { consumer }) => sum + Number(consumer.split('.')[1]), 0),
        failedStarts: world.slots.reduce((sum, { failedStarts }) => sum + failedStarts, 0),
        storeWrites: observed.writes.length,
        deliveries: world.server.deliveries().length,
        tookMs: performance.now() - startedAtMs,
      };
    } finally {
      clearInterval(progress);
    }
  } finally {
    await world.close();
  }
}

interface Sent {
  ids: number[];
  poison: number[];
}

async function sendUpdates(
  world: World,
  { updates, durationMs, seed, poisonUnderFire }: ChaosOptions,
): Promise<Sent> {
  const { server } = world;
  const random = seededRandom(seed);
  const sent: Sent = { ids: [], poison: [] };
  const users = Array.from({ length: CHATS }, (_, i) => ({ id: 900 + i, first_name: `User ${i}` }));
  for (const user of users) server.user(user);
  for (let i = 0; i < updates; i += 1) {
    const user = users[Math.floor(random() * CHATS)]!;
    const text = pick(random, QUESTIONS)(`${NAME}${i}`);
    const { updateId } = server.sendMessage({ from: user.id, text });
    if (updateId === undefined) throw new Error('The webhook does not take messages');
    world.observer.sent({ updateId, chatId: user.id, name: i });
    sent.ids.push(updateId);
    if (poisonUnderFire && i % POISON_EVERY === FIRST_POISON) sendPoison(world, sent);
    await sleep((durationMs / updates) * 2 * random());
  }
  return sent;
}

/** In a chat of its own, which it blocks until it is parked. */
function sendPoison({ server, observer }: World, sent: Sent): void {
  const from = { id: 2_000 + sent.poison.length, first_name: 'Poison' };
  const date = Math.floor(Date.now() / 1000);
  // A text that is no text makes the bot's own code throw.
  const message = { message_id: 1, date, chat: { id: from.id, type: 'private' }, from, text: 5 };
  const id = server.inject({ message });
  observer.sent({ updateId: id, chatId: from.id });
  sent.ids.push(id);
  sent.poison.push(id);
}

/** Questions whose answers name them, so that an answer tells which update it is for; and some that do not. */
const QUESTIONS = [
  (name: string) => `/kb_get ${name}`,
  (name: string) => `/kb_search motor ${name}`,
  (name: string) => `What is ${name}?`,
  () => '/help',
];

/** Peace: every fault is taken back, and Telegram delivers what it still has. */
async function drain(world: World, sent: Sent, { drainWithinMs, say }: ChaosOptions): Promise<void> {
  Object.assign(world.interference, PEACE);
  world.server.clearFaults();
  for (const slot of world.slots) slot.resume();
  sendPoison(world, sent);
  say?.(`Peace, with ${world.server.pendingUpdates().length} updates to deliver`);
  await world.server.drained({ timeoutMs: drainWithinMs }).catch(() => {});
  // A copy of an update may still be on its way.
  await sleep(100);
}

async function observe(world: World, { ids, poison }: Sent): Promise<Observed> {
  const { server, observer, ledger, mishaps } = world;
  const processed = new Set(
    server
      .calls()
      .filter((call) => call.processed)
      .map(({ payload }) => Number(payload[CALL_ID])),
  );
  const records = new Map<number, { status: string; attempts: number }>();
  for (const id of ids) {
    const record = await ledger.read(id);
    if (record !== undefined) records.set(id, record);
  }
  return {
    sent: ids,
    poison,
    writes: observer.writes(),
    calls: observer.calls(processed),
    answers: observer.answers,
    mishaps,
    ledger: records,
    undelivered: [
      ...server.pendingUpdates().map(({ update_id: id }) => id),
      ...server.droppedUpdates().map(({ updateId }) => updateId),
    ],
  };
}

function progressLine(world: World, startedAtMs: number): string {
  const { server, observer } = world;
  const pending = server.pendingUpdates().length;
  return `${seconds(performance.now() - startedAtMs)} ${pending} pending, ${observer.answers.length} deliveries answered`;
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1).padStart(6)} s`;
