import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { assertApplies } from './applies.ts';
import { MUTANTS } from './list.ts';
import type { Mutant } from './mutant.ts';

/**
 * `npm run mutants`: breaks the protocol in every way that ./list.ts names, one at a time and in a copy, and expects
 * the simulation or else the protocol's own tests to fail. Writes the table into ../README.md.
 */
const ROOT = process.cwd();
const COPIED = [
  'functions',
  'test/simulation',
  'test/lease',
  'test/dynamodb',
  'test/fixtures',
  'test/summary-reporter.ts',
];
const SETTINGS = ['package.json', 'tsconfig.json', 'vitest.config.ts'];
/** Asked only where the simulation sees nothing. */
const UNIT_TESTS = ['test/lease', 'test/dynamodb/lease', 'test/dynamodb/ledger', 'test/dynamodb/payload'];
const README = join(ROOT, 'test/simulation/README.md');
const PROBE_LIMIT_MS = 240_000;
const run = promisify(execFile);

interface Result {
  mutant: Mutant;
  caught: string | undefined;
}

const only = process.argv.slice(2);
const chosen = MUTANTS.filter(({ name }) => only.length === 0 || only.some((part) => name.includes(part)));
for (const mutant of chosen) await assertApplies(ROOT, mutant);

const results: Result[] = [];
const waiting = [...chosen];
const startedAt = performance.now();
await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work));
const minutes = ((performance.now() - startedAt) / 60_000).toFixed(1);

const inOrder = chosen.flatMap((mutant) => results.filter((result) => result.mutant === mutant));
const survivors = inOrder.filter(
  ({ mutant, caught }) => caught === undefined && mutant.harmless === undefined,
);
const exposed = inOrder.filter(({ mutant, caught }) => caught !== undefined && mutant.harmless !== undefined);
const caught = inOrder.filter((result) => result.caught !== undefined).length;
if (only.length === 0) await writeTable(inOrder);
for (const { mutant } of survivors) console.log(`survives: ${mutant.name}`);
for (const { mutant, caught: by } of exposed) console.log(`is not harmless: ${mutant.name}, caught by ${by}`);
console.log(`${chosen.length} mutants in ${minutes} minutes: ${caught} caught, ${survivors.length} survive`);
if (survivors.length > 0 || exposed.length > 0) process.exitCode = 1;

async function work(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'mutants-'));
  try {
    for (const path of [...COPIED, ...SETTINGS])
      await cp(join(ROOT, path), join(folder, path), { recursive: true });
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    await assertUnharmed(folder);
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const original = await readFile(join(folder, mutant.file), 'utf8');
      await writeFile(
        join(folder, mutant.file),
        original.replace(mutant.search, () => mutant?.replace ?? ''),
      );
      const caughtBy = await probe(folder, mutant);
      await writeFile(join(folder, mutant.file), original);
      results.push({ mutant, caught: caughtBy });
      console.log(
        `${String(results.length).padStart(3)}/${chosen.length}  ${mutant.name}: ${caughtBy ?? 'survives'}`,
      );
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Whatever fails without a mutant says nothing of one. */
async function assertUnharmed(folder: string): Promise<void> {
  // A busy machine fails a test once; what fails again fails by itself.
  const failed =
    (await probe(folder, undefined)) ?? ((await failingTest(folder)) && (await failingTest(folder)));
  if (failed !== undefined) throw new Error(`without any mutant, ${failed} fails`);
}

async function failingTest(folder: string): Promise<string | undefined> {
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--bail=1', '--reporter=json', ...UNIT_TESTS];
  try {
    await run(process.execPath, args, optionsIn(folder));
    return undefined;
  } catch (error) {
    const { stdout } = error as { stdout?: unknown };
    const [, test] = /"fullName":"((?:[^"\\\\]|\\\\.)*)","status":"failed"/.exec(String(stdout)) ?? [];
    return `test "${test ?? 'unknown'}"`;
  }
}

function optionsIn(cwd: string) {
  return { cwd, timeout: PROBE_LIMIT_MS, killSignal: 'SIGKILL' as const, maxBuffer: 64 * 1024 * 1024 };
}

/** @param mutant which is in force there; absent: none */
async function probe(folder: string, mutant: Mutant | undefined): Promise<string | undefined> {
  try {
    const histories = mutant === undefined || mutant.harmless !== undefined ? 300 : 600;
    const args = ['--import', 'tsx', 'test/simulation/mutants/probe.ts', String(histories)];
    const { stdout } = await run(process.execPath, args, optionsIn(folder));
    const { caught: by } = JSON.parse(stdout) as { caught: string | null };
    if (by !== null || mutant === undefined || mutant.harmless !== undefined) return by ?? undefined;
  } catch {
    return 'the simulation does not come to an end';
  }
  return failingTest(folder);
}

async function writeTable(all: Result[]): Promise<void> {
  const cell = (text: string): string => text.replaceAll('|', '\\|');
  const rows = all.map(({ mutant, caught: by }) => {
    const verdict =
      by ?? (mutant.harmless === undefined ? '**survives**' : `nothing, since ${mutant.harmless}`);
    return `| ${cell(mutant.name)} | ${cell(verdict)} |`;
  });
  const table = ['| mutant | caught by |', '|---|---|', ...rows].join('\n');
  const readme = await readFile(README, 'utf8');
  const marked = /(<!-- mutants -->)[^]*(<!-- end of mutants -->)/;
  if (!marked.test(readme)) throw new Error('the README has no place for the table of mutants');
  const text = readme.replace(
    marked,
    (_, begin: string, end: string) => `${begin}

${table}

${end}`,
  );
  await writeFile(README, await format(text, { ...(await resolveConfig(README)), parser: 'markdown' }));
}
