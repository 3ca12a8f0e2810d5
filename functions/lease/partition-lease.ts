import { Countdown, sleep, type Clock } from './clock.ts';
import type { Emit } from './events.ts';
import type { LeaseKey } from './layout.ts';
import type { AcquireRequest, LeaseItem, LeaseStore } from './lease-store.ts';
import { FIRST_PAUSE_MS, LONGEST_PAUSE_MS, SHORTEST_PAUSE_SHARE, SOONEST_RETRY_MS } from './limits.ts';
import type { TenureState } from './tenure-state.ts';

/** The parts that a consumer needs to hold leases; the same object serves all of its partitions. */
export interface LeaseContext {
  store: LeaseStore;
  /** This process's name, in a form that an operator can act on; unique to its incarnation. */
  holder: string;
  clock: Clock;
  /** Clocks may disagree by this much: a holder stops so much earlier, a contender waits so much longer. */
  skewMs: number;
  newAttemptId: () => string;
  /** 0..1, for jitter. */
  random: () => number;
  emit: Emit;
  /** How the tenure stands that an item names although its lease has not expired. */
  stateOf: (item: LeaseItem) => Promise<TenureState>;
}

export type AcquireReply =
  | { kind: 'granted'; fencingToken: number; lease: Countdown }
  | { kind: 'busy'; holder?: string; retryAfterMs: number }
  | { kind: 'retired' | 'missing' };

/** One partition's lease, as one process contends for it. One caller at a time. */
export class PartitionLease {
  readonly key: LeaseKey;
  readonly #context: LeaseContext;
  /** The token of the last tenure that this process has ended itself; none from the moment it asks again. */
  #ownToken: number | undefined;
  /** The attempt under which this process last began a tenure. */
  #begunAttemptId: string | undefined;

  constructor(key: LeaseKey, context: LeaseContext) {
    this.key = key;
    this.#context = context;
  }

  /** The tenure under this token has ended: the lease may be re-entered without waiting. */
  ended(fencingToken: number): void {
    this.#ownToken = fencingToken;
  }

  /**
   * Frees the lease of a tenure in which nothing was claimed.
   * @throws StoreUnavailableError
   */
  async giveBack(fencingToken: number): Promise<void> {
    const { store, holder, newAttemptId } = this.#context;
    // Should a late copy of the acquire take the lease anew, it must not pass for a tenure of ours.
    this.#begunAttemptId = undefined;
    await store.release({ key: this.key, holder, fencingToken, attemptId: newAttemptId() });
  }

  /**
   * 1. Ask with one conditional write.
   * 2. Refused: is the tenure it names over? Ask again, over its token.
   * 3. Otherwise wait, ever longer and with jitter, until the ledger says so, or that somebody has followed, or the lease has
   *    expired, then ask again.
   *    When `waitBudgetMs` is spent, ask once more: a lease that was given back is in no ledger.
   *
   * @param request.termMs how long the lease is to last from now; read anew before each asking
   * @throws StoreUnavailableError; this process then contends like anybody else
   */
  async acquire(request: {
    updateId?: number;
    termMs: () => number;
    waitBudgetMs: number;
    signal?: AbortSignal;
  }): Promise<AcquireReply> {
    const { clock, skewMs, random } = this.#context;
    const waited = new Countdown(clock, request.waitBudgetMs);
    const { signal } = request;
    let overToken: number | undefined;
    let triedHandOver = false;
    let pauseMs = FIRST_PAUSE_MS;
    for (;;) {
      const lease = new Countdown(clock, request.termMs());
      if (lease.durationMs <= skewMs) return this.#busy(undefined, request.updateId);
      const asked = await this.#ask(request.updateId, lease, overToken, waited);
      if (asked.kind === 'granted') return asked;
      const { item } = asked;
      overToken = undefined;
      if (item === undefined) return { kind: 'missing' };
      if (item.retired) return { kind: 'retired' };
      let state: TenureState = 'running';
      do {
        const mayWait = waited.remainingMs() > 0 && signal?.aborted !== true;
        if (mayWait || !triedHandOver) state = await this.#stateOf(item);
        if (state === 'over') {
          triedHandOver = true;
          overToken = item.fencingToken;
          break;
        }
        if (!mayWait) return this.#busy(item, request.updateId);
        await sleep(
          clock,
          Math.min(
            (SHORTEST_PAUSE_SHARE + (1 - SHORTEST_PAUSE_SHARE) * random()) * pauseMs,
            waited.remainingMs(),
          ),
          signal,
        );
        pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      } while (waited.remainingMs() > 0 && state === 'running' && this.#endsByItsUpdate(item));
    }
  }

  async #stateOf(item: LeaseItem): Promise<TenureState> {
    return this.#neverBegan(item) ? 'over' : this.#context.stateOf(item);
  }

  /** Whether the ledger tells its end, which is cheaper to read than to ask for the lease again. */
  #endsByItsUpdate({ updateId, expiresAtMs }: LeaseItem): boolean {
    const { clock, skewMs } = this.#context;
    return updateId !== undefined && clock.wallMs() <= expiresAtMs + skewMs;
  }

  async #ask(
    updateId: number | undefined,
    lease: Countdown,
    overToken: number | undefined,
    waited: Countdown,
  ): Promise<(AcquireReply & { kind: 'granted' }) | { kind: 'refused'; item: LeaseItem | undefined }> {
    const { store, holder, skewMs, newAttemptId } = this.#context;
    const nowMs = lease.startedAtWallMs;
    const asked: AcquireRequest = {
      key: this.key,
      holder,
      attemptId: newAttemptId(),
      updateId,
      nowMs,
      expiresAtMs: nowMs + lease.durationMs,
      staleBeforeMs: nowMs - skewMs,
      ownToken: this.#ownToken,
      overToken,
    };
    // Until the answer is known this process may or may not hold the lease under a token it has not seen.
    this.#ownToken = undefined;
    const reply = await store.acquire(asked);
    if (reply.kind === 'applied') {
      const fencingToken = (reply.before?.fencingToken ?? 0) + 1;
      this.#begunAttemptId = asked.attemptId;
      this.#report(asked, reply.before, fencingToken, waited);
      return { kind: 'granted', fencingToken, lease };
    }
    if (reply.item?.attemptId === asked.attemptId) {
      // Our own write, whose first response was lost and whose retry was refused.
      this.#begunAttemptId = asked.attemptId;
      this.#report(asked, undefined, reply.item.fencingToken, waited);
      return { kind: 'granted', fencingToken: reply.item.fencingToken, lease };
    }
    return { kind: 'refused', item: reply.item };
  }

  /** An attempt of ours landed after we had given it up: nobody has acted under its token, nor ever will. */
  #neverBegan(item: LeaseItem): boolean {
    return item.holder === this.#context.holder && item.attemptId !== this.#begunAttemptId;
  }

  #busy(item: LeaseItem | undefined, updateId?: number): AcquireReply {
    const { clock, skewMs, emit } = this.#context;
    const retryAfterMs = item ? retryAfter(item, clock.wallMs(), skewMs) : 0;
    const { partition } = this.key;
    emit({ type: 'contended', partition, updateId, holder: item?.holder, retryAfterMs });
    return { kind: 'busy', holder: item?.holder, retryAfterMs };
  }

  #report(
    asked: AcquireRequest,
    before: LeaseItem | undefined,
    fencingToken: number,
    waited: Countdown,
  ): void {
    const { emit, holder } = this.#context;
    const event = {
      partition: this.key.partition,
      fencingToken,
      updateId: asked.updateId,
      waitedMs: waited.elapsedMs(),
    };
    const hot = before?.holder === holder && before.fencingToken === asked.ownToken;
    if (before?.holder === undefined || hot) return emit({ type: 'acquired', ...event, hot });
    const type = before.fencingToken === asked.overToken ? 'taken-over' : 'expired-takeover';
    emit({ type, ...event, previousHolder: before.holder });
  }
}

/**
 * Until it can be taken over at the latest. One that is held for an update is likely to be idle sooner: as long again as it
 * has been at it, so that one that lives costs a second or two, and one that is dead few deliveries.
 */
function retryAfter({ updateId, expiresAtMs, sinceMs }: LeaseItem, nowMs: number, skewMs: number): number {
  const latestMs = Math.max(0, expiresAtMs + skewMs - nowMs);
  if (updateId === undefined || sinceMs === undefined) return latestMs;
  return Math.min(latestMs, Math.max(SOONEST_RETRY_MS, nowMs - sinceMs));
}
