import { Countdown, sleep } from './clock.ts';
import type { Busy, GrantReply, GrantSource } from './grant.ts';
import { inParallel } from './in-parallel.ts';
import {
  LayoutLostError,
  LayoutNotActivatedError,
  missingItem,
  partitionOf,
  type Layout,
  type LeaseKey,
} from './layout.ts';
import type { LayoutReader } from './layout-reader.ts';
import { MARGINS_A_TERM, MAX_ATTEMPTED, RENEWALS_A_TERM } from './limits.ts';
import { PartitionLease, type LeaseContext } from './partition-lease.ts';
import { StoreUnavailableError } from './store-unavailable.ts';
import { hasLanded } from './lease-store.ts';

interface Holding {
  partition: number;
  lease: PartitionLease;
  fencingToken: number;
  countdown: Countdown;
  /** Fires when it is lost or released: what is done under it ends. */
  over: AbortController;
  /** Updates already attempted under this token: claiming one of them again needs a new one. */
  attempted: Set<number>;
  /** The last write to the item: a renewal and a new token must not overtake each other. */
  writing: Promise<unknown>;
}

/**
 * The lease of a process that polls: every partition, held until it is released or expires. No update is named in
 * it, so nothing but that frees it.
 *
 * A renewal that fails, or whose outcome stays unknown, ends it: `lost` fires, the process stops polling, drains
 * and starts again.
 */
export class StandingLease implements GrantSource {
  readonly holder: string;
  readonly #context: LeaseContext;
  readonly #layout: LayoutReader;
  readonly #termMs: number;
  readonly #renewalMs: number;
  readonly #holdings = new Map<number, Holding>();
  readonly #lost = new AbortController();
  #layoutHeld: Layout | undefined;

  /** @param options.termMs how long after a crash another host has to wait (plus the skew margin) */
  constructor(options: LeaseContext & { layout: LayoutReader; termMs: number }) {
    if (options.termMs <= options.skewMs * MARGINS_A_TERM) {
      throw new RangeError(
        `termMs (${options.termMs}) must exceed ${MARGINS_A_TERM} times skewMs (${options.skewMs})`,
      );
    }
    this.#context = options;
    this.holder = options.holder;
    this.#layout = options.layout;
    this.#termMs = options.termMs;
    this.#renewalMs = options.termMs / RENEWALS_A_TERM;
  }

  /** Not held, or frozen past its expiry: somebody else may act by now, and only a renewal tells. */
  get hasLapsed(): boolean {
    const holdings = [...this.#holdings.values()];
    return holdings.length === 0 || holdings.some((holding) => this.#hasLapsed(holding));
  }

  /** Fires when any partition is lost; the instance is then of no further use. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  get tokens(): { partition: number; fencingToken: number }[] {
    return [...this.#holdings.values()].map(({ partition, fencingToken }) => ({ partition, fencingToken }));
  }

  /**
   * Takes every partition, or none.
   * @param waitMs how long to contend for each
   * @throws StoreUnavailableError
   * @throws LayoutNotActivatedError
   */
  async take(waitMs: number, signal?: AbortSignal): Promise<Busy | undefined> {
    try {
      const refused = await this.#takeEach(waitMs, signal);
      // Waiting for the last may have outlived the first.
      const lapsed = [...this.#holdings.values()].some((holding) => this.#hasLapsed(holding));
      if (refused === undefined && !lapsed) return undefined;
      await this.release();
      return refused ?? { kind: 'busy', retryAfterMs: 0 };
    } catch (error) {
      await this.release();
      throw error;
    }
  }

  /** Two processes that begin at once both ask for the first lease: the one that is refused has taken no other. */
  async #takeEach(waitMs: number, signal: AbortSignal | undefined): Promise<Busy | undefined> {
    const layout = await this.#readLayout();
    this.#layoutHeld = layout;
    let refused = await this.#takeOne({ epoch: layout.epoch, partition: 0 }, waitMs, signal);
    const others = Array.from({ length: layout.partitions - 1 }, (_, index) => index + 1);
    await inParallel(others, async (partition) => {
      if (refused !== undefined) return;
      const reply = await this.#takeOne({ epoch: layout.epoch, partition }, waitMs, signal);
      refused ??= reply;
    });
    return refused;
  }

  async #readLayout(): Promise<Layout> {
    try {
      return await this.#layout.reread();
    } catch (error) {
      if (error instanceof LayoutLostError)
        this.#context.emit({ type: 'partition-stopped', because: 'lost' });
      throw error;
    }
  }

  async #takeOne(key: LeaseKey, waitMs: number, signal: AbortSignal | undefined): Promise<Busy | undefined> {
    const { partition } = key;
    const lease = new PartitionLease(key, this.#context);
    const reply = await lease.acquire({ termMs: () => this.#termMs, waitBudgetMs: waitMs, signal });
    if (reply.kind !== 'granted') {
      if (reply.kind === 'busy') return reply;
      const { kind: because } = reply;
      this.#context.emit({ type: 'partition-stopped', partition, because });
      if (because === 'missing') throw new LayoutNotActivatedError(missingItem(key));
      return { kind: 'busy', retryAfterMs: 0, isRetired: true };
    }
    this.#holdings.set(partition, {
      partition,
      lease,
      fencingToken: reply.fencingToken,
      countdown: reply.lease,
      over: new AbortController(),
      attempted: new Set(),
      writing: Promise.resolve(),
    });
    return undefined;
  }

  /**
   * Renews it each third of its term until the work has ended, however that ends.
   * @throws whatever the work throws, or a defect of the renewals, by which the lease is lost
   */
  async keepDuring<T>(work: () => Promise<T>): Promise<T> {
    const ended = new AbortController();
    const kept = this.#keep(ended.signal);
    // Awaited below. Until then Node would take a rejection for an unhandled one, and end the process.
    kept.catch(() => {});
    try {
      return await work();
    } finally {
      ended.abort();
      await kept;
    }
  }

  async #keep(signal: AbortSignal): Promise<void> {
    const everyMs = this.#renewalMs;
    let round = new Countdown(this.#context.clock, everyMs);
    while (!signal.aborted && !this.lost.aborted) {
      await sleep(this.#context.clock, round.remainingMs(), signal);
      // A slow round does not put off the next one.
      round = new Countdown(this.#context.clock, everyMs);
      await inParallel(this.#holdings.values(), async (holding) => {
        if (!signal.aborted && !this.lost.aborted) await this.#inTurn(holding, () => this.#renew(holding));
      });
    }
  }

  async locate(orderingKey: number): Promise<LeaseKey> {
    if (this.#layoutHeld === undefined) throw new LayoutNotActivatedError('the standing lease was not taken');
    return { epoch: this.#layoutHeld.epoch, partition: partitionOf(orderingKey, this.#layoutHeld) };
  }

  async acquire(request: { updateId: number; key: LeaseKey }): Promise<GrantReply> {
    const { key, updateId } = request;
    const holding = this.#holdings.get(key.partition);
    if (holding === undefined || this.lost.aborted) return this.#busy(request, 0);
    // Frozen past its expiry: somebody else may act by now, and only a renewal tells.
    if (this.#hasLapsed(holding)) return this.#busy(request, this.#renewalMs);
    if (holding.attempted.has(updateId) || holding.attempted.size >= MAX_ATTEMPTED) {
      const refused = await this.#inTurn(holding, () => this.#takeNewToken(holding));
      if (refused !== undefined) return refused;
    }
    holding.attempted.add(updateId);
    return {
      kind: 'granted',
      key,
      fencingToken: holding.fencingToken,
      lease: () => holding.countdown,
      lost: holding.over.signal,
    };
  }

  #busy(request: { updateId: number; key: LeaseKey }, retryAfterMs: number): Busy {
    const { updateId, key } = request;
    this.#context.emit({ type: 'contended', partition: key.partition, updateId, retryAfterMs });
    return { kind: 'busy', retryAfterMs };
  }

  ended(): void {}

  async giveBack(): Promise<void> {}

  /**
   * After draining; whatever is in hand all the same has no lease any more, and its tenure ends before the lease is
   * free. Only what is still ours is released; what was lost stays the successor's.
   */
  async release(): Promise<void> {
    const holdings = [...this.#holdings.values()];
    this.#holdings.clear();
    for (const { over } of holdings) over.abort();
    // A renewal or a new token under way comes first: it would take the release for a loss, or raise the token over it.
    await inParallel(holdings, (holding) => this.#inTurn(holding, () => this.#releaseOne(holding)));
  }

  async #releaseOne({ partition, lease, fencingToken }: Holding): Promise<void> {
    const { store, holder, newAttemptId, emit } = this.#context;
    const attemptId = newAttemptId();
    try {
      const reply = await store.release({ key: lease.key, holder, fencingToken, attemptId });
      if (hasLanded(reply, attemptId)) emit({ type: 'released', partition, fencingToken });
      else emit({ type: 'lost', partition, fencingToken, reason: 'taken over before the release' });
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      emit({ type: 'store-unavailable', during: 'release', error: error.message });
    }
  }

  #hasLapsed(holding: Holding): boolean {
    return holding.countdown.remainingMs() <= this.#context.skewMs;
  }

  #inTurn<T>(holding: Holding, write: () => Promise<T>): Promise<T> {
    const written = holding.writing.then(write, write);
    holding.writing = written;
    return written;
  }

  async #renew(holding: Holding): Promise<void> {
    const { store, holder, clock, newAttemptId, emit } = this.#context;
    const { partition, fencingToken } = holding;
    const attemptId = newAttemptId();
    const countdown = new Countdown(clock, this.#termMs);
    try {
      const reply = await store.renew({
        key: holding.lease.key,
        holder,
        fencingToken,
        attemptId,
        expiresAtMs: countdown.startedAtWallMs + this.#termMs,
      });
      if (hasLanded(reply, attemptId)) {
        holding.countdown = countdown;
        emit({ type: 'renewed', partition, fencingToken });
      } else {
        const item = reply.kind === 'refused' ? reply.item : undefined;
        this.#lose(holding, `held by ${item?.holder ?? 'nobody'} now`);
      }
    } catch (error) {
      this.#lose(holding, 'the renewal was not confirmed by the store');
      if (!(error instanceof StoreUnavailableError)) throw error;
    }
  }

  async #takeNewToken(holding: Holding): Promise<Busy | undefined> {
    holding.lease.ended(holding.fencingToken);
    try {
      const reply = await holding.lease.acquire({ termMs: () => this.#termMs, waitBudgetMs: 0 });
      if (reply.kind !== 'granted') {
        this.#lose(holding, 'taken over while an update was to be tried again');
        return { kind: 'busy', retryAfterMs: 0 };
      }
      holding.fencingToken = reply.fencingToken;
      holding.countdown = reply.lease;
      holding.attempted.clear();
      return undefined;
    } catch (error) {
      if (error instanceof StoreUnavailableError)
        this.#lose(holding, 'a new token was not confirmed by the store');
      throw error;
    }
  }

  #lose(holding: Holding, reason: string): void {
    const { partition, fencingToken } = holding;
    this.#context.emit({ type: 'lost', partition, fencingToken, reason });
    this.#lost.abort();
    for (const { over } of this.#holdings.values()) over.abort();
  }
}
