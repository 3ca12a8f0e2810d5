import {
  admit,
  attemptStateAfterClaim,
  attemptStateOfOwnClaim,
  whileCooling,
  withNote,
  type AttemptLimits,
  type AttemptState,
} from './attempts.ts';
import { Countdown, type Clock } from './clock.ts';
import type { Emit } from './events.ts';
import type { Grant, GrantSource } from './grant.ts';
import { isFinal, type LedgerRecord, type LedgerStore, type SettledStatus } from './ledger-store.ts';
import {
  LayoutLostError,
  LayoutNotActivatedError,
  leaseName,
  UnknownMappingError,
  type LeaseKey,
} from './layout.ts';
import { ABORT_GRACE_MS, MAX_ERROR_LENGTH, MAX_MOVES, QUEUE_SHARE, TRY_LATER_MS } from './limits.ts';
import { isSentOftenEnough, type Progress, waitBeforeRepeat } from './outbox.ts';
import type { Outcome } from './outcome.ts';
import { PartitionQueue } from './partition-queue.ts';
import { StoreUnavailableError } from './store-unavailable.ts';
import { Tenure } from './tenure.ts';
import type { IncomingUpdate } from './update.ts';
import type { Judge, UpdateHandler, Verdict } from './verdict.ts';
import { hasLanded } from './lease-store.ts';

export interface ConsumerOptions {
  grants: GrantSource;
  ledger: LedgerStore;
  handle: UpdateHandler;
  judge: Judge;
  clock: Clock;
  skewMs: number;
  newAttemptId: () => string;
  emit: Emit;
  limits: AttemptLimits;
  /** How long an outcome deduplicates: longer than Telegram redelivers (24 h). */
  dedupeMs: number;
  /** How long a parked update can be replayed. */
  deadKeptMs: number;
}

export interface Delivery {
  update: IncomingUpdate;
  /** Updates with the same key are handled in order: the chat id, or the user id where there is no chat. */
  orderingKey: number;
  /** How long the whole of it may take, from now. */
  deadlineMs: number;
}

interface Attempt {
  update: IncomingUpdate;
  grant: Grant;
  state: AttemptState;
  startedAtMs: number;
}

/**
 * The one door through which every update goes, on Lambda, behind a local webhook and from a poller.
 *
 * acquire the lease -> claim the update -> handle it under the tenure -> settle it. Specification: ./README.md.
 */
export class Consumer {
  readonly #options: ConsumerOptions;
  readonly #queue = new PartitionQueue();

  constructor(options: ConsumerOptions) {
    this.#options = options;
  }

  /** Never throws for what a store, Telegram or the update may do; a defect of this program does. */
  async consume(delivery: Delivery): Promise<Outcome> {
    const countdown = new Countdown(this.#options.clock, delivery.deadlineMs);
    const { update_id: updateId } = delivery.update;
    try {
      for (let moves = 1; ; moves += 1) {
        const key = await this.#options.grants.locate(delivery.orderingKey);
        const outcome = await this.#queue.run(leaseName(key), async () =>
          countdown.remainingMs() < delivery.deadlineMs * QUEUE_SHARE
            ? this.#tryLater(updateId, key)
            : this.#consumeAlone(delivery.update, key, countdown),
        );
        if (outcome !== undefined) return outcome;
        if (moves === MAX_MOVES) return this.#tryLater(updateId, key);
      }
    } catch (error) {
      if (error instanceof StoreUnavailableError) return this.#unavailable('acquire', error, updateId);
      if (error instanceof LayoutLostError)
        this.#options.emit({ type: 'partition-stopped', updateId, because: 'lost' });
      if (error instanceof LayoutNotActivatedError || error instanceof UnknownMappingError) {
        return this.#unavailable('layout', error, updateId);
      }
      throw error;
    }
  }

  /** Others of this process had the lease for too long, or its layout has changed under it again and again. */
  #tryLater(updateId: number, { partition }: LeaseKey): Outcome {
    this.#options.emit({ type: 'contended', partition, updateId, retryAfterMs: TRY_LATER_MS });
    return { kind: 'busy', retryAfterMs: TRY_LATER_MS };
  }

  /** @returns `undefined` when the layout has changed and the lease is another one now */
  async #consumeAlone(
    update: IncomingUpdate,
    key: LeaseKey,
    countdown: Countdown,
  ): Promise<Outcome | undefined> {
    const grant = await this.#options.grants.acquire({ updateId: update.update_id, key, countdown });
    if (grant.kind === 'moved') return undefined;
    if (grant.kind === 'busy')
      return { kind: 'busy', holder: grant.holder, retryAfterMs: grant.retryAfterMs };
    const claim = await this.#claim(update, grant);
    if (claim.kind === 'answered') return claim.outcome;
    const { state, startedAtMs } = claim;
    const attempt: Attempt = { update, grant, state, startedAtMs };

    const { clock, limits } = this.#options;
    const admission = admit(attempt.state, limits, clock.wallMs());
    switch (admission.kind) {
      case 'handle':
        return this.#handle(attempt, countdown);
      case 'park':
        return this.#settle(attempt, 'dead', { error: vanishedError(attempt.state) });
      case 'cool': {
        const cooling = { ...attempt, state: whileCooling(attempt.state, limits) };
        return this.#settle(cooling, 'deferred', { reason: 'cooling', retryAfterMs: admission.forMs });
      }
    }
  }

  async #claim(
    update: IncomingUpdate,
    grant: Grant,
  ): Promise<
    { kind: 'answered'; outcome: Outcome } | { kind: 'claimed'; state: AttemptState; startedAtMs: number }
  > {
    const { ledger, grants, clock, newAttemptId, dedupeMs, emit } = this.#options;
    const { update_id: updateId } = update;
    const { fencingToken } = grant;
    let replacesExpiredToken: number | undefined;
    for (;;) {
      const attemptId = newAttemptId();
      const nowMs = clock.wallMs();
      try {
        const reply = await ledger.claim({
          updateId,
          fencingToken,
          attemptId,
          holder: grants.holder,
          nowMs,
          dedupeUntilMs: nowMs + dedupeMs,
          replacesExpiredToken,
        });
        const startedAtMs = nowMs;
        if (reply.kind === 'applied') {
          const before = replacesExpiredToken === undefined ? reply.before : undefined;
          return { kind: 'claimed', state: attemptStateAfterClaim(before, nowMs), startedAtMs };
        }
        const { item } = reply;
        if (item?.attemptId === attemptId)
          return { kind: 'claimed', state: attemptStateOfOwnClaim(item), startedAtMs };
        if (item !== undefined && item.dedupeUntilMs < nowMs && replacesExpiredToken === undefined) {
          // Telegram has restarted its ids: this is another update than the one the item speaks of.
          replacesExpiredToken = item.fencingToken;
          continue;
        }
        return { kind: 'answered', outcome: await this.#refusedClaim(updateId, grant, item) };
      } catch (error) {
        if (!(error instanceof StoreUnavailableError)) throw error;
        await this.#handBackUnknownClaim(updateId, grant, nowMs);
        emit({ type: 'store-unavailable', during: 'claim', updateId, error: error.message });
        return { kind: 'answered', outcome: { kind: 'unavailable' } };
      }
    }
  }

  async #refusedClaim(updateId: number, grant: Grant, item: LedgerRecord | undefined): Promise<Outcome> {
    const { grants, emit } = this.#options;
    if (item !== undefined && isFinal(item.status)) {
      const of = item.status === 'dead' ? 'dead' : 'done';
      if (of === 'done') grants.ended(grant);
      else await this.#giveBack(updateId, grant);
      emit({ type: 'duplicate', updateId, of });
      return { kind: 'duplicate', of };
    }
    emit({ type: 'fenced', updateId, fencingToken: grant.fencingToken, at: 'claim' });
    return { kind: 'fenced' };
  }

  /** An operator may replay what is dead, so to others it does not say that this grant is over. */
  async #giveBack(updateId: number, grant: Grant): Promise<void> {
    try {
      await this.#options.grants.giveBack(grant);
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      // The lease runs out instead.
      this.#unavailable('give-back', error, updateId);
    }
  }

  /**
   * A claim that landed without our knowing would count as an attempt that vanished, and an outage of the store
   * must not use up an update's attempts.
   */
  async #handBackUnknownClaim(updateId: number, grant: Grant, claimedAtMs: number): Promise<void> {
    const { ledger } = this.#options;
    try {
      const record = await ledger.read(updateId);
      if (record?.status !== 'claimed' || record.fencingToken !== grant.fencingToken) return;
      const state = attemptStateOfOwnClaim(record);
      await this.#write(
        { update: { update_id: updateId }, grant, state, startedAtMs: claimedAtMs },
        'deferred',
        {
          error: 'the store did not confirm the claim',
        },
      );
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
    }
  }

  async #handle(attempt: Attempt, deadline: Countdown): Promise<Outcome> {
    const { clock, skewMs, handle } = this.#options;
    const { update, grant, state } = attempt;
    const { fencingToken, lease, lost } = grant;
    const { progress } = state;
    const tenure = new Tenure({
      updateId: update.update_id,
      fencingToken,
      lease,
      deadline,
      skewMs,
      clock,
      progress,
    });
    const revoke = (): void => tenure.revoke();
    if (lost?.aborted) revoke();
    else lost?.addEventListener('abort', revoke, { once: true });
    // Within an async function what a handler throws before its first await is caught like the rest.
    const verdict = await this.#judged(async () => handle(update, tenure), tenure, lost);
    const allIn = await tenure.close(ABORT_GRACE_MS);
    lost?.removeEventListener('abort', revoke);
    if (!allIn) return this.#leaveUnsettled(attempt);
    return this.#conclude({ ...attempt, state: { ...state, progress: tenure.progress } }, verdict, tenure);
  }

  async #conclude(attempt: Attempt, verdict: Verdict, tenure: Tenure): Promise<Outcome> {
    const { limits } = this.#options;
    const { state } = attempt;
    if (verdict.kind !== 'done' && isSentOftenEnough(state.progress)) {
      const outcome = await this.#settle(attempt, 'dead', {
        error: unconfirmedError(state.progress, verdict.error),
      });
      return outcome.kind === 'parked' ? { ...outcome, mayHaveArrived: true } : outcome;
    }
    switch (verdict.kind) {
      case 'done':
        return this.#settle(attempt, 'done', {});
      case 'deferred': {
        // A handler that would never end in time must not be handed back for a day; see attempts.ts.
        const counts = verdict.reason === 'deadline' && tenure.usedUpByHandler;
        const retryAfterMs = verdict.retryAfterMs ?? waitBeforeRepeat(state.progress);
        return this.#settle(attempt, 'deferred', { ...verdict, counts, retryAfterMs });
      }
      case 'failed': {
        const last = state.attempts >= limits.maxAttempts;
        return this.#settle(attempt, last ? 'dead' : 'failed', { error: verdict.error });
      }
    }
  }

  async #judged(begin: () => Promise<void>, tenure: Tenure, lost: AbortSignal | undefined): Promise<Verdict> {
    const over = (): Verdict => ({ kind: 'deferred', reason: lost?.aborted ? 'lease-lost' : 'deadline' });
    // A pause since the claim may have outlived the lease: the update may be another's by now, and done.
    if (tenure.lapsed) return over();
    const handling = begin();
    const lapsed = new Promise<'lapsed'>((resolve) => {
      tenure.signal.addEventListener('abort', () => resolve('lapsed'), { once: true });
    });
    try {
      const first = await Promise.race([handling.then(() => 'handled' as const), lapsed]);
      if (first === 'handled') return { kind: 'done' };
    } catch (error) {
      if (!tenure.lapsed) return this.#options.judge(error);
    }
    // Whatever a handler throws from here on, the tenure's end was the cause of it or came first.
    handling.catch(() => {});
    return over();
  }

  #leaveUnsettled(attempt: Attempt): Outcome {
    const { grants, emit, skewMs } = this.#options;
    const { update, grant, state } = attempt;
    const { fencingToken } = grant;
    const { partition } = grant.key;
    emit({ type: 'unsettled', partition, fencingToken, updateId: update.update_id, attempt: state.attempts });
    return { kind: 'busy', holder: grants.holder, retryAfterMs: grant.lease().remainingMs() + skewMs };
  }

  async #settle(
    attempt: Attempt,
    status: SettledStatus,
    why: {
      reason?: Extract<Verdict, { kind: 'deferred' }>['reason'] | 'cooling';
      error?: string;
      retryAfterMs?: number;
      /** Deferred, and not handed back. */
      counts?: boolean;
    },
  ): Promise<Outcome> {
    const { ledger, grants, emit, clock } = this.#options;
    const { update, grant, state } = attempt;
    const { fencingToken } = grant;
    const { partition } = grant.key;
    const { update_id: updateId } = update;
    try {
      const written = await this.#write(attempt, status, why);
      if (!written) {
        emit({ type: 'fenced', updateId, fencingToken, at: 'settle' });
        const record = await ledger.read(updateId);
        return record !== undefined && isFinal(record.status)
          ? { kind: 'duplicate', of: record.status === 'dead' ? 'dead' : 'done' }
          : { kind: 'fenced' };
      }
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      return this.#unavailable('settle', error, updateId);
    }
    grants.ended(grant);
    const where = { partition, fencingToken, updateId, attempt: state.attempts };
    const handledMs = clock.wallMs() - attempt.startedAtMs;
    const error = why.error ?? 'unknown';
    switch (status) {
      case 'done':
        emit({ type: 'done', ...where, handledMs });
        return { kind: 'done' };
      case 'failed':
        emit({ type: 'failed', ...where, error, handledMs });
        return { kind: 'failed', error };
      case 'dead':
        emit({ type: 'parked', ...where, error });
        return { kind: 'parked', error };
      case 'deferred': {
        const { reason = 'store', retryAfterMs } = why;
        emit({ type: 'deferred', ...where, reason, error: why.error, retryAfterMs });
        return { kind: 'deferred', reason, retryAfterMs };
      }
    }
  }

  /** @returns whether it is the outcome now; a refusal of a write that had landed before is one too */
  async #write(
    attempt: Attempt,
    status: SettledStatus,
    why: { error?: string; counts?: boolean },
  ): Promise<boolean> {
    const { ledger, grants, clock, newAttemptId, dedupeMs, deadKeptMs } = this.#options;
    const { update, grant, state, startedAtMs } = attempt;
    const { fencingToken } = grant;
    const { holder } = grants;
    const attemptId = newAttemptId();
    const nowMs = clock.wallMs();
    const error = why.error?.slice(0, MAX_ERROR_LENGTH);
    const isHandedBack = status === 'deferred' && why.counts !== true;
    const attempts = isHandedBack ? state.attempts - 1 : state.attempts;
    const note = { startedAtMs, endedAtMs: nowMs, ended: status, fencingToken, holder, error };
    const reply = await ledger.settle({
      updateId: update.update_id,
      fencingToken,
      attemptId,
      status,
      nowMs,
      attempts,
      failures: status === 'failed' ? state.failures + 1 : state.failures,
      firstAttemptAtMs: attempts === 0 ? undefined : state.firstAttemptAtMs,
      progress: state.progress,
      history: status === 'done' && state.history.length === 0 ? [] : withNote(state.history, note),
      dedupeUntilMs: nowMs + dedupeMs,
      keepUntilMs: nowMs + (status === 'dead' ? deadKeptMs : dedupeMs),
      error,
      payload: status === 'dead' ? update : undefined,
    });
    return hasLanded(reply, attemptId);
  }

  #unavailable(during: string, error: Error, updateId: number): Outcome {
    this.#options.emit({ type: 'store-unavailable', during, updateId, error: error.message });
    return { kind: 'unavailable' };
  }
}

function unconfirmedError({ unconfirmed }: Progress, error = 'no answer came'): string {
  return `a message left ${unconfirmed} times without being confirmed, so it may have arrived: ${error}`;
}

function vanishedError(state: AttemptState): string {
  return `${state.vanished} attempts had no outcome: the process was killed, or handling took too long`;
}
