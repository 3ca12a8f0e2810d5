import type { Command } from 'commander';
import { addGroup, type LazyCommand } from '../lazy-commands.ts';

const COMMANDS: readonly LazyCommand[] = [
  {
    name: 'forget',
    summary: 'delete what is kept of a user',
    example: [
      '501 --yes',
      'deletes their scripts, votes, parked updates, counts and language, as /forgetme does',
    ],
    load: () => import('./users/forget.ts'),
  },
];

/** `bot users`: what is kept of the people who use the bot. */
export async function define(command: Command, words: readonly string[]): Promise<void> {
  await addGroup(command, COMMANDS, words);
}
