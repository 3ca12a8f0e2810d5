import { Command, CommanderError } from 'commander';
import { VERSION } from '../settings/version.ts';
import { explain, isUsageError } from './explain.ts';
import { addCommands, type LazyCommand } from './lazy-commands.ts';
import { assertNothingSwallowed } from './npm-options.ts';
import { forgetPrintedJson, hasPrintedJson, Output } from './output.ts';

const COMMANDS: readonly LazyCommand[] = [
  {
    name: 'start',
    summary: 'run the bot here until it is stopped; with --stack: let Telegram deliver to it again',
    load: () => import('./commands/start.ts'),
  },
  {
    name: 'stop',
    summary: 'stop the bot, the update in hand settled',
    load: () => import('./commands/stop.ts'),
  },
  {
    name: 'restart',
    summary: 'stop the bot if it runs, then start it',
    load: () => import('./commands/restart.ts'),
  },
  {
    name: 'status',
    summary: 'show whether the bot runs, and who holds the lease',
    load: () => import('./commands/status.ts'),
  },
  {
    name: 'logs',
    summary: 'show the last lines of its log, and follow it',
    load: () => import('./commands/logs.ts'),
  },
  {
    name: 'release',
    summary: 'free the lease of a consumer that is gone',
    load: () => import('./commands/release.ts'),
  },
  {
    name: 'kb',
    summary: 'manage the knowledge base of every bot over this store: import, export, search and more',
    load: () => import('./commands/kb.ts'),
  },
  {
    name: 'partitions',
    summary: 'show or change how many consumers may work at once',
    load: () => import('./commands/partitions.ts'),
  },
  {
    name: 'dead',
    summary: 'list, show, replay or drop parked updates',
    load: () => import('./commands/dead.ts'),
  },
  {
    name: 'updates',
    summary: 'list the last updates, or show one of them attempt by attempt',
    load: () => import('./commands/updates.ts'),
  },
  {
    name: 'users',
    summary: 'delete what is kept of a user',
    load: () => import('./commands/users.ts'),
  },
  {
    name: 'secrets',
    summary: 'store the bot token or the webhook secret',
    load: () => import('./commands/secrets.ts'),
  },
  {
    name: 'webhook',
    summary: 'show, set or delete the webhook',
    load: () => import('./commands/webhook.ts'),
  },
  {
    name: 'migrate',
    summary: 'move from the system that this one replaces, step by step',
    load: () => import('./commands/migrate.ts'),
  },
  {
    name: 'doctor',
    summary: 'check everything that the bot needs, and say what to do',
    load: () => import('./commands/doctor.ts'),
  },
  {
    name: 'service',
    summary: 'run the bot as a service of this machine',
    load: () => import('./commands/service.ts'),
  },
];

/** The command with all that it needs to read these arguments, and nothing of the other commands but their names. */
export async function programFor(args: readonly string[]): Promise<Command> {
  const program = new Command('bot')
    .description('Runs and operates the Agent Factory bot')
    .version(VERSION)
    .exitOverride()
    .showHelpAfterError('(add --help for the options and examples)')
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', '\nEach command has examples: bot <command> --help');
  await addCommands(
    program,
    COMMANDS,
    args.filter((word) => !word.startsWith('-')),
  );
  return program;
}

/**
 * The operator's command.
 * @param args the words after the program's name
 * @returns the exit code: 0, 1 when it did not succeed, 2 when it was called wrongly
 */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  forgetPrintedJson();
  try {
    const program = await programFor(args);
    assertNothingSwallowed(program, args, process.env);
    if ((process.env['BOT_ENV_FILE'] ?? '') !== '') {
      const { useVariablesFile } = await import('./variables-file.ts');
      useVariablesFile(process.env);
    }
    await program.parseAsync([...args], { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    const isRefused = error instanceof CommanderError;
    if (isRefused && error.exitCode === 0) return 0;
    const text = isRefused
      ? error.message.replace(/^error: /, '')
      : explain(error, { args, debug: args.includes('--debug') });
    // Commander has told of its own.
    if (!isRefused) process.stderr.write(`${text}\n`);
    const code = isRefused || isUsageError(error) ? 2 : 1;
    // The same for every command, so that a script finds a value on standard output whatever happens.
    if (args.includes('--json') && !hasPrintedJson()) {
      const message = text.replace(/^❌ /, '');
      new Output({ json: true }).json({ error: { message, exit_code: code } });
    }
    return code;
  }
}
