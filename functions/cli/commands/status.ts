import type { Command } from 'commander';
import { defineCommand, type Invocation } from '../define-command.ts';

/** `bot status` */
export function define(command: Command): void {
  defineCommand(command, {
    examples: [
      ['', 'the bot of this data folder; exit code 0 when it runs, 1 when not'],
      ['--json', 'the same for a script'],
      [
        '--stack AgentFactoryBot-prod',
        'the deployed bot: health, lease, webhook, version; 0 while updates reach it and are handled, otherwise 1',
      ],
    ],
    run: status,
  });
}

async function status({ output, target }: Invocation<object>): Promise<number> {
  const resolved = await target();
  if (resolved.deployment !== undefined) {
    const { deployedStatus } = await import('../deployed-status.ts');
    return deployedStatus(resolved, output);
  }
  const { localStatus } = await import('../local-status.ts');
  return localStatus(resolved, output);
}
