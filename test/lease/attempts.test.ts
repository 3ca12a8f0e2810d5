import { describe, expect, it } from 'vitest';
import {
  admit,
  attemptStateAfterClaim,
  attemptStateOfOwnClaim,
  whileCooling,
  withNote,
} from '../../functions/lease/attempts.ts';
import { isSettled, type AttemptNote, type LedgerRecord } from '../../functions/lease/ledger-store.ts';

const limits = { maxAttempts: 5, vanishedGraceMs: 600_000 };
const start = 1_000_000;

function record(more: Partial<LedgerRecord>): LedgerRecord {
  return {
    updateId: 7,
    status: 'claimed',
    fencingToken: 3,
    attemptId: 'a',
    holder: 'A',
    attempts: 1,
    failures: 0,
    firstAttemptAtMs: start,
    claimedAtMs: start,
    parked: false,
    dedupeUntilMs: start + 172_800_000,
    history: [],
    progress: { sent: 0, unconfirmed: 0 },
    ...more,
  };
}

const note = (ended: AttemptNote['ended'], fencingToken: number): AttemptNote => ({
  startedAtMs: start,
  ended,
  fencingToken,
  holder: 'A',
});

describe('the state of an attempt', () => {
  it('is the first where nothing was before', () => {
    expect(attemptStateAfterClaim(undefined, 42)).toStrictEqual({
      attempts: 1,
      failures: 0,
      vanished: 0,
      firstAttemptAtMs: 42,
      history: [],
      progress: { sent: 0, unconfirmed: 0 },
    });
  });

  it('counts a claim that nobody settled as vanished, and notes who made it', () => {
    const before = record({ attempts: 2, failures: 1, history: [note('failed', 2)] });
    expect(attemptStateAfterClaim(before, start + 9)).toStrictEqual({
      attempts: 3,
      failures: 1,
      vanished: 1,
      firstAttemptAtMs: start,
      history: [note('failed', 2), note('vanished', 3)],
      progress: { sent: 0, unconfirmed: 0 },
    });
    expect(before.history).toHaveLength(1);
  });

  it('takes a failure for one and a hand-back for none', () => {
    const failed = record({ status: 'failed', attempts: 2, failures: 2 });
    expect(attemptStateAfterClaim(failed, 9)).toMatchObject({ attempts: 3, failures: 2, vanished: 0 });
    const deferred = record({ status: 'deferred', attempts: 0, failures: 0, firstAttemptAtMs: undefined });
    expect(attemptStateAfterClaim(deferred, 9)).toMatchObject({
      attempts: 1,
      vanished: 0,
      firstAttemptAtMs: 9,
    });
  });

  it('is the same when an own claim is recognised, whose former state nobody sees any more', () => {
    for (const before of [
      record({ attempts: 2, failures: 1 }),
      record({ status: 'failed', attempts: 2, failures: 2 }),
    ]) {
      const { history: _, ...seen } = attemptStateAfterClaim(before, start + 9);
      const claimed = record({ attempts: before.attempts + 1, failures: before.failures });
      expect(attemptStateOfOwnClaim(claimed)).toMatchObject(seen);
    }
  });
});

describe('admission', () => {
  const state = (attempts: number, vanished: number) => ({
    attempts,
    failures: attempts - 1 - vanished,
    vanished,
    firstAttemptAtMs: start,
    history: [],
    progress: { sent: 0, unconfirmed: 0 },
  });

  it('handles below the limit, and beyond it where nothing vanished', () => {
    for (const [attempts, vanished] of [
      [1, 0],
      [4, 3],
      [9, 0],
    ] as const) {
      expect(admit(state(attempts, vanished), limits, start)).toStrictEqual({ kind: 'handle' });
    }
  });

  it('leaves the last attempt for after the grace period where some vanished, and then parks', () => {
    for (const attempts of [5, 6]) {
      expect(admit(state(attempts, 1), limits, start)).toStrictEqual({ kind: 'cool', forMs: 600_000 });
      expect(admit(state(attempts, 4), limits, start + 599_999)).toStrictEqual({
        kind: 'cool',
        forMs: 1,
      });
    }
    expect(admit(state(5, 4), limits, start + 600_000)).toStrictEqual({ kind: 'handle' });
    expect(admit(state(6, 5), limits, start + 600_000)).toStrictEqual({ kind: 'park' });
  });

  it('hands back what cools with one attempt left, however many claims were counted', () => {
    for (const attempts of [5, 6, 12]) {
      expect(whileCooling(state(attempts, attempts - 1), limits)).toMatchObject({ attempts: 5 });
    }
    // Four failures and one that vanished: what vanished stays to be seen.
    const mixed = { ...state(6, 1), failures: 4 };
    expect(whileCooling(mixed, limits)).toMatchObject({ attempts: 6 });
    // A limit of one leaves none, or the grace period would begin anew each time.
    expect(whileCooling(state(2, 1), { ...limits, maxAttempts: 1 })).toMatchObject({ attempts: 2 });
  });
});

describe('the history of attempts', () => {
  it('keeps the first and the latest seven', () => {
    let history: AttemptNote[] = [];
    for (let token = 1; token <= 20; token += 1) history = withNote(history, note('failed', token));
    expect(history.map(({ fencingToken }) => fencingToken)).toStrictEqual([1, 14, 15, 16, 17, 18, 19, 20]);
  });
});

describe('a lease is idle', () => {
  const now = start;
  it('by any outcome under its own token, and by no claim', () => {
    for (const status of ['done', 'failed', 'deferred', 'dead'] as const) {
      expect(isSettled(record({ status }), 3, now)).toBe(true);
    }
    expect(isSettled(record({ status: 'claimed' }), 3, now)).toBe(false);
    expect(isSettled(undefined, 3, now)).toBe(false);
  });

  it('under another token by `done` alone, and only while it certainly deduplicates', () => {
    for (const status of ['failed', 'deferred', 'dead', 'claimed'] as const) {
      for (const token of [2, 4]) expect(isSettled(record({ status }), token, now)).toBe(false);
    }
    const done = record({ status: 'done' });
    expect(isSettled(done, 4, now)).toBe(true);
    expect(isSettled(done, 4, done.dedupeUntilMs - 3_600_001)).toBe(true);
    expect(isSettled(done, 4, done.dedupeUntilMs - 3_600_000)).toBe(false);
  });
});
