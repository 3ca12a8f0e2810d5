import type { Command } from 'commander';
import { DEDUPE_HOURS } from '../../lease/limits.ts';
import { addGroup, type LazyCommand } from '../lazy-commands.ts';

const COMMANDS: readonly LazyCommand[] = [
  {
    name: 'list',
    summary: 'list the last updates, and how each ended',
    example: [
      '',
      `the last updates, newest first, and how each ended; the ledger knows them for ${DEDUPE_HOURS} hours`,
    ],
    load: () => import('./updates/list.ts'),
  },
  {
    name: 'show',
    summary: 'show one update, attempt by attempt',
    example: ['123456789', 'each attempt: its consumer, its time and how it ended'],
    load: () => import('./updates/show.ts'),
  },
];

/** `bot updates` */
export async function define(command: Command, words: readonly string[]): Promise<void> {
  await addGroup(command, COMMANDS, words);
}
