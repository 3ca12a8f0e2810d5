import type { Countdown } from './clock.ts';
import type { LeaseKey } from './layout.ts';

/** The lease, granted. Effects are allowed until `lease()` runs out, less the clock-skew margin. */
export interface Grant {
  kind: 'granted';
  key: LeaseKey;
  fencingToken: number;
  /** Until expiry, counted from before the request was sent; a standing lease's moves as it is renewed. */
  lease: () => Countdown;
  /** Fires when a standing lease is lost or released before it expires. */
  lost?: AbortSignal;
}

export interface Busy {
  kind: 'busy';
  holder?: string;
  /** Until the lease can be taken over at the latest. */
  retryAfterMs: number;
  /** Nobody holds it: its layout is being changed, or a change of it was cut short. */
  isRetired?: true;
}

/** The layout has changed meanwhile: locate the lease anew. */
export interface Moved {
  kind: 'moved';
}

export type GrantReply = Grant | Busy | Moved;

/** Where a consumer gets its grants from: a lease per update (webhook), or one standing lease (polling). */
export interface GrantSource {
  readonly holder: string;
  /**
   * Which lease an update needs; one process handles one update of a lease at a time.
   * @throws StoreUnavailableError
   * @throws LayoutNotActivatedError
   */
  locate(orderingKey: number): Promise<LeaseKey>;
  /**
   * @throws StoreUnavailableError
   * @throws LayoutNotActivatedError
   */
  acquire(request: { updateId: number; key: LeaseKey; countdown: Countdown }): Promise<GrantReply>;
  /**
   * The grant's update is settled, so this holder may follow itself without waiting. A grant that ends
   * otherwise is not reported, and this holder waits like any other.
   */
  ended(grant: Grant): void;
  /**
   * The grant was not used, and nothing that others could read says that it is over: frees the lease.
   * @throws StoreUnavailableError
   */
  giveBack(grant: Grant): Promise<void>;
}
