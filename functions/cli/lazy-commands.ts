import type { Command } from 'commander';
import { examplesText, showFirst, type Example } from './examples.ts';

/** A command whose module is loaded only when it is the one that was asked for. */
export interface LazyCommand {
  name: string;
  summary: string;
  /** The first of its examples, which the help of its group shows without loading it. */
  example?: Example;
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
  for (const { name, summary, example, load } of commands) {
    const command = parent.command(name).description(summary);
    if (example !== undefined) showFirst(command, example);
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
  const examples = parent.commands.map((command) => examplesText(command));
  parent.addHelpText('after', `\nExamples:\n${examples.join('\n')}`);
}
