const TARGET_OPTIONS = ['--data', '--port', '--table', '--stack', '--url', '--bot'];

/** How this program was called, for a command line that can be copied: in the checkout by its short name, packed by its own. */
export function commandLine(command: string, args: readonly string[] = []): string {
  const program = import.meta.url.endsWith('.ts') ? 'npx bot' : 'npx agent-factory-bot';
  return [program, command, ...args.map(quoted)].join(' ');
}

/** The same, about the bot that this very command is about: copied without its target it would act on another one. */
export function commandForThisBot(command: string, args: readonly string[] = []): string {
  return commandLine(command, [...args, ...targetArguments(process.argv.slice(2))]);
}

/** The options of a command line that say which bot is meant. */
export function targetArguments(args: readonly string[]): string[] {
  const found: string[] = [];
  args.forEach((arg, at) => {
    const name = arg.split('=')[0] ?? arg;
    if (!TARGET_OPTIONS.includes(name)) return;
    found.push(arg);
    const value = args[at + 1];
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
