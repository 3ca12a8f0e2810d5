import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CommanderError, type Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { commandForThisBot, targetArguments } from '../../functions/cli/invocation.ts';
import { programFor } from '../../functions/cli/program.ts';
import {
  argumentsOf,
  documentExamples,
  helpExamples,
  scriptExamples,
  shellWords,
  type ExampleLine,
} from './example-lines.ts';

/** The placeholders of the documents, each with a value that it may stand for. */
const PLACEHOLDERS: Record<string, string> = {
  ID: '123456789',
  N: '4',
  '<command>': 'status',
  '<update>': '123456789',
  $manager: 'launchd',
  $STAGE: 'prod',
  '...': 'something',
};

/** Those of one target do not contradict each other. */
const TARGETS = [
  ['data', 'table', 'port', 'bot'],
  ['stack', 'bot'],
  ['url', 'table', 'bot'],
];

/** Reads a command line as the command does, and does nothing. @returns its fault, if it has one */
async function wrongWith(line: string, isWhole: boolean): Promise<string | undefined> {
  const { args } = shellWords(line);
  const words = args.map((word) => PLACEHOLDERS[word] ?? word);
  const program = await programFor(words);
  let leaf: Command = program;
  for (const word of words) {
    const next = leaf.commands.find((each) => each.name() === word);
    if (next === undefined) break;
    leaf = next;
  }
  if (leaf === program && words.length > 0 && words[0] !== '--version') return `there is no ${words[0]}`;
  for (let each: Command | null = leaf; each; each = each.parent)
    each.exitOverride().configureOutput({ writeErr: () => {}, writeOut: () => {} });
  leaf.action(() => {});
  try {
    await program.parseAsync(words, { from: 'user' });
    return undefined;
  } catch (error) {
    if (!(error instanceof CommanderError) || error.exitCode === 0) return undefined;
    // In a sentence a command is named without what it takes.
    if (!isWhole && error.code === 'commander.missingArgument') return undefined;
    return error.message;
  }
}

async function faultsOf(examples: readonly ExampleLine[]): Promise<string[]> {
  const faults: string[] = [];
  for (const { line, from, isWhole } of examples) {
    const rest = argumentsOf(line);
    if (rest === undefined) continue;
    const wrong = await wrongWith(rest, isWhole);
    if (wrong !== undefined) faults.push(`${from}: ${line}: ${wrong}`);
  }
  return faults;
}

describe('a command line', () => {
  it('of any document is one that the command takes', async () => {
    const examples = documentExamples();
    expect(examples.filter(({ line }) => argumentsOf(line) !== undefined).length).toBeGreaterThan(60);
    expect(await faultsOf(examples)).toEqual([]);
  });

  it('of any document runs the command by npx, without npm run', () => {
    const byScript = documentExamples().filter(({ line }) => /\bnpm (run|start)\b.*\bbot\b/.test(line));
    expect(byScript).toEqual([]);
  });

  it('of any help text is one that the command takes', async () => {
    const examples = await helpExamples();
    expect(examples.length).toBeGreaterThan(45);
    expect(await faultsOf(examples)).toEqual([]);
  });

  it('of the gate or a workflow is one that the command takes, over files that exist', async () => {
    const examples = scriptExamples().filter(({ line }) => argumentsOf(line) !== undefined);
    expect(examples.length).toBeGreaterThan(8);
    expect(await faultsOf(examples)).toEqual([]);
    const files = scriptExamples().flatMap(
      ({ line }) => line.match(/(functions|infra|test)\/[\w./-]+\.[jt]s/g) ?? [],
    );
    expect(files.length).toBeGreaterThan(5);
    expect(files.filter((file) => !existsSync(new URL(`../../${file}`, import.meta.url)))).toEqual([]);
    // Options that a function of a script added would be seen by nobody.
    expect(
      scriptExamples()
        .filter(({ line }) => /launch\.js/.test(line))
        .map(({ line }) => line),
    ).toEqual(['bot() { node functions/cli/launch.js "$@"; }']);
  });

  it('that cannot be is noticed', async () => {
    const line = (text: string): ExampleLine => ({ line: text, from: 'here', isWhole: true });
    for (const text of [
      'bot kb impart a.json',
      'npx bot start --detached',
      'npx bot kb get',
      'npx agent-factory-bot dead drop x',
    ])
      expect(await faultsOf([line(text)]), text).toHaveLength(1);
  });

  it('of any document names a script, an option of it, or a path that exists', () => {
    const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const faults: string[] = [];
    for (const { line, from } of documentExamples()) {
      const [, name] = /^npm run(?: --silent)? ([\w:-]+)/.exec(line) ?? [];
      if (name !== undefined && scripts[name] === undefined)
        faults.push(`${from}: ${line}: no script ${name}`);
      const [, source] = /(\S+\.ts)$/.exec(scripts[name ?? ''] ?? '') ?? [];
      for (const [, option = ''] of source === undefined ? [] : line.matchAll(/ --([a-z][\w-]*)/g))
        if (!mentions(source!, option)) faults.push(`${from}: ${line}: ${source} has no --${option}`);
      for (const [, path = ''] of line.matchAll(
        /^(?:npx vitest.*? (?=test))?((?:functions|infra|test)\/[\w./-]+)/g,
      ))
        if (!existsSync(new URL(`../../${path}`, import.meta.url)))
          faults.push(`${from}: ${line}: no ${path}`);
    }
    expect(faults).toEqual([]);
  });
});

describe('a command line that an error or a report advises', () => {
  it('repeats the given target as far as the command takes it', async () => {
    const folder = fileURLToPath(new URL('../../functions/cli', import.meta.url));
    const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(folder, name), 'utf8'));
    const advised = sources.flatMap((text) => [...text.matchAll(/commandForThisBot\(\s*'([^']+)'/g)]);
    const faults: string[] = [];
    for (const target of TARGETS.map((names) => names.map((name) => `--${name}=5`)))
      for (const line of new Set(advised.map(([, command = '']) => commandForThisBot(command, [], target))))
        faults.push(...(await faultsOf([{ line, from: 'advice', isWhole: false }])));
    expect(advised.length).toBeGreaterThan(30);
    expect(faults).toEqual([]);
    expect(targetArguments('dead list', ['--data=5', '--port=5', '--bot=5'])).toEqual([
      '--data=5',
      '--bot=5',
    ]);
  });
});

function mentions(source: string, option: string): boolean {
  const text = readFileSync(new URL(`../../${source}`, import.meta.url), 'utf8');
  return new RegExp(String.raw`(--${option}\b|['"]${option}['"]|\b${option}: \{ type)`).test(text);
}
