/**
 * The cost of many chats that write at once, by the number of partitions and of Telegram's connections: the real
 * consumer over the simulated table (a request takes 4 to 24 ms, a Telegram call 40 to 160 ms), Telegram and Lambda.
 *
 *   npm run bench:contention
 */
import type { Plan } from '../simulation/plan.ts';
import { QUIET } from '../simulation/scenarios/scenario.ts';
import { WELL_BEHAVED, type PlannedUpdate } from '../simulation/world/updates.ts';
import { World } from '../simulation/world/world.ts';

const AT_ONCE = 40;
const SEEDS = [1, 2, 3, 4, 5];
const CUTS = [
  [1, 1],
  [1, 10],
  [4, 4],
  [8, 8],
  [16, 8],
  [32, 8],
  [32, 16],
  [100, 40],
] as const;

interface Load {
  name: string;
  thinkMs: number;
  isStuck: boolean;
}
const LOADS: readonly Load[] = [
  { name: '0.1 s each', thinkMs: 10, isStuck: false },
  { name: '1.6 s each', thinkMs: 1_500, isStuck: false },
  { name: '0.1 s each, one stuck', thinkMs: 10, isStuck: true },
];
const QUICK: Load = { name: 'at once', thinkMs: 0, isStuck: false };
const THROUGH = 200;
const PARTITIONS = [1, 2, 4, 8, 16];
const TELEGRAM_MS = [0, 100];

/** The chat whose handling never ends: each attempt of it uses up its deadline. */
const STUCK = 0;

function planOf(seed: number, cut: readonly [number, number], load: Load, count = AT_ONCE): Plan {
  const [partitions, maxConnections] = cut;
  const { thinkMs, isStuck } = load;
  const updates = Array.from({ length: count }, (_, index): PlannedUpdate => {
    const hangs = isStuck && index === STUCK ? { times: 3, afterCalls: 0 } : WELL_BEHAVED.hangs;
    return {
      update_id: 1_000 + index,
      generation: 1,
      atMs: 100 + (index % 7),
      chat: 5_000_017 + index * 7_919 * seed,
      kind: 'message',
      behaviour: { ...WELL_BEHAVED, thinkMs, hangs },
    };
  });
  return {
    ...QUIET,
    seed,
    profile: 'contention',
    partitions,
    maxEnvironments: maxConnections,
    maxConnections,
    updates,
  };
}

interface Measured {
  requests: number;
  refusals: number;
  lastMs: number;
}

/** Measures every update but the stuck chat's own. */
async function measure(plan: Plan, load: Load): Promise<Measured> {
  const world = new World(plan);
  await world.run(() => {});
  const isStuck = (updateId: number): boolean => load.isStuck && updateId === 1_000 + STUCK;
  const times = world.history
    .of('confirmed')
    .filter(({ updateId }) => !isStuck(updateId))
    .map(({ atMs }) => atMs - 100);
  const lastMs = Math.max(...times);
  const requests = world.history.of('store').filter(({ atMs }) => atMs <= lastMs + 100).length;
  const refusals = world.history
    .of('delivery')
    .filter(({ atMs, outcome }) => outcome?.kind === 'busy' && atMs <= lastMs + 100).length;
  return { requests: requests / times.length, refusals, lastMs };
}

/** The rate at which `THROUGH` chats that write at once are served, over as many connections as partitions. */
async function updatesPerSecond(partitions: number, telegramMs: number): Promise<number> {
  const rates: number[] = [];
  for (const seed of SEEDS) {
    const plan = planOf(seed, [partitions, partitions], QUICK, THROUGH);
    const { lastMs } = await measure({ ...plan, telegramMs }, QUICK);
    rates.push(THROUGH / (lastMs / 1_000));
  }
  return mean(rates);
}

const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

console.log(
  `${AT_ONCE} updates of as many chats at once, the mean of ${SEEDS.length} runs. A cell: requests to DynamoDB`,
);
console.log('an update, deliveries answered 503, and when the last one was answered.\n');
console.log(`| partitions | connections | ${LOADS.map(({ name }) => name).join(' | ')} |`);
console.log(`| ---: | ---: | ${LOADS.map(() => '---').join(' | ')} |`);
for (const cut of CUTS) {
  const cells: string[] = [];
  for (const load of LOADS) {
    const runs: Measured[] = [];
    for (const seed of SEEDS) runs.push(await measure(planOf(seed, cut, load), load));
    const requests = mean(runs.map((run) => run.requests)).toFixed(1);
    const refusals = mean(runs.map((run) => run.refusals)).toFixed(0);
    const lastS = (mean(runs.map((run) => run.lastMs)) / 1_000).toFixed(1);
    cells.push(`${requests}, ${refusals}, ${lastS} s`);
  }
  console.log(`| ${cut.join(' | ')} | ${cells.join(' | ')} |`);
}

console.log(
  `\nUpdates a second, ${THROUGH} of as many chats at once, over as many connections as partitions:\n`,
);
console.log(`| partitions | ${TELEGRAM_MS.map((ms) => `Telegram answers in ${ms} ms`).join(' | ')} |`);
console.log(`| ---: | ${TELEGRAM_MS.map(() => '---:').join(' | ')} |`);
for (const partitions of PARTITIONS) {
  const rates: number[] = [];
  for (const telegramMs of TELEGRAM_MS) rates.push(await updatesPerSecond(partitions, telegramMs));
  console.log(`| ${partitions} | ${rates.map((rate) => rate.toFixed(1)).join(' | ')} |`);
}
