import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MUTANTS, type Mutant } from './list.ts';

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
const README = join(ROOT, 'test/simulation/README.md');
const PROBE_LIMIT_MS = 240_000;
const run = promisify(execFile);

interface Result {
  mutant: Mutant;
  caught: string | undefined;
}

const only = process.argv[2];
const chosen = MUTANTS.filter(({ name }) => only === undefined || name.includes(only));
for (const mutant of chosen) await assertApplies(mutant);

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
if (only === undefined) await writeTable(inOrder);
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

async function probe(folder: string, mutant: Mutant): Promise<string | undefined> {
  const options = { cwd: folder, timeout: PROBE_LIMIT_MS, killSignal: 'SIGKILL' as const };
  try {
    const histories = mutant.harmless === undefined ? 600 : 300;
    const args = ['--import', 'tsx', 'test/simulation/mutants/probe.ts', String(histories)];
    const { stdout } = await run(process.execPath, args, options);
    const { caught: by } = JSON.parse(stdout) as { caught: string | null };
    return by ?? undefined;
  } catch {
    return 'the simulation does not come to an end';
  }
  try {
    await run(
      process.execPath,
      ['node_modules/vitest/vitest.mjs', 'run', '--bail=1', 'test/lease', 'test/dynamodb'],
      options,
    );
    return undefined;
  } catch (error) {
    const output = String((error as { stdout?: unknown }).stdout);
    const [, test] = /FAIL.*? > (.*)/.exec(output) ?? [];
    return `test "${test?.split(' > ').at(-1)?.trim() ?? 'unknown'}"`;
  }
}

async function assertApplies({ name, file, search, replace }: Mutant): Promise<void> {
  const found = (await readFile(join(ROOT, file), 'utf8')).split(search).length - 1;
  if (found !== 1) throw new Error(`mutant "${name}": its text is found ${found} times in ${file}, not once`);
  if (search === replace) throw new Error(`mutant "${name}" changes nothing`);
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
  const marked = /(<!-- mutants -->\n)[^]*(\n<!-- end of mutants -->)/;
  if (!marked.test(readme)) throw new Error('the README has no place for the table of mutants');
  await writeFile(
    README,
    readme.replace(marked, (_, begin: string, end: string) => `${begin}\n${table}\n${end}`),
  );
}
