/**
 * The cost of the lease and the ledger: the same bot answering the same message with and without them, in interleaved
 * rounds against one store and one Bot API server.
 *
 *   npm run bench:update [-- rounds]
 */
import type { Update } from 'grammy/types';
import { Countdown, systemClock } from '../../functions/lease/clock.ts';
import { Tenure } from '../../functions/lease/tenure.ts';
import { createUpdateHandler } from '../../functions/bot/create-handler.ts';
import type { UpdateHandler } from '../../functions/lease/verdict.ts';
import { startTestBot, type TestBot } from '../fixtures/conversation.ts';
import { dynamoEndpoints, type DynamoEndpoint } from '../fixtures/local-dynamodb.ts';

const PER_ROUND = 50;
const rounds = Number(process.argv[2] ?? 10);
let nextId = 1;

for (const store of dynamoEndpoints()) {
  if (store.unavailable === undefined) await measure(store);
  else console.log(`${store.name}: skipped, ${store.unavailable}`);
}

async function measure(store: DynamoEndpoint): Promise<void> {
  const bot = await startTestBot({ store });
  bot.server.user({ id: 5, first_name: 'Bench' });
  const bare = createUpdateHandler(bot.deps);
  const times = { bare: [] as number[], leased: [] as number[] };
  for (let round = 0; round <= rounds; round += 1) {
    const bareTimes = await timed((update) => withoutLease(bare, update));
    const leasedTimes = await timed((update) => withLease(bot, update));
    // The first round warms everything up.
    if (round === 0) continue;
    times.bare.push(...bareTimes);
    times.leased.push(...leasedTimes);
  }
  await bot.close();
  console.log(store.name);
  console.log(row('  without lease and ledger', times.bare));
  console.log(row('  with lease and ledger', times.leased));
  console.log(`  ratio of the medians       ${(median(times.leased) / median(times.bare)).toFixed(2)}`);
}

function message(): Update {
  nextId += 1;
  return {
    update_id: nextId,
    message: {
      message_id: nextId,
      date: Math.floor(Date.now() / 1000),
      chat: { id: 5, type: 'private', first_name: 'Bench' },
      from: { id: 5, is_bot: false, first_name: 'Bench' },
      text: 'motor control',
    },
  };
}

async function withoutLease(bare: UpdateHandler, update: Update): Promise<void> {
  const lease = new Countdown(systemClock, 12_000);
  const tenure = new Tenure({
    updateId: update.update_id,
    fencingToken: 1,
    lease: () => lease,
    deadline: lease,
    skewMs: 1_000,
    clock: systemClock,
  });
  await bare(update, tenure);
  await tenure.close(0);
}

async function withLease(bot: TestBot, update: Update): Promise<void> {
  const outcome = await bot.consume(update);
  if (outcome.kind !== 'done') throw new Error(`not done: ${outcome.kind}`);
}

async function timed(handle: (update: Update) => Promise<void>): Promise<number[]> {
  const times: number[] = [];
  for (let count = 0; count < PER_ROUND; count += 1) {
    const update = message();
    const startedAt = performance.now();
    await handle(update);
    times.push(performance.now() - startedAt);
  }
  return times;
}

function percentile(values: number[], share: number): number {
  return values.sort((a, b) => a - b)[Math.floor((values.length - 1) * share)]!;
}

function median(values: number[]): number {
  return percentile(values, 0.5);
}

function row(name: string, values: number[]): string {
  return `${name.padEnd(26)} p50 ${median(values).toFixed(2)} ms   p95 ${percentile(values, 0.95).toFixed(2)} ms`;
}
