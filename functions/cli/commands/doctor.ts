import { Option, type Command } from 'commander';
import { STAGE_NAME, STAGE_NAME_RULE } from '../../deployment/stage-name.ts';
import { defineCommand, type CommonOptions, type Invocation } from '../define-command.ts';
import { examine } from '../doctor/examine.ts';
import { examineStage } from '../doctor/preflight.ts';
import type { Verdict } from '../doctor/verdict.ts';
import { bad, good } from '../output.ts';
import { targetOptionsOf } from '../target-options.ts';
import { UsageError } from '../usage-error.ts';

const MARKS = { ok: '✅', warning: '⚠️ ', failed: '❌' } as const;

interface DoctorOptions {
  stage?: string;
}

/** `bot doctor` */
export function define(command: Command): void {
  command.addOption(
    new Option('--stage <name>', 'check a stage before it is deployed; creates nothing').conflicts([
      ...targetOptionsOf('doctor'),
    ]),
  );
  defineCommand<DoctorOptions>(command, {
    examples: [
      ['', 'checks the bot of this machine; exit code 1 when something is wrong'],
      ['--stack AgentFactoryBot-prod', 'checks a deployed one'],
      ['--stage prod', 'before `cdk deploy`: token, webhook, bootstrap, stack, quota'],
    ],
    run: doctor,
  });
}

async function doctor({ options, output }: Invocation<DoctorOptions>): Promise<number> {
  const verdicts = await examined(options);
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

function examined({ stage, ...options }: DoctorOptions & CommonOptions): Promise<Verdict[]> {
  if (stage === undefined) return examine(options, process.env);
  if (!STAGE_NAME.test(stage)) throw new UsageError(`--stage ${STAGE_NAME_RULE}, not ${stage}`);
  return examineStage(stage, process.env);
}
