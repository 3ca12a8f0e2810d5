import type { Command } from 'commander';
import { addGroup, type LazyCommand } from '../lazy-commands.ts';

const COMMANDS: readonly LazyCommand[] = [
  {
    name: 'install',
    summary: 'write and enable the service',
    example: ['--data /srv/bot', 'with the settings that the environment has now, the token among them'],
    load: () => import('./service/install.ts'),
  },
  {
    name: 'uninstall',
    summary: 'stop and remove the service',
    example: ['', 'stops the service and removes its unit; data and settings stay'],
    load: () => import('./service/uninstall.ts'),
  },
  {
    name: 'status',
    summary: 'show whether it is there and runs',
    example: [
      '',
      'exit code 0 when the service is there and active; of systemd only, else it prints what to run',
    ],
    load: () => import('./service/status.ts'),
  },
];

/** `bot service`: for systemd, launchd and Windows. */
export async function define(command: Command, words: readonly string[]): Promise<void> {
  await addGroup(command, COMMANDS, words);
}
