import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { programFor } from '../../functions/cli/program.ts';

/** A line that somebody may type, and the text that offers it. */
export interface ExampleLine {
  line: string;
  from: string;
  /** It stands by itself, to be copied: no mention within a sentence, which may leave out what is beside its point. */
  isWhole: boolean;
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PROGRAMS = /^(npx bot|npx agent-factory-bot|bot)( |$)/;

/** Every leaf of the command, with its words, e.g. `['kb', 'import']`. */
export async function leaves(): Promise<{ words: string[]; command: Command }[]> {
  const found: { words: string[]; command: Command }[] = [];
  const named = (parent: Command, name: string): Command =>
    parent.commands.find((each) => each.name() === name)!;
  for (const { commands } of [await programFor([])]) {
    for (const name of commands.map((each) => each.name())) {
      const command = named(await programFor([name]), name);
      if (command.commands.length === 0) found.push({ words: [name], command });
      for (const child of command.commands.map((each) => each.name()).filter((each) => each !== 'help')) {
        const words = [name, child];
        found.push({ words, command: named(named(await programFor(words), name), child) });
      }
    }
  }
  return found;
}

/** The examples of all help texts. */
export async function helpExamples(): Promise<ExampleLine[]> {
  const found: ExampleLine[] = [];
  for (const { words, command } of await leaves()) {
    let text = '';
    command.configureOutput({ writeOut: (part) => (text += part) }).outputHelp();
    const [, examples = ''] = text.split('\nExamples:\n');
    for (const [, line = ''] of examples.matchAll(/^ {2}(\S.*)$/gm))
      found.push({ line: line.trim(), from: `${words.join(' ')} --help`, isWhole: true });
  }
  return found;
}

/** The command lines of all documents: whole lines of code blocks, and what stands in code within a sentence. */
export function documentExamples(): ExampleLine[] {
  return documents().flatMap((file) => {
    const text = readFileSync(join(ROOT, file), 'utf8');
    const blocks = [...text.matchAll(/^ *```\w*\n(.*?)^ *```$/gms)].map(([, block = '']) => block);
    const lines = blocks.flatMap((block) => block.split('\n').map((line) => line.trim()));
    const prose = text.replace(/^ *```\w*\n.*?^ *```$/gms, '');
    const spans = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);
    return [
      ...lines.map((line) => ({ line: line.replace(/ +#.*$/, ''), from: file, isWhole: true })),
      ...spans.map((line) => ({ line, from: file, isWhole: false })),
    ];
  });
}

/** The command lines of the gate's scripts and of the workflows. */
export function scriptExamples(): ExampleLine[] {
  return ['.ci', '.github/workflows'].flatMap((folder) =>
    readdirSync(join(ROOT, folder)).flatMap((name) =>
      readFileSync(join(ROOT, folder, name), 'utf8')
        .split('\n')
        .map((line) =>
          line
            .trim()
            .replace(/^(if|- run:|run:) /, '')
            .replace(/; then$/, ''),
        )
        .map((line) => ({ line, from: `${folder}/${name}`, isWhole: true })),
    ),
  );
}

/** The words after the program's name, where a line calls this program; `undefined` where it calls another one. */
export function argumentsOf(line: string): string | undefined {
  const match = PROGRAMS.exec(line);
  return match === null ? undefined : line.slice(match[0].length).trim();
}

/** Without the installed packages, and what stands beside a checkout. */
function documents(): string[] {
  const inside = ['functions', 'infra', 'test', '.github'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md') && !name.includes('node_modules'))
      .map((name) => join(folder, name)),
  );
  return ['README.md', ...inside];
}

/** A shell's line as far as examples need one: words, quotes, where standard input comes from and output goes to. */
export function shellWords(line: string): {
  args: string[];
  input?: string;
  output?: string;
  isZipped: boolean;
} {
  const isZipped = line.includes('| gzip');
  const words = [...line.replace('| gzip', '').matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare ?? '',
  );
  const take = (sign: string): string | undefined => {
    const at = words.indexOf(sign);
    return at < 0 ? undefined : words.splice(at, 2)[1];
  };
  const output = take('>');
  const input = take('<');
  return {
    args: words,
    isZipped,
    ...(input !== undefined && { input }),
    ...(output !== undefined && { output }),
  };
}
