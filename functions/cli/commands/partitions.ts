import type { Command } from 'commander';
import { addGroup, type LazyCommand } from '../lazy-commands.ts';

const COMMANDS: readonly LazyCommand[] = [
  { name: 'show', summary: 'the lease of each partition', load: () => import('./partitions/show.ts') },
  { name: 'set', summary: 'cut the chats anew', load: () => import('./partitions/set.ts') },
];

/** `bot partitions`: the layout of the lease. */
export async function define(command: Command, words: readonly string[]): Promise<void> {
  await addGroup(command, COMMANDS, words);
}
