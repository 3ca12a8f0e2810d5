import type { Command } from 'commander';
import { defineCommand, type Invocation } from '../define-command.ts';
import { UsageError } from '../usage-error.ts';
import type { StartOptions } from '../detached.ts';
import { checkStartOptions, start, startOptions } from './start.ts';

/** `bot restart` */
export function define(command: Command): void {
  startOptions(command);
  defineCommand<StartOptions>(command, {
    examples: [
      ['--detach', 'stops the bot if it runs, and starts it in the background'],
      ['', 'stops the bot if it runs, and starts it in this terminal'],
    ],
    run: restart,
  });
}

async function restart(invocation: Invocation<StartOptions>): Promise<number> {
  const target = await invocation.target();
  if (target.deployment !== undefined) {
    throw new UsageError('A deployment has nothing to restart: use stop --stack, then start --stack');
  }
  await checkStartOptions(invocation.options);
  const { stopLocal } = await import('../stop-local.ts');
  await stopLocal(target, invocation.output);
  return start(invocation);
}
