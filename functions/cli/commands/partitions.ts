import type { Command } from 'commander';
import { addGroup, type LazyCommand } from '../lazy-commands.ts';

const COMMANDS: readonly LazyCommand[] = [
  {
    name: 'show',
    summary: 'show the lease of each partition',
    example: ['--stack AgentFactoryBot-prod', 'their number, and the holder of each'],
    load: () => import('./partitions/show.ts'),
  },
  {
    name: 'set',
    summary: 'change the number of partitions',
    example: ['64 --dry-run --stack AgentFactoryBot-prod', 'lists the holders that would have to give way'],
    load: () => import('./partitions/set.ts'),
  },
];

/** `bot partitions`: the layout of the lease. */
export async function define(command: Command, words: readonly string[]): Promise<void> {
  await addGroup(command, COMMANDS, words);
}
