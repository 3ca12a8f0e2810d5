import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * Who a process on some machine is, as the holder of a lease: `local:<host>:<pid>:<place>:<start>`. Readable for an
 * operator, and precise enough that neither a reused pid nor a container is ever taken for a dead holder.
 */
export interface ProcessIdentity {
  holder: string;
  /** Whether a holder is a process of this very place (machine, boot, pid namespace) that has ended. */
  isDead: (holder: string) => boolean;
}

const HOLDER = /^local:([^:]{1,64}):(\d{1,10}):([0-9a-f]{12}):([^:]{1,64})$/;

/** @param options.hostId stands for this machine's own name and id (`BOT_HOST_ID`) */
export function processIdentity(options: { hostId?: string; pid?: number } = {}): ProcessIdentity {
  const { hostId, pid = process.pid } = options;
  const host = (hostId ?? hostname()).replace(/[^A-Za-z0-9_.-]/g, '_').slice(0, 64) || 'host';
  const place = placeId(hostId ?? machineId());
  return {
    holder: `local:${host}:${pid}:${place}:${startTime(pid) ?? 'unknown'}`,
    isDead: (holder) => {
      const [, , itsPid, itsPlace, itsStart] = HOLDER.exec(holder) ?? [];
      if (itsPlace !== place || itsPid === undefined) return false;
      return startTime(Number(itsPid)) !== itsStart;
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

/** Pids mean something within one boot and one pid namespace only. */
function placeId(machine: string): string {
  const boot = tryRead(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')) ?? 'no-boot-id';
  const namespace = tryRead(() => readlinkSync('/proc/self/ns/pid')) ?? 'no-namespace';
  return createHash('sha256').update([machine, boot.trim(), namespace].join('\n')).digest('hex').slice(0, 12);
}

function machineId(): string {
  return tryRead(() => readFileSync('/etc/machine-id', 'utf8'))?.trim() ?? hostname();
}

/** A running process's start, in whatever unit its system counts; `undefined` when there is no such process. */
function startTime(pid: number): string | undefined {
  if (process.platform === 'linux') {
    const stat = tryRead(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
    // The second field, the command, may itself hold spaces and parentheses: proc(5).
    const [state, ...rest] = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
    return state === undefined || state === 'Z' || state === 'X' ? undefined : rest[18];
  }
  if (process.platform === 'win32') return isRunning(pid) ? 'running' : undefined;
  const started = tryRead(() =>
    execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }),
  );
  return started?.trim().replace(/[\s:]+/g, '-') || undefined;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function tryRead(read: () => string): string | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
