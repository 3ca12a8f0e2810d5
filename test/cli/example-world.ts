import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { vi } from 'vitest';
import { runCommandLine } from '../../functions/cli/program.ts';
import type { BotCommand, Env } from './bot-command.ts';
import { argumentsOf, shellWords } from './example-lines.ts';

/** These start the program once more, or stay: for them it has to be a process. */
const PROCESSES = new Set(['start', 'restart', 'migrate']);

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

/**
 * Runs a line as somebody types it in this folder: in this process where that is the same, since a process costs a
 * second.
 * @param options.paths the paths that stand here for those that the line names
 */
export async function typed(
  line: string,
  options: { bot: BotCommand; folder: string; env: Env; input: string; paths: Record<string, string> },
): Promise<Ran> {
  const { bot, folder, env } = options;
  const { args, input, output, isZipped } = shellWords(argumentsOf(line) ?? '');
  const words = args.map((word) => options.paths[word] ?? word);
  const from = input === undefined ? options.input : readFileSync(join(folder, input), 'utf8');
  const ran = PROCESSES.has(words[0] ?? '')
    ? await bot.run(words, { env, input: from, cwd: folder })
    : await inProcess(words, { folder, env, input: from });
  if (output !== undefined) writeFileSync(join(folder, output), isZipped ? gzipSync(ran.stdout) : ran.stdout);
  return ran;
}

/** With standard input and output, variables and folder of its own. */
export async function inProcess(
  words: readonly string[],
  { folder, env, input }: { folder: string; env: Env; input: string },
): Promise<Ran> {
  const ran = { stdout: '', stderr: '' };
  const catching = (name: 'stdout' | 'stderr') =>
    vi.spyOn(process[name], 'write').mockImplementation((chunk, ...rest: unknown[]) => {
      ran[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
      const done = rest.find((each) => typeof each === 'function') as (() => void) | undefined;
      done?.();
      return true;
    });
  const spies = [catching('stdout'), catching('stderr')];
  const [stdin, argv, formerEnv, cwd] = [
    Object.getOwnPropertyDescriptor(process, 'stdin')!,
    process.argv,
    process.env,
    process.cwd(),
  ];
  const typedIn = Readable.from([Buffer.from(input)]);
  Object.defineProperty(process, 'stdin', { configurable: true, get: () => typedIn });
  process.argv = [argv[0]!, 'bot', ...words];
  process.env = { ...env };
  process.chdir(folder);
  try {
    return { code: await runCommandLine(words), ...ran };
  } finally {
    process.chdir(cwd);
    process.env = formerEnv;
    process.argv = argv;
    Object.defineProperty(process, 'stdin', stdin);
    process.exitCode = undefined;
    for (const spy of spies) spy.mockRestore();
  }
}
