import { SCOPE } from '../world/handling.ts';
import type { World } from '../world/world.ts';

/** The right to act under which a run or a call was made. */
interface Tenure {
  machine: string;
  token: number;
}

/**
 * Tells whether an operator had released this holder by force by then, as the store saw it: of a release whose answer is
 * lost its sender learns nothing. A holder that was alive goes on beside its successor, which is promised by nobody to end well.
 */
export function forcedReleases({ history }: World): (tenure: Tenure, byMs: number) => boolean {
  const releasedAtMs = new Map<string, number>();
  for (const { result, name, before, after, atMs } of history.of('store')) {
    if (result !== 'applied' || !name.startsWith(`LEASE#${SCOPE}|EPOCH`)) continue;
    const isForced =
      before?.['fencing_token'] !== after?.['fencing_token'] && after?.['holder'] === undefined;
    if (isForced)
      releasedAtMs.set(`${String(before?.['holder'])} ${String(before?.['fencing_token'])}`, atMs);
  }
  return ({ machine, token }, byMs) => (releasedAtMs.get(`${machine} ${token}`) ?? Infinity) <= byMs;
}
