import type { Command } from 'commander';
import { addGroup, type LazyCommand } from '../lazy-commands.ts';

const COMMANDS: readonly LazyCommand[] = [
  { name: 'info', summary: 'what Telegram says of it', load: () => import('./webhook/info.ts') },
  { name: 'set', summary: 'let Telegram deliver to an address', load: () => import('./webhook/set.ts') },
  { name: 'delete', summary: 'take it away', load: () => import('./webhook/delete.ts') },
];

/** `bot webhook` */
export async function define(command: Command, words: readonly string[]): Promise<void> {
  await addGroup(command, COMMANDS, words);
}
