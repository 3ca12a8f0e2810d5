import { Option, type Command } from 'commander';
import { examplesText, wordsOf, type Example } from './examples.ts';
import { Output } from './output.ts';
import { targetOptionsFor } from './target-options.ts';
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
    run: (invocation: Invocation<Options>) => Promise<number | void> | number;
  },
): void {
  for (const option of targetOptionsFor(wordsOf(command).join(' '))) command.addOption(option);
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
