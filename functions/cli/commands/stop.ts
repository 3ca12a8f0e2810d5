import type { Command } from 'commander';
import { defineCommand, type Invocation } from '../define-command.ts';

/** `bot stop` */
export function define(command: Command): void {
  defineCommand(command, {
    examples: [
      ['', 'stops the bot of this data folder: the update in hand is settled, the lease released'],
      ['--stack AgentFactoryBot-prod', 'takes the webhook away; what arrives meanwhile waits at Telegram'],
    ],
    run: stop,
  });
}

async function stop({ output, target }: Invocation<object>): Promise<number> {
  const resolved = await target();
  if (resolved.deployment !== undefined) {
    const { switchOff } = await import('../deployment-switch.ts');
    return switchOff(resolved, output);
  }
  const { stopLocal } = await import('../stop-local.ts');
  output.json(await stopLocal(resolved, output));
  return 0;
}
