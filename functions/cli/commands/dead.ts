import type { Command } from 'commander';
import { addGroup, type LazyCommand } from '../lazy-commands.ts';

const COMMANDS: readonly LazyCommand[] = [
  {
    name: 'list',
    summary: 'list the parked updates',
    example: ['--stack AgentFactoryBot-prod', 'the updates that wait for somebody, oldest first'],
    load: () => import('./dead/list.ts'),
  },
  {
    name: 'show',
    summary: 'show one of them, and why it was parked',
    example: ['123456789', 'each attempt, and how it ended'],
    load: () => import('./dead/show.ts'),
  },
  {
    name: 'replay',
    summary: 'deliver one of them again',
    example: ['123456789', 'hands it to the bot that runs here, as an ordinary delivery'],
    load: () => import('./dead/replay.ts'),
  },
  {
    name: 'drop',
    summary: 'forget one of them',
    example: ['123456790 --yes', 'deletes its payload; it stays on record as dead, and is listed no more'],
    load: () => import('./dead/drop.ts'),
  },
];

/** `bot dead`: the updates that were parked after too many attempts. */
export async function define(command: Command, words: readonly string[]): Promise<void> {
  await addGroup(command, COMMANDS, words);
}
