import { chmodSync, existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { hasToken } from '../../../settings/secrets.ts';
import { defineCommand, type Invocation } from '../../define-command.ts';
import type { Output } from '../../output.ts';
import { environmentFile } from '../../service/environment-file.ts';
import { launchdAgent, launchdCommands } from '../../service/launchd.ts';
import { managerOption } from '../../service/manager-option.ts';
import {
  makeFolders,
  managerOf,
  planService,
  writeServiceFile,
  type ServiceManager,
  type ServicePlan,
} from '../../service/plan.ts';
import { runTool } from '../../service/run-tool.ts';
import { SYSTEMD_UNIT, systemctl, systemdUnit } from '../../service/systemd.ts';
import { windowsInstallation } from '../../service/windows.ts';
import { CommandError } from '../../usage-error.ts';

interface InstallOptions {
  for?: ServiceManager;
  output?: string;
}

/** `bot service install` */
export function define(command: Command): void {
  command
    .addOption(managerOption())
    .option('--output <folder>', 'only write the files there, and print the commands');
  defineCommand<InstallOptions>(command, {
    examples: [['--output ./service', 'to look at before: nothing is installed']],
    run: install,
  });
}

async function install({ options, output, target }: Invocation<InstallOptions>): Promise<number> {
  const resolved = await target();
  const manager = options.for ?? managerOf(process.platform);
  const plan = planService(resolved, process.env);
  if (options.output !== undefined) plan.environmentFile = join(resolve(options.output), 'env');
  const { user } = plan;
  makeFolders(plan, process.env);
  writeEnvironment(plan, resolved.env, output);
  if (!hasToken(resolved.settings))
    output.line(`⚠️  No token is set: put TELEGRAM_BOT_TOKEN into ${plan.environmentFile}`);

  const { file, commands: enablingCommands } = filesOf(manager, plan);
  const path =
    file && (options.output === undefined ? file.path : resolve(options.output, basename(file.path)));
  const commands = [...copying(path, file?.path), ...enablingCommands];
  if (file !== undefined && path !== undefined) {
    writeServiceFile({ path, content: file.content }, 0o644);
    output.line(`Written: ${path}`);
  }
  if (manager === 'systemd' && path !== undefined) verify(path, output);
  const isHere = options.output === undefined && manager === managerOf(process.platform);
  if (isHere && manager === 'systemd') enable(plan, output);
  else {
    output.line('To install it, run:');
    for (const line of commands) output.line(`  ${line}`);
  }
  output.json({
    manager,
    file: path ?? null,
    environment_file: plan.environmentFile,
    user,
    commands,
    enabled: isHere && manager === 'systemd',
  });
  return 0;
}

function writeEnvironment(plan: ServicePlan, env: Record<string, string | undefined>, output: Output): void {
  const path = plan.environmentFile;
  if (existsSync(path)) {
    chmodSync(path, 0o600);
    output.line(`Kept: ${path} (change its variables there)`);
    return;
  }
  writeServiceFile({ path, content: environmentFile(env) }, 0o600);
  output.line(`Written: ${path} (readable by its owner alone)`);
}

function filesOf(manager: ServiceManager, plan: ServicePlan) {
  const { isSystemWide } = plan;
  if (manager === 'windows') return { file: undefined, commands: windowsInstallation(plan) };
  if (manager === 'launchd')
    return { file: launchdAgent(plan), commands: launchdCommands('install', isSystemWide) };
  return { file: systemdUnit(plan), commands: enabling(isSystemWide).map((words) => words.join(' ')) };
}

/** A service manager looks for its files in one place alone. */
function copying(from: string | undefined, to: string | undefined): string[] {
  if (from === undefined || to === undefined || from === to) return [];
  return [`mkdir -p ${quoted(dirname(to))}`, `cp ${quoted(from)} ${quoted(to)}`];
}

function quoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}

function enabling(isSystemWide: boolean): string[][] {
  return [systemctl(isSystemWide, 'daemon-reload'), systemctl(isSystemWide, 'enable', '--now', SYSTEMD_UNIT)];
}

function verify(path: string, output: Output): void {
  const { exists, ok, text } = runTool(['systemd-analyze', 'verify', path]);
  if (!exists) return;
  if (!ok) throw new CommandError(`systemd-analyze finds fault with ${path}:\n${text}`);
  output.line('systemd-analyze verify: ✅');
}

function enable({ isSystemWide }: ServicePlan, output: Output): void {
  for (const words of enabling(isSystemWide)) {
    const { exists, ok, text } = runTool(words);
    if (exists && ok) continue;
    const why = exists ? text : 'there is no systemctl here';
    throw new CommandError(
      `The unit is written, but \`${words.join(' ')}\` did not succeed: ${why}\nWhere systemd runs, do it with:\n` +
        enabling(isSystemWide)
          .map((each) => `  ${each.join(' ')}`)
          .join('\n'),
    );
  }
  output.line('✅ Service enabled and started. Its log: journalctl -u agent-factory-bot -f');
}
