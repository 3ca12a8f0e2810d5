import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { placeId } from './place.ts';
import { tryRead } from './try-read.ts';

/**
 * Who a process on some machine is, as the holder of a lease: `local:<host>:<pid>:<place>:<start>`. Readable for an
 * operator, and precise enough that neither a reused pid nor a container is ever taken for a dead holder.
 */
export interface ProcessIdentity {
  holder: string;
  /** Whether a holder is a process of this very place (machine, boot, pid namespace) that has ended. */
  isDead: (holder: string) => boolean;
}

const UNKNOWN = 'unknown';
const HOLDER = /^local:([^:]{1,64}):(\d{1,10}):([0-9a-f]{12}):([^:]{1,64})$/;

/**
 * @param options.hostId stands for this machine's own name and id (`BOT_HOST_ID`)
 * @param options.place where it runs; see ./place.ts
 */
export function processIdentity(
  options: { hostId?: string; pid?: number; place?: string } = {},
): ProcessIdentity {
  const { hostId, pid = process.pid, place = placeId({ hostId }) } = options;
  const host = (hostId ?? hostname()).replace(/[^A-Za-z0-9_.-]/g, '_').slice(0, 64) || 'host';
  return {
    holder: `local:${host}:${pid}:${place}:${startOf(lifeOf(pid)) ?? UNKNOWN}`,
    isDead: (holder) => {
      const [, , itsPid, itsPlace, itsStart] = HOLDER.exec(holder) ?? [];
      if (itsPlace !== place || itsPid === undefined) return false;
      const life = lifeOf(Number(itsPid));
      if (life === 'ended') return true;
      const start = startOf(life);
      return start !== undefined && itsStart !== UNKNOWN && start !== itsStart;
    },
  };
}

/** `myhost, PID 123` for a local holder; anything else as it is. */
export function describeHolder(holder: string): string {
  const [, host, pid] = HOLDER.exec(holder) ?? [];
  return host === undefined ? holder : `PID ${pid} on ${host}`;
}

/** The pid of a local holder that runs in this process's own place. */
export function pidHere(holder: string, identity: ProcessIdentity): number | undefined {
  const [, , pid, place] = HOLDER.exec(holder) ?? [];
  const ownPlace = HOLDER.exec(identity.holder)?.[3];
  return place === ownPlace && pid !== undefined ? Number(pid) : undefined;
}

const startOf = (life: Life): string | undefined => (typeof life === 'object' ? life.startedAt : undefined);

/** What can be seen of a process from here: its start, in whatever unit its system counts, or only that it may run. */
type Life = { startedAt: string } | 'runs' | 'ended';

function lifeOf(pid: number): Life {
  const seen = process.platform === 'linux' ? seenInProc(pid) : seenByPs(pid);
  // What cannot be seen may be hidden from this user (hidepid, ProtectProc) and run all the same.
  return seen ?? (isRunning(pid) ? 'runs' : 'ended');
}

function seenInProc(pid: number): Life | undefined {
  const stat = tryRead(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  // The second field, the command, may itself hold spaces and parentheses: proc(5).
  const [state, ...rest] = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
  if (state === 'Z' || state === 'X') return 'ended';
  const startedAt = rest[18];
  return startedAt === undefined ? undefined : { startedAt };
}

function seenByPs(pid: number): Life | undefined {
  if (process.platform === 'win32') return undefined;
  const ps = (): string =>
    execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  const told = tryRead(ps)?.trim();
  return told === undefined || told === '' ? undefined : { startedAt: told.replace(/[\s:]+/g, '-') };
}

/** Only ESRCH says that there is no such process. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
