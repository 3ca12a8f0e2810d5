import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { assertApplies } from './applies.ts';
import { areaOf, type Area } from './areas.ts';
import { MUTANTS } from './list.ts';
import type { Mutant } from './mutant.ts';
import { caughtLastTime, writeTable, type Result } from './table.ts';

/**
 * `npm run mutants`: breaks the protocol in every way that ./list.ts names, one at a time and in a copy, and expects
 * the simulation or else the protocol's own tests to fail. Writes the table into ../README.md.
 */
const ROOT = process.cwd();
const COPIED = [
  'functions',
  'test',
  'infra',
  'package.json',
  'tsconfig.json',
  'README.md',
  'vitest.config.ts',
];
const PROBE_LIMIT_MS = 240_000;
const HISTORIES = 600;
/** Fewer for a mutant that has to survive. */
const HARMLESS_HISTORIES = 300;
const TEST_NAME = /^test "(.+)"$/;
const run = promisify(execFile);

const only = process.argv.slice(2);
const chosen = MUTANTS.filter(({ name }) => only.length === 0 || only.some((part) => name.includes(part)));
if (chosen.length === 0) {
  console.error(`No mutant's name holds ${only.join(' or ')}; test/simulation/README.md lists them`);
  process.exit(2);
}
for (const mutant of chosen) await assertApplies(ROOT, mutant);
const lastTime = await caughtLastTime();
const tests = [...new Set(chosen.flatMap(({ file }) => areaOf(file).tests))];

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
await writeTable(MUTANTS, inOrder);
for (const { mutant } of survivors) console.log(`survives: ${mutant.name}`);
for (const { mutant, caught: by } of exposed) console.log(`is not harmless: ${mutant.name}, caught by ${by}`);
console.log(`${chosen.length} mutants in ${minutes} minutes: ${caught} caught, ${survivors.length} survive`);
if (survivors.length > 0 || exposed.length > 0) process.exitCode = 1;

async function work(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'mutants-'));
  try {
    for (const path of COPIED) await cp(join(ROOT, path), join(folder, path), { recursive: true });
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    await assertUnharmed(folder);
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const original = await readFile(join(folder, mutant.file), 'utf8');
      await writeFile(
        join(folder, mutant.file),
        original.replace(mutant.search, () => mutant?.replace ?? ''),
      );
      const caughtBy = await catcherOf(folder, mutant);
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
  const failed =
    (await simulated(folder, [HARMLESS_HISTORIES])) ??
    (await caughtByTests(folder, { simulated: true, tests }));
  if (failed !== undefined) throw new Error(`without any mutant, ${failed} fails`);
}

/** @returns the test or history that catches the mutant in force there; the one that caught it last time is asked first */
async function catcherOf(folder: string, mutant: Mutant): Promise<string | undefined> {
  const area = areaOf(mutant.file);
  const simulate = (): Promise<string | undefined> =>
    simulated(folder, [mutant.harmless === undefined ? HISTORIES : HARMLESS_HISTORIES, last]);
  const last = lastTime.get(mutant.name) ?? '';
  if (mutant.harmless !== undefined) return area.simulated ? simulate() : caughtByTests(folder, area);
  if (!area.simulated) return caughtByTests(folder, area);
  const [, test] = TEST_NAME.exec(last) ?? [];
  if (test !== undefined) {
    const failed = (await failingTest(folder, area.tests, test)) ?? (await caughtByTests(folder, area));
    return failed ?? simulate();
  }
  return (await simulate()) ?? caughtByTests(folder, area);
}

/** A test that fails by chance, as on a busy machine, catches nothing: it has to fail again by itself. */
async function caughtByTests(folder: string, { tests: of }: Area): Promise<string | undefined> {
  const failed = await failingTest(folder, of);
  const [, test] = TEST_NAME.exec(failed ?? '') ?? [];
  return test === undefined ? failed : failingTest(folder, of, test);
}

/** @param args as many histories, and what is tried first */
async function simulated(folder: string, args: [number, string?]): Promise<string | undefined> {
  const probe = ['--import', 'tsx', 'test/simulation/mutants/probe.ts', ...args.map(String)];
  try {
    const { stdout } = await run(process.execPath, probe, optionsIn(folder));
    return (JSON.parse(stdout) as { caught: string | null }).caught ?? undefined;
  } catch {
    return 'the simulation does not come to an end';
  }
}

/** @param only the name of the one test that is asked */
async function failingTest(folder: string, of: string[], only?: string): Promise<string | undefined> {
  const named = only === undefined ? [] : ['-t', `^${only.replaceAll(/[^\w ]/g, '\\$&')}$`];
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--bail=1', '--reporter=json', ...named, ...of];
  try {
    await run(process.execPath, args, optionsIn(folder));
    return undefined;
  } catch (error) {
    const { stdout, killed } = error as { stdout?: unknown; killed?: boolean };
    if (killed === true) return 'the tests do not come to an end';
    const [, test] = /"fullName":"((?:[^"\\]|\\.)*)","status":"failed"/.exec(String(stdout)) ?? [];
    return `test "${test === undefined ? 'unknown' : (JSON.parse(`"${test}"`) as string)}"`;
  }
}

function optionsIn(cwd: string) {
  const env = { ...process.env, THOROUGH: '1' };
  return { cwd, env, timeout: PROBE_LIMIT_MS, killSignal: 'SIGKILL' as const, maxBuffer: 64 * 1024 * 1024 };
}
