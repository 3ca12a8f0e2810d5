import { existsSync, rmSync } from 'node:fs';
import type { Command } from 'commander';
import { defineCommand, type Invocation } from '../../define-command.ts';
import { launchdCommands } from '../../service/launchd.ts';
import { managerOption } from '../../service/manager-option.ts';
import { environmentFileOf, isSystemWide, managerOf, type ServiceManager } from '../../service/plan.ts';
import { runTool } from '../../service/run-tool.ts';
import { SYSTEMD_UNIT, systemctl, unitPath } from '../../service/systemd.ts';
import { windowsCommands } from '../../service/windows.ts';

interface UninstallOptions {
  for?: ServiceManager;
}

/** `bot service uninstall` */
export function define(command: Command): void {
  command.addOption(managerOption());
  defineCommand<UninstallOptions>(command, {
    run: uninstall,
  });
}

async function uninstall({ options, output, target }: Invocation<UninstallOptions>): Promise<number> {
  const { settings } = await target();
  const manager = options.for ?? managerOf(process.platform);
  const isOfMachine = isSystemWide();
  if (manager !== 'systemd') {
    const commands =
      manager === 'launchd' ? launchdCommands('uninstall', isOfMachine) : windowsCommands('uninstall');
    output.line('To remove it, run:');
    for (const line of commands) output.line(`  ${line}`);
    output.json({ manager, removed: false, commands });
    return 0;
  }
  const path = unitPath(isOfMachine);
  const existed = existsSync(path);
  if (existed) {
    runTool(systemctl(isOfMachine, 'disable', '--now', SYSTEMD_UNIT));
    rmSync(path);
    runTool(systemctl(isOfMachine, 'daemon-reload'));
  }
  output.line(existed ? `✅ Removed: ${path}` : `There is no ${path}: nothing to remove`);
  output.line(`Kept: ${environmentFileOf(process.env)} and ${settings.dataFolder}`);
  output.json({ manager, removed: existed, unit: path });
  return 0;
}
