import type { Command } from 'commander';
import { firstExampleOf } from './define-command.ts';

/** A command whose module is loaded only when it is the one that was asked for. */
export interface LazyCommand {
  name: string;
  summary: string;
  load: () => Promise<{ define: (command: Command, words: readonly string[]) => void | Promise<void> }>;
}

/**
 * Adds commands by name and summary, and defines the one that the command line names.
 * @param words the command line without its options
 */
export async function addCommands(
  parent: Command,
  commands: readonly LazyCommand[],
  words: readonly string[],
): Promise<void> {
  const [wanted, ...rest] = words[0] === 'help' ? words.slice(1) : words;
  for (const { name, summary, load } of commands) {
    const command = parent.command(name).description(summary);
    if (name === wanted) await (await load()).define(command, rest);
  }
}

/**
 * The same for commands of one kind, such as `kb import`. Asked without any of them, it shows an example of each.
 * @param words the words after the name of the kind, without its options
 */
export async function addGroup(
  parent: Command,
  commands: readonly LazyCommand[],
  words: readonly string[],
): Promise<void> {
  const isOneOfThem = commands.some(({ name }) => name === words[0]);
  await addCommands(parent, commands, words);
  if (isOneOfThem) return;
  for (const command of parent.commands) {
    const lazy = commands.find(({ name }) => name === command.name());
    await (await lazy?.load())?.define(command, []);
  }
  const examples = parent.commands.flatMap((command) => firstExampleOf(command) ?? []);
  parent.addHelpText('after', `\nExamples:\n${examples.join('\n')}`);
}
