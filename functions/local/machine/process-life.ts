import { readFileSync, statSync } from 'node:fs';
import { askSystem } from './system-tool.ts';
import { tryRead } from './try-read.ts';

/**
 * The life of a process, as far as it can be seen from here: its start, in whatever unit its system counts, or only
 * that it may run.
 */
export type Life = { startedAt: string } | 'runs' | 'ended';

export function lifeOf(pid: number, platform: NodeJS.Platform = process.platform): Life {
  // A process that cannot be seen may be hidden from this user (hidepid, ProtectProc) and run all the same.
  return seen(pid, platform) ?? (isRunning(pid) ? 'runs' : 'ended');
}

/** The user whose process it is; `undefined` where that cannot be seen, and on Windows. */
export function userOf(pid: number, platform: NodeJS.Platform = process.platform): number | undefined {
  if (platform === 'win32') return undefined;
  if (platform === 'linux') return tryRead(() => statSync(`/proc/${pid}`).uid);
  const told = askSystem('ps', ['-o', 'uid=', '-p', String(pid)])?.trim() ?? '';
  return /^\d{1,10}$/.test(told) ? Number(told) : undefined;
}

function seen(pid: number, platform: NodeJS.Platform): Life | undefined {
  if (platform === 'linux') {
    const stat = tryRead(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
    return stat === undefined ? undefined : lifeInStat(stat);
  }
  if (platform !== 'win32')
    return lifeInPs(askSystem('ps', ['-o', 'stat=', '-o', 'lstart=', '-p', String(pid)]) ?? '');
  const command = ['-NoProfile', '-NonInteractive', '-Command', startInPowerShell(pid)];
  const startedAt = startInTicks(askSystem('powershell.exe', command) ?? '');
  return startedAt === undefined ? undefined : { startedAt };
}

/** `ps -o stat= -o lstart=`. One that has ended stays listed until its parent takes note. */
export function lifeInPs(told: string): Life | undefined {
  const [, state = '', start = ''] = /^\s*(\S+)\s+(.*)$/s.exec(told) ?? [];
  if (state.startsWith('Z')) return 'ended';
  const startedAt = startInPs(start);
  return startedAt === undefined ? undefined : { startedAt };
}

/** `/proc/<pid>/stat`. The second field, the command, may itself hold spaces and parentheses: proc(5). */
export function lifeInStat(stat: string): Life | undefined {
  const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (state === 'Z' || state === 'X') return 'ended';
  const startedAt = rest[18];
  return startedAt === undefined ? undefined : { startedAt };
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * The start that BSD's and Apple's `ps` print by `strftime("%c")` of the reader's locale and time zone, so that it
 * is asked for in the C locale and UTC. Any other text is a reader's own, and identifies nothing.
 * @returns e.g. `20261128T202800Z`
 */
function startInPs(told: string): string | undefined {
  const words = told.trim().split(/\s+/);
  if (words.length !== 5) return undefined;
  // Some print the day before the month.
  const [month, day] = MONTHS.includes(words[1]!) ? [words[1]!, words[2]!] : [words[2]!, words[1]!];
  const [, , , time = '', year = ''] = words;
  const monthNumber = MONTHS.indexOf(month) + 1;
  const isUnderstood =
    monthNumber > 0 &&
    /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)$/.test(words[0]!) &&
    /^\d{1,2}$/.test(day) &&
    /^\d\d:\d\d:\d\d$/.test(time) &&
    /^\d{4}$/.test(year);
  if (!isUnderstood) return undefined;
  return `${year}${two(monthNumber)}${two(day)}T${time.replaceAll(':', '')}Z`;
}

/** Hundreds of nanoseconds since 1601, in digits whatever the culture: Windows' own count. */
function startInPowerShell(pid: number): string {
  return `(Get-Process -Id ${pid}).StartTime.ToFileTimeUtc()`;
}

export function startInTicks(told: string): string | undefined {
  return /^\d{15,20}$/.test(told.trim()) ? told.trim() : undefined;
}

const two = (value: number | string): string => String(value).padStart(2, '0');

/** Only ESRCH says that there is no such process. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
