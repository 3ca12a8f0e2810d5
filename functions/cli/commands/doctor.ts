import type { Command } from 'commander';
import { defineCommand, type Invocation } from '../define-command.ts';
import { examine } from '../doctor/examine.ts';
import { bad, good } from '../output.ts';

const MARKS = { ok: '✅', warning: '⚠️ ', failed: '❌' } as const;

/** `bot doctor` */
export function define(command: Command): void {
  defineCommand(command, {
    examples: [
      ['', 'checks the bot of this machine; exit code 1 when something is wrong'],
      ['--stack AgentFactoryBot-prod', 'checks a deployed one'],
    ],
    run: doctor,
  });
}

async function doctor({ options, output }: Invocation<object>): Promise<number> {
  const verdicts = await examine(options, process.env);
  for (const { check, verdict, found, advice } of verdicts) {
    output.line(`${MARKS[verdict]} ${check}: ${found}`);
    if (advice !== undefined) output.line(`      ${advice}`);
  }
  const failed = verdicts.filter(({ verdict }) => verdict === 'failed').length;
  output.line();
  output.line(failed === 0 ? good('Nothing is wrong') : bad(`${failed} of ${verdicts.length} checks failed`));
  output.json({ healthy: failed === 0, checks: verdicts });
  return failed === 0 ? 0 : 1;
}
