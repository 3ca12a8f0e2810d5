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
  const names: string[] = [];
  for (let each: Command | null = command; each?.parent; each = each.parent) names.unshift(each.name());
  return [first.get(command), ...examples]
    .filter((example) => example !== undefined)
    .map(([args, what]) => `  ${commandLine(`${names.join(' ')} ${args}`.trim())}\n      ${what}`)
    .join('\n');
}
