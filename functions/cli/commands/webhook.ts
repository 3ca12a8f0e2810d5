import type { Command } from 'commander';
import { addGroup, type LazyCommand } from '../lazy-commands.ts';

const COMMANDS: readonly LazyCommand[] = [
  {
    name: 'info',
    summary: 'what Telegram says of it',
    example: ['--stack AgentFactoryBot-prod', 'where Telegram delivers to, what waits, and the last error'],
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
    summary: 'take it away',
    example: ['--yes', 'Telegram delivers nowhere then; what arrives waits there for a day at most'],
    load: () => import('./webhook/delete.ts'),
  },
];

/** `bot webhook` */
export async function define(command: Command, words: readonly string[]): Promise<void> {
  await addGroup(command, COMMANDS, words);
}
