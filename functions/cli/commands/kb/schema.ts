import type { Command } from 'commander';
import { atomFileSchema } from '../../../knowledge/json-schema.ts';
import { defineCommand } from '../../define-command.ts';

/** `bot kb schema` */
export function define(command: Command): void {
  defineCommand(command, {
    run: () => {
      process.stdout.write(`${JSON.stringify(atomFileSchema(), undefined, 2)}\n`);
      return Promise.resolve(0);
    },
  });
}
