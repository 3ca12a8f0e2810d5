import { homedir } from 'node:os';
import { join } from 'node:path';
import { SERVICE_NAME, type ServiceFile, type ServicePlan } from './plan.ts';

const LABEL = `local.${SERVICE_NAME}`;

/** Node reads the variables itself, since launchd knows no file of them; the log rotates by itself. */
export function launchdAgent(plan: ServicePlan): ServiceFile {
  const { program, args, workingFolder, logFolder, environmentFile, isSystemWide, user } = plan;
  const words = [program, `--env-file=${environmentFile}`, ...args, '--log', logFolder];
  const content = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>${LABEL}</string>
  <key>ProgramArguments</key>
  <array>
${words.map((word) => `    <string>${escaped(word)}</string>`).join('\n')}
  </array>
  <key>WorkingDirectory</key>
  <string>${escaped(workingFolder)}</string>
${isSystemWide ? `  <key>UserName</key>\n  <string>${escaped(user)}</string>\n` : ''}  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>ThrottleInterval</key>
  <integer>10</integer>
  <key>ExitTimeOut</key>
  <integer>40</integer>
  <key>StandardErrorPath</key>
  <string>${escaped(join(logFolder, 'bot.err.log'))}</string>
</dict>
</plist>
`;
  return { path: plistPath(isSystemWide), content };
}

export function launchdCommands(action: 'install' | 'uninstall' | 'status', isSystemWide: boolean): string[] {
  const domain = isSystemWide ? 'system' : 'gui/$(id -u)';
  const path = plistPath(isSystemWide);
  if (action === 'install') return [`launchctl bootstrap ${domain} ${path}`];
  if (action === 'uninstall') return [`launchctl bootout ${domain}/${LABEL}`, `rm ${path}`];
  return [`launchctl print ${domain}/${LABEL}`];
}

function plistPath(isSystemWide: boolean): string {
  const folder = isSystemWide ? '/Library/LaunchDaemons' : join(homedir(), 'Library', 'LaunchAgents');
  return join(folder, `${LABEL}.plist`);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
