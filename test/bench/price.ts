/**
 * Dollars per million updates, all in, beside the peers': units and time are measured (a store that takes 4 ms, a Telegram
 * that takes 100), prices are those of prices.ts. And what a thousand bots with ten million updates a day come to.
 *
 *   npm run bench:price
 */
import { performance } from 'node:perf_hooks';
import { METRICS } from '../../functions/telemetry/metric-names.ts';
import { type Contender, contendersOver, message } from './peers/contenders.ts';
import { PEER_VERSIONS } from './peers/packages.ts';
import { startWire } from './peers/wire.ts';
import { PRICES } from './prices.ts';

const MILLION = 1e6;
const TIMES = 20;
const NETWORK = { storeMs: 4, telegramMs: 100, isCounting: true };
/** As the webhook function has. */
const MEMORY_GB = 1;
/** One eventually consistent read an update; the asker's language has a key of its own. */
const POINTER_READ_UNITS = 0.5;
/** START, END and REPORT, which Lambda writes for any program. */
const LAMBDA_LOG_BYTES = 400;

interface Bill {
  name: string;
  ms: number;
  writeUnits: number;
  readUnits: number;
  logBytes: number;
}

const wire = await startWire();
const bills: Bill[] = [];
try {
  const contenders = await contendersOver(wire, { LOG_LEVEL: 'INFO', POWERTOOLS_METRICS_DISABLED: 'false' });
  await wire.set(NETWORK);
  for (const contender of contenders) bills.push(await billOf(contender));
} finally {
  await wire.close();
}
printBills();
printScale(bills.at(-1)!);
process.exit();

async function billOf({ name, text, answer }: Contender): Promise<Bill> {
  const warmUp = captureOutput();
  await answer(message(text));
  warmUp.end();
  await wire.counts();
  const log = captureOutput();
  const taken: number[] = [];
  for (let i = 0; i < TIMES; i += 1) {
    const startMs = performance.now();
    await answer(message(text));
    taken.push(performance.now() - startMs);
  }
  const logBytes = log.end() / TIMES + LAMBDA_LOG_BYTES;
  const { writeUnits, readUnits } = await wire.counts();
  // The machine's other work only ever adds.
  const ms = Math.min(...taken);
  return { name, ms, writeUnits: writeUnits / TIMES, readUnits: readUnits / TIMES, logBytes };
}

/** Counts the bytes that would go to the log, and shows none of them. */
function captureOutput(): { end: () => number } {
  const write = process.stdout.write.bind(process.stdout);
  let bytes = 0;
  process.stdout.write = (text: string | Uint8Array): boolean => {
    bytes += Buffer.byteLength(text);
    return true;
  };
  return {
    end: () => {
      process.stdout.write = write;
      return bytes;
    },
  };
}

function partsOf({ ms, writeUnits, readUnits, logBytes }: Bill): number[] {
  return [
    PRICES.apiRequest + PRICES.lambdaRequest,
    (ms / 1_000) * MEMORY_GB * PRICES.lambdaGbSecond,
    writeUnits * PRICES.writeUnit,
    readUnits * PRICES.readUnit,
    (logBytes / 1e9) * PRICES.logGb,
  ].map((each) => each * MILLION);
}

function sumOf(bill: Bill): number {
  return partsOf(bill).reduce((sum, each) => sum + each, 0);
}

function printBills(): void {
  console.log(
    `Prices of ${PRICES.region}, noted on ${PRICES.notedOn} (\`prices.ts\` has their sources); ${PEER_VERSIONS}.`,
  );
  console.log(
    `An update takes as long as the quickest of ${TIMES} did over a store of ${NETWORK.storeMs} ms and a Telegram of ${NETWORK.telegramMs} ms, ` +
      `on ${MEMORY_GB} GB of memory. The peers log nothing of their own.\n`,
  );
  console.log('| dollars per million updates | ms | requests | time | writes | reads | logs | all in |');
  console.log(`| --- |${' ---: |'.repeat(7)}`);
  for (const bill of bills) {
    const cells = [...partsOf(bill), sumOf(bill)].map((each) => each.toFixed(2));
    console.log(`| ${[bill.name, bill.ms.toFixed(0), ...cells].join(' | ')} |`);
  }
}

function printScale(ours: Bill): void {
  const [bots, perDay, peak, partitions] = [1_000, 10e6, 10, 32];
  const mean = perDay / 86_400;
  const perBot = (mean * peak) / bots;
  const metrics = Object.keys(METRICS).length * PRICES.customMetricMonth;
  const share = (used: number, limit: number): string => `${((used / limit) * 100).toFixed(1)} %`;
  const rows: [limit: string, most: number, used: number][] = [
    ['writes a second of one lease item', 1_000, perBot],
    ['write units a second of one partition key (all leases of a bot)', 1_000, perBot],
    ['read units a second of one partition key (the pointer)', 3_000, perBot * POINTER_READ_UNITS],
    ['messages a second that Telegram takes from a bot', 30, perBot],
    ['requests a second of API Gateway, by account', 10_000, mean * peak],
    ['Lambda environments at once, by account', 1_000, (mean * peak * ours.ms) / 1_000],
    ['tables, by account', 2_500, bots],
  ];
  console.log(
    `\n${bots} bots, ${perDay / MILLION} million updates a day: ${mean.toFixed(0)} updates a second, ` +
      `${(mean * peak).toFixed(0)} at a peak of ten times the mean, ${perBot.toFixed(2)} of them for one bot.\n`,
  );
  console.log('| limit | a second or at once | used at the peak | share |\n| --- | ---: | ---: | ---: |');
  for (const [limit, most, used] of rows.toSorted((a, b) => b[2] / b[1] - a[2] / a[1]))
    console.log(`| ${limit} | ${most} | ${used.toFixed(2)} | ${share(used, most)} |`);
  const traffic = (sumOf(ours) * perDay * 30) / MILLION;
  console.log(
    `\nA month: ${traffic.toFixed(0)} dollars for ${(perDay * 30) / MILLION} million updates, and ` +
      `${(bots * metrics).toFixed(0)} for ${bots} times ${Object.keys(METRICS).length} custom metrics, ` +
      `of ${partitions} partitions each.`,
  );
}
