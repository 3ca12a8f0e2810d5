import type { Command } from 'commander';
import { addGroup, type LazyCommand } from '../lazy-commands.ts';

const COMMANDS: readonly LazyCommand[] = [
  {
    name: 'show',
    summary: 'the lease of each partition',
    example: ['--stack AgentFactoryBot-prod', 'how many there are, and who holds each'],
    load: () => import('./partitions/show.ts'),
  },
  {
    name: 'set',
    summary: 'cut the chats anew',
    example: ['64 --dry-run --stack AgentFactoryBot-prod', 'who would have to give way'],
    load: () => import('./partitions/set.ts'),
  },
];

/** `bot partitions`: the layout of the lease. */
export async function define(command: Command, words: readonly string[]): Promise<void> {
  await addGroup(command, COMMANDS, words);
}
