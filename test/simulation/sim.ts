import { fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { generate } from './generate.ts';
import { printHistory, printPlan } from './print.ts';
import type { Range, RangeResult } from './range.ts';
import { simulate } from './simulate.ts';
import { Tally } from './tally.ts';

/** `npm run sim -- --histories 1000000 --seed 1`: as many histories, from that seed on, on every core. How to read it: ./README.md. */
const { values } = parseArgs({
  options: {
    histories: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    /** Prints that one history, broken or not. */
    show: { type: 'boolean', default: false },
    /** Writes that one history as a page of its own. */
    html: { type: 'string' },
  },
});
const first = Number(values.seed);
const histories = Number(values.histories);
if (!Number.isSafeInteger(first) || !Number.isSafeInteger(histories) || histories < 1) {
  throw new RangeError('--seed and --histories must be whole numbers');
}

/** So few that a counterexample and the end are not long in coming, so many that nobody waits for the next. */
const RANGE_HISTORIES = 500;

/** Node keeps the abort signals of who is killed or hangs in a history for as long as its process lives, some 7 kB a history. */
const PROCESS_RANGES = 40;

/** Most of a history is garbage soon: a large nursery, collected by the one thread that a core has, takes a tenth off its time. */
const EXEC_ARGV = [...process.execArgv, '--max-semi-space-size=64', '--single-threaded-gc'];

const tally = new Tally();
const startedAt = performance.now();

if (values.html !== undefined) await draw(values.html);
else if (values.show) await show();
else await run();

async function show(): Promise<void> {
  const plan = generate(first);
  const { world, violations } = await simulate(plan);
  console.log(`${printPlan(plan)}\n\n${printHistory(world.history.entries)}`);
  for (const { check, text } of violations) console.log(`\n${check}: ${text}`);
  if (violations.length > 0) process.exitCode = 1;
}

async function draw(file: string): Promise<void> {
  const { historyPage } = await import('./html.ts');
  const plan = generate(first);
  const { world, violations } = await simulate(plan);
  writeFileSync(file, await historyPage(plan, world, violations));
  console.log(`${file}: ${world.history.entries.length} entries, ${violations.length} broken promises`);
  if (violations.length > 0) process.exitCode = 1;
}

async function run(): Promise<void> {
  const told = setInterval(() => console.error(progress()), 10_000);
  const ranges = rangesOf({ first, histories });
  const processes = Math.min(availableParallelism(), Math.ceil(histories / RANGE_HISTORIES));
  try {
    await Promise.all(Array.from({ length: processes }, () => work(ranges)));
  } finally {
    clearInterval(told);
  }
  console.error(progress());
  if (process.exitCode === undefined) console.log(String(tally));
}

function* rangesOf({ first, histories }: Range): Generator<Range, void, undefined> {
  for (let done = 0; done < histories; done += RANGE_HISTORIES) {
    yield { first: first + done, histories: Math.min(RANGE_HISTORIES, histories - done) };
  }
}

/** One process after the other, until nothing is left to do or a promise was broken in any of them. */
async function work(ranges: Generator<Range, void, undefined>): Promise<void> {
  let left = true;
  while (left && process.exitCode === undefined) left = await workInOneProcess(ranges);
}

/** @returns whether ranges may be left */
async function workInOneProcess(ranges: Generator<Range, void, undefined>): Promise<boolean> {
  const child = fork(new URL('./range-process.ts', import.meta.url), {
    serialization: 'advanced',
    execArgv: EXEC_ARGV,
  });
  try {
    for (let done = 0; done < PROCESS_RANGES; done += 1) {
      const { value: range } = ranges.next();
      if (range === undefined) return false;
      const result = await new Promise<RangeResult>((resolve, reject) => {
        child.once('message', resolve);
        child.once('exit', (code, signal) => {
          reject(
            new Error(`a process of the run ended by itself (${signal ?? code}) from seed ${range.first} on`),
          );
        });
        child.send(range);
      });
      child.removeAllListeners('exit');
      if ('counterexample' in result) {
        console.log(result.counterexample);
        process.exitCode = 1;
        return false;
      }
      tally.addCounts(result.counts);
    }
    return true;
  } finally {
    child.kill();
  }
}

function progress(): string {
  const seconds = (performance.now() - startedAt) / 1000;
  const rate = tally.histories / seconds;
  const left = rate > 0 ? ((histories - tally.histories) / rate / 60).toFixed(0) : '?';
  return `${tally.histories} of ${histories} histories, ${rate.toFixed(0)} a second, ${left} minutes to go`;
}
