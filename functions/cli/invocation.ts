import { targetOptionsOf } from './target-options.ts';

/** How this program was called, for a command line that can be copied: in the checkout by its short name, packed by its own. */
export function commandLine(command: string, args: readonly string[] = []): string {
  const program = import.meta.url.endsWith('.ts') ? 'npx bot' : 'npx agent-factory-bot';
  return [program, command, ...args.map(quoted)].join(' ');
}

/**
 * The same, about the bot that this very command is about: copied without its target it would act on another one.
 * @param given this command's own words
 */
export function commandForThisBot(
  command: string,
  args: readonly string[] = [],
  given: readonly string[] = process.argv.slice(2),
): string {
  return commandLine(command, [...args, ...targetArguments(command, given)]);
}

/** The given options that say which bot is meant, as far as the command takes them. */
export function targetArguments(command: string, given: readonly string[]): string[] {
  const taken = targetOptionsOf(command).map((name) => `--${name}`);
  const found: string[] = [];
  given.forEach((arg, at) => {
    const name = arg.split('=')[0] ?? arg;
    if (!taken.includes(name)) return;
    found.push(arg);
    const value = given[at + 1];
    if (arg === name && value !== undefined) found.push(value);
  });
  return found;
}

function quoted(arg: string): string {
  return /^[\w@%+=:,./\\-]+$/.test(arg) ? arg : `"${arg.replaceAll('"', '\\"')}"`;
}

/** The program and the arguments that run this very command line's program once more. */
export function selfCommand(): { program: string; args: string[] } {
  return { program: process.execPath, args: [...process.execArgv, process.argv[1] ?? ''] };
}
