import type { Command } from 'commander';
import { commandLine } from './invocation.ts';

/** The words after the command's own name, and what they do. */
export type Example = readonly [string, string];

const first = new WeakMap<Command, Example>();

/** Tells an example of a command that need not be loaded for it. */
export function showFirst(command: Command, example: Example): void {
  first.set(command, example);
}

/** As the help shows them: the first one, then these. */
export function examplesText(command: Command, examples: readonly Example[] = []): string {
  const words = wordsOf(command).join(' ');
  return [first.get(command), ...examples]
    .filter((example) => example !== undefined)
    .map(([args, what]) => `  ${commandLine(`${words} ${args}`.trim())}\n      ${what}`)
    .join('\n');
}

/** The words that call a command, the program's name left out. */
export function wordsOf(command: Command): string[] {
  return command.parent === null ? [] : [...wordsOf(command.parent), command.name()];
}
