/**
 * The cost of exclusion itself, over a store that takes 4 ms, beside `@deliveryhero/dynamodb-lock` with a conditional put of
 * the update's id: one holder again and again, a hand-over, a takeover after a crash; and many contenders for one lease.
 *
 *   npm run bench:locks [-- seconds of contention]
 */
import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { DynamoLeaseStore } from '../../functions/dynamodb/lease-store.ts';
import { createTableIfMissing } from '../../functions/dynamodb/table.ts';
import { answer } from '../../functions/http/answer.ts';
import { activateLayout } from '../../functions/lease/layout-change.ts';
import type { Outcome } from '../../functions/lease/outcome.ts';
import { consumerOver, openProtocol } from '../../functions/wiring/protocol.ts';
import { localClient } from '../fixtures/local-dynamodb.ts';
import { createPeerTables, lockClientOver, LOCK, TABLES } from './peers/contenders.ts';
import { PEER_VERSIONS } from './peers/packages.ts';
import { startWire } from './peers/wire.ts';

const STORE_MS = 4;
const TIMES = 40;
/** The lease of a holder that crashes. */
const LEASE_MS = 2_000;
const SKEW_MS = 1_000;
const HOLD_MS = 100;
const CONTENDERS = [2, 10, 40];
const contentionMs = Number(process.argv[2] ?? 10) * 1_000;
let nextId = 1;

/** One process that handles updates, with a client of its own. */
interface Contender {
  /** @returns after how long the update is to be delivered again, undefined when `hold` has run for it */
  deliver: (updateId: number, hold: () => Promise<void>) => Promise<number | undefined>;
  /** Takes the lease and dies with it. */
  crash: () => Promise<void>;
}
type Make = (name: string) => Promise<Contender>;

const wire = await startWire();
const setup = localClient(wire.store);
await createPeerTables(wire.store);
await createTableIfMissing(setup, TABLES.ours);

/** No request of it leaves any more. */
function cutOff(client: DynamoDBDocumentClient): void {
  client.middlewareStack.add(() => () => new Promise(() => {}), { step: 'initialize' });
}

/** Over a lease of its own, so that no measurement meets the holders of the one before it. */
async function oursOver(scope: string): Promise<Make> {
  await activateLayout(new DynamoLeaseStore({ client: setup, tableName: TABLES.ours, scope }), 1);
  const settings = { tableName: TABLES.ours, maxClockSkewMs: SKEW_MS, maxAttempts: 5 };
  return async (holder) => {
    const client = localClient(wire.url);
    const protocol = openProtocol({ client, settings, scope, holder, emit: () => {} });
    let handle = async (): Promise<void> => {};
    const consumer = consumerOver(protocol, { handle: () => handle(), maxAttempts: settings.maxAttempts });
    const consume = (id: number, deadlineMs: number): Promise<Outcome> =>
      consumer.consume({ update: { update_id: id }, orderingKey: 5, deadlineMs });
    return {
      deliver: async (id, hold) => {
        handle = hold;
        const { status, headers } = answer(await consume(id, 12_000), 'message');
        return status === 200 ? undefined : Number(headers['retry-after'] ?? 0) * 1_000;
      },
      crash: () =>
        new Promise<void>((resolve) => {
          handle = () => {
            cutOff(client);
            resolve();
            return new Promise(() => {});
          };
          void consume(nextId++, LEASE_MS);
        }),
    };
  };
}

/** It waits itself, and refuses nothing. */
async function peerOver(group: string): Promise<Make> {
  return async () => {
    const client = localClient(wire.url);
    const locks = await lockClientOver(client);
    return {
      deliver: async (id, hold) => {
        const lock = await locks.lock(group, 'consumer', LOCK);
        const Item = { id: `${group}#${id}` };
        await client.send(
          new PutCommand({
            TableName: TABLES.updates,
            Item,
            ConditionExpression: 'attribute_not_exists(id)',
          }),
        );
        await hold();
        await locks.releaseLock(lock);
        return undefined;
      },
      crash: async () => {
        await locks.lock(group, 'consumer', { ...LOCK, leaseDurationInMs: LEASE_MS });
        cutOff(client);
      },
    };
  };
}

/** As Telegram and Lambda do: each attempt by any process that is idle. @returns how often it was refused */
async function deliverUntilDone(idle: Contender[], hold: () => Promise<void>): Promise<number> {
  const id = nextId++;
  for (let refusals = 0; ; refusals += 1) {
    const [process] = idle.splice(Math.floor(Math.random() * idle.length), 1);
    const againMs = await process!.deliver(id, hold);
    idle.push(process!);
    if (againMs === undefined) return refusals;
    await sleep(againMs);
  }
}

const nothing = async (): Promise<void> => {};

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

/** The median, and the requests of one. */
async function measured(
  times: number,
  work: (i: number) => Promise<unknown>,
): Promise<{ ms: number; requests: number }> {
  await wire.set({ storeMs: STORE_MS, telegramMs: 0, isCounting: true });
  await wire.counts();
  const taken: number[] = [];
  for (let i = 0; i < times; i += 1) taken.push(await timed(() => work(i)));
  const { requests } = await wire.counts();
  return { ms: quantile(taken, 0.5), requests: requests / times };
}

async function alone(over: (scope: string) => Promise<Make>): Promise<string[]> {
  const make = await over(randomUUID());
  const [first, second] = [await make('a'), await make('b')];
  const serve = (who: Contender): Promise<unknown> => deliverUntilDone([who], nothing);
  for (const each of [first, second]) await serve(each);
  const cells: string[] = [];
  const show = ({ ms, requests }: { ms: number; requests: number }): number =>
    cells.push(`${ms.toFixed(0)} ms, ${requests.toFixed(1)}`);
  show(await measured(TIMES, () => serve(second)));
  show(await measured(TIMES, (i) => serve(i % 2 === 0 ? first : second)));
  await first.crash();
  show(await measured(1, () => serve(second)));
  return cells;
}

/** As many chats as processes, each of which writes again as soon as it was answered. */
async function contended(over: (scope: string) => Promise<Make>, contenders: number): Promise<string> {
  const make = await over(randomUUID());
  const idle: Contender[] = [];
  for (let i = 0; i < contenders; i += 1) idle.push(await make(`c${i}`));
  await wire.set({ storeMs: STORE_MS, telegramMs: 0, isCounting: true });
  await wire.counts();
  const endMs = performance.now() + contentionMs;
  const waits: number[] = [];
  let refusals = 0;
  const chat = async (): Promise<number> => {
    let served = 0;
    while (performance.now() < endMs) {
      const askedMs = performance.now();
      refusals += await deliverUntilDone(idle, async () => {
        if (performance.now() < endMs) served += 1;
        waits.push(performance.now() - askedMs);
        await sleep(HOLD_MS);
      });
    }
    return served;
  };
  const served = await Promise.all(Array.from({ length: contenders }, chat));
  const { requests } = await wire.counts();
  return [
    (served.reduce((sum, each) => sum + each, 0) / (contentionMs / 1_000)).toFixed(1),
    (requests / waits.length).toFixed(1),
    `${(quantile(waits, 0.5) / 1_000).toFixed(1)} / ${(Math.max(...waits) / 1_000).toFixed(1)} s`,
    fairnessOf(served).toFixed(2),
    (refusals / waits.length).toFixed(2),
  ].join(' | ');
}

/** Jain's index: 1 where all are served as often, 1/n where one is served alone. */
function fairnessOf(served: readonly number[]): number {
  const sum = served.reduce((total, each) => total + each, 0);
  const squares = served.reduce((total, each) => total + each ** 2, 0);
  return sum === 0 ? 1 : sum ** 2 / (served.length * squares);
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))]!;
}

const RIVALS = [
  ['ours (lease, fence, dedupe)', oursOver],
  ['@deliveryhero/dynamodb-lock and a put', peerOver],
] as const;
try {
  console.log(
    `${PEER_VERSIONS}; the store is ${wire.storeName} behind ${STORE_MS} ms. A cell: the median of ${TIMES}, and requests.`,
  );
  console.log(
    `The holder that crashed had a lease of ${LEASE_MS / 1_000} s; ours adds a margin for clocks of ${SKEW_MS / 1_000} s, the other trusts them.\n`,
  );
  console.log('| | the same holder | a hand-over | a takeover after a crash |\n| --- | ---: | ---: | ---: |');
  for (const [name, over] of RIVALS) console.log(`| ${[name, ...(await alone(over))].join(' | ')} |`);
  console.log(
    `\nSo many processes and chats; a chat writes again as soon as it was answered, for ${contentionMs / 1_000} s, and each update holds the lease for ${HOLD_MS} ms:\n`,
  );
  console.log(
    '| contenders | whose | updates a second | requests an update | wait, p50 / longest | fairness | 503s an update |',
  );
  console.log('| ---: | --- | ---: | ---: | ---: | ---: | ---: |');
  for (const contenders of CONTENDERS)
    for (const [name, over] of RIVALS)
      console.log(`| ${contenders} | ${name} | ${await contended(over, contenders)} |`);
} finally {
  await wire.close();
}
process.exit();
