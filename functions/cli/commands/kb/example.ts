import type { Command } from 'commander';
import { EXAMPLE_ATOMS } from '../../../knowledge/example.ts';
import { defineCommand } from '../../define-command.ts';

/** `bot kb example` */
export function define(command: Command): void {
  defineCommand(command, {
    examples: [['> atoms.json', 'a file to begin with: two atoms, the second with the least that one needs']],
    run: () => {
      process.stdout.write(`${JSON.stringify(EXAMPLE_ATOMS, undefined, 2)}\n`);
      return Promise.resolve(0);
    },
  });
}
