import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Countdown, sleep, systemClock } from '../../functions/lease/clock.ts';
import { TestClock } from '../fixtures/test-clock.ts';

describe('a countdown', () => {
  it('runs with both clocks, and never below zero', () => {
    const clock = new TestClock();
    const countdown = new Countdown(clock, 1_000);
    expect([countdown.elapsedMs(), countdown.remainingMs()]).toStrictEqual([0, 1_000]);
    clock.advance(400);
    expect([countdown.elapsedMs(), countdown.remainingMs()]).toStrictEqual([400, 600]);
    clock.advance(5_000);
    expect(countdown.remainingMs()).toBe(0);
    expect(new Countdown(clock, -5).remainingMs()).toBe(0);
  });

  it('believes the wall clock where the monotonic one stood still: the process was frozen', () => {
    const clock = new TestClock();
    const countdown = new Countdown(clock, 1_000);
    clock.freeze(990);
    expect(countdown.remainingMs()).toBe(10);
  });

  it('believes the monotonic clock where the wall clock was set back', () => {
    const clock = new TestClock();
    const countdown = new Countdown(clock, 1_000);
    clock.advance(300);
    clock.setWall(-3_600_000);
    expect(countdown.remainingMs()).toBe(700);
    clock.advance(700);
    expect(countdown.remainingMs()).toBe(0);
  });

  it('takes the wall clock set forward for time that has passed', () => {
    const clock = new TestClock();
    const countdown = new Countdown(clock, 1_000);
    clock.setWall(3_600_000);
    expect(countdown.remainingMs()).toBe(0);
  });

  it('keeps the time at which it began', () => {
    const clock = new TestClock(5);
    const countdown = new Countdown(clock, 1_000);
    clock.advance(100);
    expect(countdown.startedAtWallMs).toBe(5);
  });
});

describe('sleeping', () => {
  it('ends after its time, and not before', async () => {
    const clock = new TestClock();
    let awake = false;
    const slept = sleep(clock, 100).then(() => (awake = true));
    clock.advance(99);
    await Promise.resolve();
    expect(awake).toBe(false);
    clock.advance(1);
    await slept;
  });

  it('ends at once by its signal, and leaves no timer behind', async () => {
    const clock = new TestClock();
    const controller = new AbortController();
    const slept = sleep(clock, 100_000, controller.signal);
    controller.abort();
    await slept;
    await sleep(clock, 100_000, controller.signal);
    expect(clock.pendingTimers).toBe(0);
  });

  it('leaves nothing at a signal that lasts for longer', async () => {
    const clock = new TestClock();
    const { signal } = new AbortController();
    const slept = sleep(clock, 100, signal);
    clock.advance(100);
    await slept;
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

describe('the system clock', () => {
  it('tells the time of this machine and calls back', async () => {
    expect(Math.abs(systemClock.wallMs() - Date.now())).toBeLessThan(1_000);
    const before = systemClock.monotonicMs();
    await sleep(systemClock, 5);
    expect(systemClock.monotonicMs()).toBeGreaterThan(before);
  });

  it('does not call back what was cancelled', async () => {
    let called = false;
    systemClock.after(1, () => (called = true))();
    await sleep(systemClock, 10);
    expect(called).toBe(false);
  });
});
