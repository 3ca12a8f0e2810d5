import type { Command } from 'commander';
import { addGroup, type LazyCommand } from '../lazy-commands.ts';

const COMMANDS: readonly LazyCommand[] = [
  { name: 'install', summary: 'write and enable the service', load: () => import('./service/install.ts') },
  { name: 'uninstall', summary: 'stop and remove it', load: () => import('./service/uninstall.ts') },
  { name: 'status', summary: 'whether it is there and runs', load: () => import('./service/status.ts') },
];

/** `bot service`: for systemd, launchd and Windows. */
export async function define(command: Command, words: readonly string[]): Promise<void> {
  await addGroup(command, COMMANDS, words);
}
