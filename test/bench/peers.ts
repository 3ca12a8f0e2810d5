/**
 * One warm update answered by bare grammY, by what others would put in front of it, and by this bot: requests and units,
 * and the times as multiples of bare grammY's, in turns in one run, over a store that takes 0 and 4 ms.
 *
 *   npm run bench:peers [-- updates a block]
 */
import { performance } from 'node:perf_hooks';
import { type Contender, contendersOver, message } from './peers/contenders.ts';
import { PEER_VERSIONS } from './peers/packages.ts';
import { startWire, type Wire } from './peers/wire.ts';
import type { Counts } from './peers/wire-server.ts';

const BLOCKS = 5;
const STORE_MS = [0, 4];
const perBlock = Number(process.argv[2] ?? 60);

const wire = await startWire();
try {
  const contenders = await contendersOver(wire);
  const costs = await costsOf(wire, contenders);
  const times = [];
  for (const storeMs of STORE_MS) {
    await wire.set({ storeMs, telegramMs: 0, isCounting: false });
    times.push(await timesOf(contenders));
  }
  print(contenders, costs, times);
} finally {
  await wire.close();
}
process.exit();

/** The cost of one update for each contender, once it is warm. */
async function costsOf(network: Wire, contenders: readonly Contender[]): Promise<Counts[]> {
  await network.set({ storeMs: 0, telegramMs: 0, isCounting: true });
  const costs: Counts[] = [];
  for (const { answer, text } of contenders) {
    await answer(message(text));
    await network.counts();
    await answer(message(text));
    costs.push(await network.counts());
  }
  return costs;
}

/** By contender the p50 and p99 of each block as multiples of the first contender's, and the first's own p50. */
async function timesOf(
  contenders: readonly Contender[],
): Promise<{ p50: number[]; p99: number[]; ms: number }[]> {
  const found = contenders.map(() => ({ p50: [] as number[], p99: [] as number[], ms: 0 }));
  for (let block = 0; block <= BLOCKS; block += 1) {
    const taken = contenders.map(() => [] as number[]);
    for (let i = 0; i < perBlock; i += 1) {
      // In turns, so that what else the machine does falls upon all of them.
      for (const [who, { answer, text }] of contenders.entries()) {
        const update = message(text);
        const startMs = performance.now();
        await answer(update);
        taken[who]!.push(performance.now() - startMs);
      }
    }
    // The first block warms everything up.
    if (block === 0) continue;
    const bare = taken[0]!;
    for (const [who, each] of taken.entries()) {
      found[who]!.p50.push(quantile(each, 0.5) / quantile(bare, 0.5));
      found[who]!.p99.push(quantile(each, 0.99) / quantile(bare, 0.99));
      found[who]!.ms = quantile(each, 0.5);
    }
  }
  return found;
}

function print(
  contenders: readonly Contender[],
  costs: Counts[],
  times: Awaited<ReturnType<typeof timesOf>>[],
): void {
  console.log(`${PEER_VERSIONS}; the store is ${wire.storeName}.`);
  console.log(
    `${BLOCKS} blocks of ${perBlock} updates each; the median block, and in parentheses the least and the most.`,
  );
  const bare = times.map(([first], i) => `${first!.ms.toFixed(1)} ms at ${STORE_MS[i]} ms`).join(', ');
  console.log(`The p50 of bare grammY: ${bare}.\n`);
  const columns = STORE_MS.flatMap((ms) => [`p50, ${ms} ms`, `p99, ${ms} ms`]);
  console.log(`| one update, warm | requests | WRU | RRU | ${columns.join(' | ')} |`);
  console.log(`| --- | ---: | ---: | ---: |${' ---: |'.repeat(columns.length)}`);
  for (const [who, { name }] of contenders.entries()) {
    const { requests, writeUnits, readUnits } = costs[who]!;
    const cells = times.flatMap((each) => [spread(each[who]!.p50), spread(each[who]!.p99)]);
    console.log(`| ${[name, requests, writeUnits, readUnits, ...cells].join(' | ')} |`);
  }
}

function spread(values: number[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return `${quantile(values, 0.5).toFixed(1)} (${least.toFixed(1)}-${most.toFixed(1)})`;
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))]!;
}
