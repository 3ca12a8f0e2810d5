import type { Clock } from './clock.ts';
import type { Emit } from './events.ts';
import type { LeaseKey } from './layout.ts';
import type { LeaseItem, LeaseStore } from './lease-store.ts';
import { MAX_REASON_LENGTH } from './limits.ts';

export type ForcedReleaseReply =
  | { released: true; holder: string | undefined; fencingToken: number }
  | { released: false; because: 'token-changed' | 'not-held' | 'not-expired'; item: LeaseItem | undefined };

/**
 * An operator's last resort. Conditional on the token that the operator saw, recorded in the item, and by default
 * still waiting for expiry: releasing a live holder (`evenIfLive`) is the one way to break G1 on purpose.
 *
 * @throws RangeError without a reason
 * @throws StoreUnavailableError
 */
export async function forceRelease(
  deps: { store: LeaseStore; clock: Clock; skewMs: number; newAttemptId: () => string; emit: Emit },
  request: { key: LeaseKey; expectedToken: number; by: string; reason: string; evenIfLive: boolean },
): Promise<ForcedReleaseReply> {
  const reason = request.reason.trim().slice(0, MAX_REASON_LENGTH);
  if (reason === '') throw new RangeError('a forced release needs a reason');
  const { store, clock, skewMs, newAttemptId, emit } = deps;
  const { key, expectedToken, by } = request;
  const nowMs = clock.wallMs();
  const attemptId = newAttemptId();
  const reply = await store.forceRelease({
    key,
    expectedToken,
    attemptId,
    nowMs,
    staleBeforeMs: request.evenIfLive ? undefined : nowMs - skewMs,
    by,
    reason,
  });
  const item = reply.kind === 'applied' ? reply.before : reply.item;
  // Once somebody has taken the lease since, only the record of the release tells whose it was.
  const { forced } = item ?? {};
  const isRecorded =
    forced?.fencingToken === expectedToken &&
    forced.atMs === nowMs &&
    forced.by === by &&
    forced.reason === reason;
  const ownWrite = reply.kind === 'refused' && (item?.attemptId === attemptId || isRecorded);
  if (reply.kind === 'applied' || ownWrite) {
    const holder = reply.kind === 'applied' ? item?.holder : item?.forced?.holder;
    const fencingToken = expectedToken + 1;
    emit({ type: 'force-released', partition: key.partition, fencingToken, holder, by, reason });
    return { released: true, holder, fencingToken };
  }
  if (item?.holder === undefined) return { released: false, because: 'not-held', item };
  if (item.fencingToken !== expectedToken) return { released: false, because: 'token-changed', item };
  return { released: false, because: 'not-expired', item };
}
