import type { Command } from 'commander';
import { addGroup, type LazyCommand } from '../lazy-commands.ts';

const COMMANDS: readonly LazyCommand[] = [
  { name: 'list', summary: 'the parked updates', load: () => import('./dead/list.ts') },
  { name: 'show', summary: 'one of them, and why it was parked', load: () => import('./dead/show.ts') },
  { name: 'replay', summary: 'deliver one of them again', load: () => import('./dead/replay.ts') },
  { name: 'drop', summary: 'forget one of them', load: () => import('./dead/drop.ts') },
];

/** `bot dead`: the updates that were parked after too many attempts. */
export async function define(command: Command, words: readonly string[]): Promise<void> {
  await addGroup(command, COMMANDS, words);
}
