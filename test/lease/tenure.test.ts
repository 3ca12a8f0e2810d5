import { describe, expect, it } from 'vitest';
import { Countdown } from '../../functions/lease/clock.ts';
import { Tenure, TenureOverError } from '../../functions/lease/tenure.ts';
import { TestClock } from '../fixtures/test-clock.ts';

function begin(termMs = 10_000, deadlineMs = termMs) {
  const clock = new TestClock();
  let lease = new Countdown(clock, termMs);
  const tenure = new Tenure({
    updateId: 7,
    fencingToken: 3,
    lease: () => lease,
    deadline: new Countdown(clock, deadlineMs),
    skewMs: 1_000,
    clock,
  });
  return { clock, tenure, renew: () => (lease = new Countdown(clock, termMs)) };
}

const never = () => new Promise<void>(() => {});

describe('a tenure', () => {
  it('allows effects until the skew margin before expiry, and tells how long', () => {
    const { clock, tenure } = begin();
    expect(tenure.remainingMs()).toBe(9_000);
    clock.advance(8_999);
    tenure.assertHeld();
    expect([tenure.remainingMs(), tenure.signal.aborted]).toStrictEqual([1, false]);
    clock.advance(1);
    expect([tenure.remainingMs(), tenure.signal.aborted]).toStrictEqual([0, true]);
    expect(() => tenure.assertHeld()).toThrow('the lease has run out');
  });

  it('lapses by the clock before any timer has fired', () => {
    const { clock, tenure } = begin();
    clock.freeze(9_000);
    expect(tenure.signal.aborted).toBe(false);
    expect(() => tenure.assertHeld()).toThrow(TenureOverError);
    expect(tenure.signal.aborted).toBe(true);
  });

  it('stays over once it has lapsed, though the clock is set back or the lease renewed', () => {
    const { clock, tenure, renew } = begin();
    clock.advance(9_000);
    clock.setWall(-60_000);
    renew();
    expect(() => tenure.assertHeld()).toThrow(TenureOverError);
    expect(tenure.remainingMs()).toBe(0);
  });

  it('changes by no look at it', () => {
    const { clock, tenure, renew } = begin(10_000, 60_000);
    const look = () => [tenure.lapsed, tenure.remainingMs(), tenure.signal.aborted];
    clock.freeze(9_000);
    expect([look(), look()]).toStrictEqual([
      [true, 0, false],
      [true, 0, false],
    ]);
    expect(clock.pendingTimers).toBe(1);
    renew();
    expect(look()).toStrictEqual([false, 9_000, false]);
    tenure.assertHeld();
  });

  it('stays over once it has refused an effect, though the lease is renewed before its timer fires', () => {
    const { clock, tenure, renew } = begin(10_000, 60_000);
    clock.freeze(9_000);
    expect(() => tenure.assertHeld()).toThrow(TenureOverError);
    renew();
    expect(() => tenure.assertHeld()).toThrow('the lease has run out');
    expect([tenure.lapsed, tenure.remainingMs(), tenure.signal.aborted]).toStrictEqual([true, 0, true]);
  });

  it('goes on with a lease that is renewed, and lapses when it is not', () => {
    const { clock, tenure, renew } = begin(10_000, 60_000);
    for (let renewals = 0; renewals < 5; renewals += 1) {
      clock.advance(8_000);
      renew();
    }
    tenure.assertHeld();
    clock.advance(8_999);
    expect(tenure.signal.aborted).toBe(false);
    clock.advance(1);
    expect(tenure.signal.aborted).toBe(true);
  });

  it('ends by the deadline of its delivery where that is sooner', () => {
    const { clock, tenure } = begin(60_000, 5_000);
    expect(tenure.remainingMs()).toBe(4_000);
    clock.advance(4_000);
    expect(tenure.signal.aborted).toBe(true);
  });

  it('is over from the beginning where no time is left', async () => {
    for (const termMs of [0, 500, 1_000]) {
      const { tenure, clock } = begin(termMs);
      await expect(tenure.run(never)).rejects.toThrow(TenureOverError);
      expect([tenure.signal.aborted, clock.pendingTimers]).toStrictEqual([true, 0]);
    }
  });

  it.each([
    { what: 'all of its time', waitMs: 0, callMs: 0, itsOwn: true },
    { what: 'nine tenths', waitMs: 1_000, callMs: 100, itsOwn: true },
    { what: 'less, since it had to wait', waitMs: 1_200, callMs: 0, itsOwn: false },
    { what: 'less, since a call was slow', waitMs: 0, callMs: 1_200, itsOwn: false },
    { what: 'less, since a read was slow', waitMs: 0, callMs: 0, readMs: 1_200, itsOwn: false },
    { what: 'less, for all reasons together', waitMs: 400, callMs: 400, readMs: 400, itsOwn: false },
    { what: 'all, beside what nobody waited for', waitMs: 0, callMs: 0, backgroundMs: 5_000, itsOwn: true },
    { what: 'half, since its lease was lost', waitMs: 0, callMs: 0, lapsesAfterMs: 6_000, itsOwn: false },
  ])(
    'knows whether its handler used up the time by itself: $what',
    async ({ waitMs, callMs, readMs = 0, backgroundMs = 0, lapsesAfterMs = 11_000, itsOwn }) => {
      const clock = new TestClock();
      const deadline = new Countdown(clock, 12_000);
      clock.advance(waitMs);
      const lease = new Countdown(clock, 12_000);
      const tenure = new Tenure({
        updateId: 7,
        fencingToken: 3,
        lease: () => lease,
        deadline,
        skewMs: 1_000,
        clock,
      });
      const lasting = (ms: number) => async (): Promise<void> => {
        await Promise.resolve();
        clock.advance(ms);
      };
      await tenure.run(lasting(callMs));
      await tenure.waiting(lasting(readMs)());
      await tenure.run(lasting(backgroundMs), { background: true });
      expect(tenure.usedUpByHandler).toBe(false);
      clock.advance(lapsesAfterMs - waitMs - callMs - readMs - backgroundMs);
      expect(tenure.usedUpByHandler).toBe(itsOwn);
    },
  );

  it('counts waits at the same time once', async () => {
    const { clock, tenure } = begin(12_000);
    const ends: (() => void)[] = [];
    const wait = (): Promise<void> => tenure.waiting(new Promise((resolve) => ends.push(resolve)));
    const waits = [wait(), wait()];
    clock.advance(1_000);
    for (const end of ends) end();
    await Promise.all(waits);
    clock.advance(10_000);
    expect(tenure.usedUpByHandler).toBe(true);
  });

  it('counts a wait that is not over yet', () => {
    const { clock, tenure } = begin();
    void tenure.waiting(never());
    clock.advance(9_000);
    expect([tenure.lapsed, tenure.usedUpByHandler]).toStrictEqual([true, false]);
  });

  it('can be revoked', async () => {
    const { tenure, clock } = begin();
    tenure.revoke();
    await expect(tenure.run(never)).rejects.toThrow(TenureOverError);
    expect([tenure.signal.aborted, tenure.remainingMs(), clock.pendingTimers]).toStrictEqual([true, 0, 0]);
  });

  it('hands its signal to every effect, its answer and its error to the caller', async () => {
    const { tenure } = begin();
    await expect(tenure.run(async (signal) => signal === tenure.signal)).resolves.toBe(true);
    await expect(tenure.run(() => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
    await expect(
      tenure.run(() => {
        throw new Error('at once');
      }),
    ).rejects.toThrow('at once');
    await expect(tenure.close(0)).resolves.toBe(true);
  });

  it('refuses everything once it is closed, for ever, and leaves no timer behind', async () => {
    const { tenure, clock } = begin();
    expect(await tenure.close(250)).toBe(true);
    await expect(tenure.run(never)).rejects.toThrow('already settled');
    expect([tenure.remainingMs(), tenure.signal.aborted, clock.pendingTimers]).toStrictEqual([0, false, 0]);
  });

  it('waits at its close for the effects under way, and for those that fail', async () => {
    const { clock, tenure } = begin();
    let [resolve, reject] = [(): void => {}, (): void => {}];
    void tenure.run(() => new Promise<void>((done) => (resolve = done)));
    tenure.run(() => new Promise<void>((_, fail) => (reject = () => fail(new Error('no'))))).catch(() => {});
    let closed = false;
    const closing = tenure.close(250).finally(() => (closed = true));
    await expect(tenure.run(never)).rejects.toThrow('already settled');
    resolve();
    await new Promise((done) => setImmediate(done));
    expect(closed).toBe(false);
    reject();
    expect(await closing).toBe(true);
    expect(clock.pendingTimers).toBe(0);
  });

  it('ends at its close if it has lapsed by then, and with it the effects under way', async () => {
    const { clock, tenure } = begin();
    let aborted = false;
    void tenure.run((signal) => {
      signal.addEventListener('abort', () => (aborted = true));
      return never();
    });
    clock.freeze(9_000);
    const closing = tenure.close(250);
    expect(aborted).toBe(true);
    clock.advance(250);
    expect(await closing).toBe(false);
  });

  it('waits at its close for the effects in the background as well', async () => {
    const { clock, tenure } = begin();
    void tenure.run(never, { background: true });
    const closing = tenure.close(250);
    clock.advance(9_250);
    expect(await closing).toBe(false);
  });

  it('aborts the effects under way at its lapse, and reports those that ignore it', async () => {
    const { clock, tenure } = begin();
    let aborted = false;
    void tenure.run((signal) => {
      signal.addEventListener('abort', () => (aborted = true));
      return never();
    });
    const closing = tenure.close(250);
    clock.advance(9_000);
    expect(aborted).toBe(true);
    clock.advance(249);
    let closed = false;
    void closing.finally(() => (closed = true));
    await new Promise((done) => setImmediate(done));
    expect(closed).toBe(false);
    clock.advance(1);
    expect(await closing).toBe(false);
    expect(clock.pendingTimers).toBe(0);
  });
});
