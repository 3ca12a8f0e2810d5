import type { Command } from 'commander';
import { EXAMPLE_ATOMS } from '../../../knowledge/example.ts';
import { defineCommand } from '../../define-command.ts';

/** `bot kb example` */
export function define(command: Command): void {
  defineCommand(command, {
    run: () => {
      process.stdout.write(`${JSON.stringify(EXAMPLE_ATOMS, undefined, 2)}\n`);
      return Promise.resolve(0);
    },
  });
}
