import type { Layout, LeaseKey } from './layout.ts';

/** One lease item as the store holds it. It is never deleted and has no TTL. */
export interface LeaseItem {
  /** Rises with every grant and every forced release, never otherwise. */
  fencingToken: number;
  /** Absent when the lease is free. */
  holder?: string;
  /** The update it was granted for; absent while a standing lease is held. */
  updateId?: number;
  /** Milliseconds since the epoch, on the holder's clock; 0 when released. */
  expiresAtMs: number;
  /** When the present holder was granted it. */
  sinceMs?: number;
  /** The last write's own name, by which its sender recognises it when the response was lost. */
  attemptId?: string;
  /** The layout it belongs to has been replaced: it grants nothing any more. */
  retired: boolean;
  /** Into how many its layout cuts the chats. */
  partitions?: number;
  forced?: ForcedRelease;
}

export interface ForcedRelease {
  atMs: number;
  by: string;
  reason: string;
  holder?: string;
  fencingToken: number;
}

export interface StoredLease {
  key: LeaseKey;
  item: LeaseItem;
}

/**
 * A conditional write's answer. A refusal carries the item as it stands (`undefined`: there is none), so that
 * the loser learns who holds the lease without a second read wherever the store returns it.
 */
export type Conditional<T> =
  { kind: 'applied'; before: T | undefined } | { kind: 'refused'; item: T | undefined };

/**
 * Whether a write is there: it was applied, or it landed before its retry, whose sender is recognised by the attempt
 * that the item names. The response of the first was lost then.
 */
export function hasLanded(
  reply: Conditional<{ attemptId?: string | undefined }>,
  attemptId: string,
): boolean {
  return reply.kind === 'applied' || reply.item?.attemptId === attemptId;
}

export interface AcquireRequest {
  key: LeaseKey;
  holder: string;
  attemptId: string;
  /** Absent for a standing lease. */
  updateId?: number;
  /** The sender's wall clock, taken before sending. */
  nowMs: number;
  expiresAtMs: number;
  /** A lease that expired before this may be taken over: now, less the clock-skew margin. */
  staleBeforeMs: number;
  /** The last token that was granted to this holder, which has ended its tenure itself (the hot path). */
  ownToken?: number;
  /** A token whose tenure is known to be over: its update was read as settled, or its process is dead. */
  overToken?: number;
}

export interface RenewRequest {
  key: LeaseKey;
  holder: string;
  fencingToken: number;
  attemptId: string;
  expiresAtMs: number;
}

export interface ReleaseRequest {
  key: LeaseKey;
  holder: string;
  fencingToken: number;
  attemptId: string;
}

export interface ForceReleaseRequest {
  key: LeaseKey;
  /** The token that the operator saw; any other refuses. */
  expectedToken: number;
  attemptId: string;
  nowMs: number;
  /** Absent: do not wait for expiry. */
  staleBeforeMs?: number;
  by: string;
  reason: string;
}

export interface RetireRequest {
  key: LeaseKey;
  attemptId: string;
  staleBeforeMs: number;
  overToken?: number;
}

/**
 * The lease items, as single-item conditional writes. Every condition is false where the item already carries
 * the request's own attempt id, so that a late copy of a request changes nothing.
 *
 * Every method throws StoreUnavailableError when the outcome is unknown.
 */
export interface LeaseStore {
  readLayout(): Promise<Layout | undefined>;
  /** Writes the layout if the stored epoch is the expected one (`undefined`: if there is none). */
  writeLayout(layout: Layout, expectedEpoch: number | undefined): Promise<Conditional<Layout>>;
  read(key: LeaseKey): Promise<LeaseItem | undefined>;
  /** Every item of an epoch, or of all epochs that there ever were, each as the last write left it. */
  list(epoch?: number): Promise<StoredLease[]>;
  /** Creates a free item; an existing one is left as it is. @returns the layout's count of partitions that the item tells */
  create(key: LeaseKey, made: { fencingToken: number; partitions: number }): Promise<number>;
  acquire(request: AcquireRequest): Promise<Conditional<LeaseItem>>;
  renew(request: RenewRequest): Promise<Conditional<LeaseItem>>;
  release(request: ReleaseRequest): Promise<Conditional<LeaseItem>>;
  forceRelease(request: ForceReleaseRequest): Promise<Conditional<LeaseItem>>;
  retire(request: RetireRequest): Promise<Conditional<LeaseItem>>;
}
