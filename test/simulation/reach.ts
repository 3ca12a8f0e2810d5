import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { branchesOf, type Branch, type Coverage } from './reach/branches.ts';
import type { Cause } from './checks/repeats.ts';
import { Tally, type Counts } from './tally.ts';

/**
 * `npm run sim:reach`: the branches of the code under test that so many histories take, and how often, as V8 counts
 * them in a process for each core. It prints the branches that are never taken; --all prints every branch.
 */
const { values } = parseArgs({
  options: {
    histories: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    all: { type: 'boolean', default: false },
  },
});
const histories = Number(values.histories);
const first = Number(values.seed);
if (!Number.isSafeInteger(histories) || histories < 1 || !Number.isSafeInteger(first)) {
  console.error('--histories and --seed must be whole numbers');
  process.exit(2);
}

/** The files that make the guarantee. */
const WATCHED =
  /\/functions\/(lease\/.*|dynamodb\/(lease-store|ledger-store|payload-store|dead-index|conditional-update)|telegram\/(tenure-bot|guarded-fetch)|local\/polling\/(poller|polling-bot|standby|poll-right|counted-consumer)|http\/(receive|answer))\.ts$/;

const folder = await mkdtemp(join(tmpdir(), 'reach-'));
try {
  const processes = Math.min(availableParallelism(), histories);
  const each = Math.ceil(histories / processes);
  const counts = await Promise.all(
    Array.from({ length: processes }, (_, n) => part(first + n * each, Math.min(each, histories - n * each))),
  );
  const tally = new Tally();
  for (const one of counts) tally.addCounts(one);
  console.log(String(tally));
  const parts = await Promise.all(
    (await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')),
  );
  print(
    await branchesOf(
      parts.map((text) => JSON.parse(text) as Coverage),
      WATCHED,
    ),
  );
} finally {
  await rm(folder, { recursive: true });
}

/** Counts, as JSON takes them. */
interface Sent {
  histories: number;
  repeatedBecause: [Cause, number][];
  events: [string, number][];
  ends: [string, number][];
}

async function part(seed: number, count: number): Promise<Counts> {
  const script = fileURLToPath(new URL('./reach/part.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', script, String(seed), String(count)],
    { env: { ...process.env, NODE_V8_COVERAGE: folder }, maxBuffer: 16 * 1024 * 1024 },
  );
  const { histories: of, repeatedBecause, events, ends } = JSON.parse(stdout) as Sent;
  return {
    histories: of,
    repeatedBecause: new Map(repeatedBecause),
    events: new Map(events),
    ends: new Map(ends),
  };
}

function print(found: ReadonlyMap<string, readonly Branch[]>): void {
  const root = pathToFileURL(`${process.cwd()}/`).href;
  for (const [url, all] of found) {
    const never = all.filter(({ count }) => count === 0);
    console.log(`${url.replace(root, '')}: ${all.length - never.length} of ${all.length} branches`);
    for (const { count, line, text } of values.all ? all : never)
      console.log(`  ${String(count).padStart(9)}  ${line}: ${text}`);
  }
}
