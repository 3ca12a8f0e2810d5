import { homedir } from 'node:os';
import { join } from 'node:path';
import { SERVICE_LABEL, SERVICE_NAME, type ServiceFile, type ServicePlan } from './plan.ts';

const UNIT = `${SERVICE_NAME}.service`;

/** Longer than an update's deadline, the confirmation and the release. */
const STOP_SECONDS = 40;

export function systemdUnit(plan: ServicePlan): ServiceFile {
  const { program, args, workingFolder, dataFolder, environmentFile, isSystemWide, user } = plan;
  const content = `[Unit]
Description=${SERVICE_LABEL}
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0

[Service]
Type=exec
ExecStart=${[program, ...args].map(quoted).join(' ')}
WorkingDirectory=${specifiers(workingFolder)}
EnvironmentFile=${specifiers(environmentFile)}
${isSystemWide ? `User=${user}\n` : ''}Restart=on-failure
RestartSec=5
# Called wrongly, or with a variable that is wrong: starting it again would not help.
RestartPreventExitStatus=2
TimeoutStopSec=${STOP_SECONDS}
# journald keeps the log, and rotates it.
StandardOutput=journal
StandardError=journal
SyslogIdentifier=${SERVICE_NAME}
NoNewPrivileges=true
PrivateTmp=true
ProtectSystem=full
ReadWritePaths=${quoted(dataFolder)}
UMask=0077

[Install]
WantedBy=${isSystemWide ? 'multi-user.target' : 'default.target'}
`;
  return { path: unitPath(isSystemWide), content };
}

export function unitPath(isSystemWide: boolean): string {
  return isSystemWide
    ? join('/etc/systemd/system', UNIT)
    : join(process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'systemd', 'user', UNIT);
}

/** `systemctl`, of the machine or of the user, each as the words of a command line. */
export function systemctl(isSystemWide: boolean, ...words: string[]): string[] {
  return ['systemctl', ...(isSystemWide ? [] : ['--user']), ...words];
}

export const SYSTEMD_UNIT = UNIT;

/** systemd expands % and $, and splits at spaces: systemd.service(5). */
function quoted(word: string): string {
  const plain = specifiers(word).replaceAll('$', '$$$$');
  return /^[\w@%+=:,./$-]+$/.test(plain)
    ? plain
    : `"${plain.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

function specifiers(text: string): string {
  return text.replaceAll('%', '%%');
}
