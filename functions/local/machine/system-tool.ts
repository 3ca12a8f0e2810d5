import { execFileSync } from 'node:child_process';
import { delimiter } from 'node:path';
import { tryRead } from './try-read.ts';

/** A service's or a crontab's PATH may lack the folder of a tool that a shell's has. */
const SYSTEM_FOLDERS = ['/usr/bin', '/bin', '/usr/sbin', '/sbin'];

/** The output of a tool of the system, without this user's locale and time zone; `undefined` where it fails. */
export function askSystem(tool: string, args: readonly string[]): string | undefined {
  return tryRead(() =>
    execFileSync(tool, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, ...searchPath(), LC_ALL: 'C', LANG: 'C', TZ: 'UTC0' },
      timeout: 10_000,
      windowsHide: true,
    }),
  );
}

function searchPath(): { PATH?: string } {
  if (process.platform === 'win32') return {};
  const given = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return { PATH: [...given, ...SYSTEM_FOLDERS].join(delimiter) };
}
