import { InvalidArgumentError, Option, type Command } from 'commander';
import { examplesText, type Example } from './examples.ts';
import { Output } from './output.ts';
import { resolveTarget, type Target, type TargetOptions } from './target.ts';

export interface CommonOptions extends TargetOptions {
  json?: boolean;
  debug?: boolean;
}

export interface Invocation<Options> {
  options: Options & CommonOptions;
  /** Positional arguments, as declared; an optional one may be missing. */
  args: readonly string[];
  output: Output;
  /** Resolved when it is first asked for. @throws UsageError, CommandError */
  target: () => Promise<Target>;
}

/**
 * Gives a command the options that all of them share, its examples, and what it does.
 * @param spec.examples those that follow the one in the list of its group
 * @param spec.run returns the exit code; nothing is 0
 */
export function defineCommand<Options = object>(
  command: Command,
  spec: {
    examples?: readonly Example[];
    /** It asks no bot and no store, or only what all bots of a store share; by default it is about a bot. */
    target?: 'none' | 'store';
    /** It is about one bot's lease or updates, where several may have run over its store. */
    ofOneBot?: boolean;
    run: (invocation: Invocation<Options>) => Promise<number | void>;
  },
): void {
  if (spec.ofOneBot === true)
    command.addOption(
      targetOption('--bot <id>', 'the bot by its id, where several have run over one store').argParser(
        parseBotId,
      ),
    );
  if (spec.target !== 'none') addStoreOptions(command);
  if (spec.target === undefined)
    command.addOption(
      targetOption('--port <port>', 'port of its health check and webhook (PORT, 9876)').argParser(parsePort),
    );
  command
    .addOption(new Option('--json', 'print JSON'))
    .addOption(new Option('--debug', 'print the stack of an error'))
    .addHelpText('after', () => `\nExamples:\n${examplesText(command, spec.examples)}`)
    .action(async (...parameters: unknown[]) => {
      // Commander passes each declared argument, then the options, then the command.
      const options = command.opts<Options & CommonOptions>();
      const args = parameters
        .slice(0, -2)
        .flat()
        .filter((value) => typeof value === 'string');
      const output = new Output({ json: options.json === true });
      let target: Promise<Target> | undefined;
      const code = await spec.run({
        options,
        args,
        output,
        target: () => (target ??= resolveTarget(options, process.env)),
      });
      process.exitCode = code ?? 0;
    });
}

function addStoreOptions(command: Command): void {
  command
    .addOption(targetOption('--data <folder>', 'data folder of a bot on this machine (BOT_DATA, .data)'))
    .addOption(targetOption('--table <name>', 'DynamoDB table instead of the data folder (TABLE_NAME)'))
    .addOption(targetOption('--stack <name>', 'a deployed stack, e.g. AgentFactoryBot-prod'))
    .addOption(
      targetOption(
        '--url <url>',
        'a deployment by its URL (of a stack: its output WebhookUrl); with --table where the table is needed',
      ),
    );
}

/** Apart from the command's own in its help. */
function targetOption(flags: string, description: string): Option {
  return new Option(flags, description).helpGroup('Which bot:');
}

function parseBotId(text: string): string {
  if (/^[1-9]\d{0,15}$/.test(text)) return text;
  throw new InvalidArgumentError('A bot id is the number before the colon of its token.');
}

function parsePort(text: string): string {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return text;
  throw new InvalidArgumentError('A port is a whole number from 0 to 65535.');
}
