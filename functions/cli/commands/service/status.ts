import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { defineCommand, type Invocation } from '../../define-command.ts';
import { commandForThisBot } from '../../invocation.ts';
import { launchdCommands } from '../../service/launchd.ts';
import { managerOption } from '../../service/manager-option.ts';
import { isSystemWide, managerOf, type ServiceManager } from '../../service/plan.ts';
import { runTool } from '../../service/run-tool.ts';
import { SYSTEMD_UNIT, systemctl, unitPath } from '../../service/systemd.ts';
import { windowsCommands } from '../../service/windows.ts';

interface StatusOptions {
  for?: ServiceManager;
}

/** `bot service status` */
export function define(command: Command): void {
  command.addOption(managerOption());
  defineCommand<StatusOptions>(command, {
    run: status,
  });
}

function status({ options, output }: Invocation<StatusOptions>): number {
  const manager = options.for ?? managerOf(process.platform);
  const isOfMachine = isSystemWide();
  if (manager !== 'systemd') {
    const commands =
      manager === 'launchd' ? launchdCommands('status', isOfMachine) : windowsCommands('status');
    output.line('To see it, run:');
    for (const line of commands) output.line(`  ${line}`);
    output.json({ manager, commands });
    // It was not found out.
    return 1;
  }
  const path = unitPath(isOfMachine);
  const isInstalled = existsSync(path);
  const active = runTool(systemctl(isOfMachine, 'is-active', SYSTEMD_UNIT));
  const enabled = runTool(systemctl(isOfMachine, 'is-enabled', SYSTEMD_UNIT));
  output.line(`Unit: ${isInstalled ? path : 'not installed'}`);
  output.line(`Enabled: ${enabled.ok ? 'yes' : 'no'}`);
  output.line(`Active: ${active.ok ? '✅ yes' : '❌ no'}`);
  if (!isInstalled) output.line(`To install it: ${commandForThisBot('service install')}`);
  output.json({ manager, installed: isInstalled, enabled: enabled.ok, active: active.ok });
  return isInstalled && active.ok ? 0 : 1;
}
