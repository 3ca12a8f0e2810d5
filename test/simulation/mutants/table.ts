import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import type { Mutant } from './mutant.ts';

const README = join(process.cwd(), 'test/simulation/README.md');
const MARKED = /(<!-- mutants -->)([^]*)(<!-- end of mutants -->)/;

export interface Result {
  mutant: Mutant;
  caught: string | undefined;
}

function verdictOn({ mutant, caught }: Result): string {
  return caught ?? (mutant.harmless === undefined ? '**survives**' : `nothing, since ${mutant.harmless}`);
}

/** The check that caught each mutant last time, by the mutant's name: it comes first, so that most take a second. */
export async function caughtLastTime(): Promise<Map<string, string>> {
  const [, , table = ''] = MARKED.exec(await readFile(README, 'utf8')) ?? [];
  const rows = table.split('\n').map((line) => /^\| (.+?) +\| (.+?) +\|$/.exec(line));
  return new Map(rows.flatMap((row) => (row ? [[text(row[1]), text(row[2])]] : [])));
}

const text = (cell = ''): string => cell.replaceAll('\\|', '|').replaceAll('\\_', '_');

function summaryOf(rows: readonly string[]): string {
  const having = (verdict: string): number => rows.filter((row) => row.includes(`| ${verdict}`)).length;
  const [harmless, survivors] = [having('nothing, since'), having('**survives**')];
  const caught = rows.length - harmless - survivors;
  return `${rows.length} mutants: ${caught} caught, ${harmless} survive for a reason, ${survivors} survive that should not.`;
}

/** @param results the results of those that were tried; each other row stays as it is */
export async function writeTable(mutants: readonly Mutant[], results: readonly Result[]): Promise<void> {
  const cell = (of: string): string => of.replaceAll('|', '\\|');
  const before = await caughtLastTime();
  const rows = mutants.flatMap((mutant) => {
    const result = results.find((each) => each.mutant === mutant);
    const verdict = result === undefined ? before.get(mutant.name) : verdictOn(result);
    return verdict === undefined ? [] : [`| ${cell(mutant.name)} | ${cell(verdict)} |`];
  });
  const table = [`${summaryOf(rows)}\n`, '| mutant | caught by |', '|---|---|', ...rows].join('\n');
  const readme = await readFile(README, 'utf8');
  if (!MARKED.test(readme)) throw new Error('the README has no place for the table of mutants');
  const written = readme.replace(
    MARKED,
    (_, begin: string, _old: string, end: string) => `${begin}\n\n${table}\n\n${end}`,
  );
  await writeFile(README, await format(written, { ...(await resolveConfig(README)), parser: 'markdown' }));
}
