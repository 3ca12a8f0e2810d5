import type { Command } from 'commander';
import { addGroup, type LazyCommand } from '../lazy-commands.ts';

const COMMANDS: readonly LazyCommand[] = [
  {
    name: 'list',
    summary: 'the last updates, and how each ended',
    load: () => import('./updates/list.ts'),
  },
  { name: 'show', summary: 'one update, attempt by attempt', load: () => import('./updates/show.ts') },
];

/** `bot updates` */
export async function define(command: Command, words: readonly string[]): Promise<void> {
  await addGroup(command, COMMANDS, words);
}
