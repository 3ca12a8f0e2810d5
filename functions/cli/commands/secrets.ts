import type { Command } from 'commander';
import { addGroup, type LazyCommand } from '../lazy-commands.ts';

const COMMANDS: readonly LazyCommand[] = [
  {
    name: 'set',
    summary: 'store the token or the webhook secret',
    example: ['token --stage prod', 'before the first deployment; asks, and echoes nothing'],
    load: () => import('./secrets/set.ts'),
  },
];

/** `bot secrets` */
export async function define(command: Command, words: readonly string[]): Promise<void> {
  await addGroup(command, COMMANDS, words);
}
