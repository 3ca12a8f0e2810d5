import type { Command } from 'commander';
import { addGroup, type LazyCommand } from '../lazy-commands.ts';

const COMMANDS: readonly LazyCommand[] = [
  {
    name: 'info',
    summary: 'show the webhook as Telegram has it',
    example: [
      '--stack AgentFactoryBot-prod',
      'its address, the number of updates that wait, and the last error',
    ],
    load: () => import('./webhook/info.ts'),
  },
  {
    name: 'set',
    summary: 'let Telegram deliver to an address',
    example: ['--stack AgentFactoryBot-prod', 'sets it anew, e.g. after the secret has changed'],
    load: () => import('./webhook/set.ts'),
  },
  {
    name: 'delete',
    summary: 'take the webhook away',
    example: ['--yes', 'Telegram delivers nowhere then; what arrives waits there for a day at most'],
    load: () => import('./webhook/delete.ts'),
  },
];

/** `bot webhook` */
export async function define(command: Command, words: readonly string[]): Promise<void> {
  await addGroup(command, COMMANDS, words);
}
