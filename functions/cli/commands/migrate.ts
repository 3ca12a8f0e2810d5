import type { Command } from 'commander';
import { defineCommand, type Invocation } from '../define-command.ts';
import { commandForThisBot } from '../invocation.ts';
import {
  importStep,
  startStep,
  switchStep,
  tokenStep,
  verifyStep,
  type StepResult,
} from '../migration-steps.ts';
import type { Output } from '../output.ts';
import { strong } from '../output.ts';
import { CommandError } from '../usage-error.ts';

interface MigrateOptions {
  from?: string[];
  run?: boolean;
}

/** `bot migrate` */
export function define(command: Command): void {
  command
    .option('--from <file...>', 'the old system’s atoms: an export, or a folder of them')
    .option('--run', 'do it; without this it is a dry run');
  defineCommand<MigrateOptions>(command, {
    examples: [
      ['--stack AgentFactoryBot-prod --from export.json', 'says what would happen, and changes nothing'],
      [
        '--stack AgentFactoryBot-prod --from export.json --run',
        'imports, then lets Telegram deliver to the stack',
      ],
      ['--from export.json --run', 'moves to a bot on this machine instead'],
    ],
    run: migrate,
  });
}

async function migrate({ options, output, target }: Invocation<MigrateOptions>): Promise<number> {
  const resolved = await target();
  const isDryRun = options.run !== true;
  const context = { target: resolved, output, isDryRun };
  const isDeployed = resolved.deployment !== undefined;
  const steps: [string, () => Promise<StepResult>][] = [
    ['Who has the token now', () => tokenStep(context)],
    ['Import the atoms', () => importStep(context, options.from)],
    isDeployed
      ? ['Let Telegram deliver to the stack', () => switchStep(context)]
      : ['Start the bot on this machine', () => startStep(context)],
    ['Check that it works', () => verifyStep(context)],
  ];
  output.line(isDryRun ? 'Dry run: nothing is changed. Add --run to do it.' : 'Migrating, step by step.');
  const results: object[] = [];
  for (const [at, [title, step]] of steps.entries()) {
    output.line();
    output.line(strong(`Step ${at + 1} of ${steps.length}: ${title}`));
    const result = await step();
    for (const line of result.lines) output.line(`  ${line}`);
    results.push({ step: title, ok: result.ok, details: result.lines });
    if (!result.ok && !isDryRun) {
      output.json({ migrated: false, steps: results });
      throw new CommandError(
        `Step ${at + 1} cannot be done, and no later step was begun. Mend what it says, then run the same command again: each step may be repeated`,
      );
    }
  }
  wayBack(output, isDeployed);
  const blocked = results.some((result) => (result as { ok: boolean }).ok === false);
  output.json({ migrated: !isDryRun, dry_run: isDryRun, steps: results });
  return blocked ? 1 : 0;
}

function wayBack(output: Output, isDeployed: boolean): void {
  const stop = commandForThisBot('stop');
  output.line();
  output.line(strong('The way back'));
  output.line(`  ${stop}`);
  output.line(
    '  then start the old bot as before: what arrived meanwhile waits at Telegram, for a day at most',
  );
  if (isDeployed)
    output.line('  (the old bot must not run while the webhook is set: Telegram refuses it with 409)');
}
