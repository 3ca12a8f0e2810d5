import type { Command } from 'commander';

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
