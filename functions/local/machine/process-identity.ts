import { hostname, userInfo } from 'node:os';
import { placeId } from './place.ts';
import { lifeOf, type Life } from './process-life.ts';

/**
 * The identity of a process on some machine, as the holder of a lease: `local:<host>:<pid>:<place>:<start>`. It is
 * readable for an operator, and precise enough that neither a reused pid nor a container is ever taken for a dead
 * holder.
 */
export interface ProcessIdentity {
  holder: string;
  /** Whether a holder is a process of this very place (machine, boot, pid namespace) that has ended. */
  isDead: (holder: string) => boolean;
  /** Whether a holder is certainly a process of this very place that runs now: what may be sent a signal. */
  isAlive: (holder: string) => boolean;
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
      return startsDiffer(itsStart!, startOf(life));
    },
    isAlive: (holder) => {
      const [, , itsPid, itsPlace, itsStart] = HOLDER.exec(holder) ?? [];
      return itsPlace === place && itsStart !== UNKNOWN && startOf(lifeOf(Number(itsPid))) === itsStart;
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

/** The name of the user whose processes these are. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A uid without an entry in the user database.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}

/** Starts are compared only where both are counted alike: an older version, or another reader, wrote texts. */
function startsDiffer(one: string, other: string | undefined): boolean {
  return other !== undefined && one !== other && kindOf(one) === kindOf(other);
}

function kindOf(start: string): string {
  if (/^\d+$/.test(start)) return 'a count';
  return /^\d{8}T\d{6}Z$/.test(start) ? 'a time' : start;
}

const startOf = (life: Life): string | undefined => (typeof life === 'object' ? life.startedAt : undefined);
