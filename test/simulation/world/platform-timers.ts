import type { Clock } from '../../../functions/lease/clock.ts';

/** The clock of the process whose code runs: an event concerns one process, and settles wholly before the next. */
let running: Clock | undefined;

export function runs(clock: Clock): void {
  running = clock;
}

interface Borrowed {
  cancel: () => void;
}

/**
 * Libraries ask for the platform's timers: from now on they are given those of the process whose code asks.
 * @returns the function that gives the platform's own back
 */
export function borrowTimers(): () => void {
  const { setTimeout, clearTimeout } = globalThis;
  const set = (callback: (...args: unknown[]) => void, delayMs = 0, ...args: unknown[]): Borrowed | object =>
    running === undefined
      ? setTimeout(callback, delayMs, ...args)
      : { cancel: running.after(delayMs, () => callback(...args)) };
  const clear = (timer: unknown): void => {
    if (typeof timer === 'object' && timer !== null && 'cancel' in timer) (timer as Borrowed).cancel();
    else clearTimeout(timer as NodeJS.Timeout | undefined);
  };
  globalThis.setTimeout = set as unknown as typeof setTimeout;
  globalThis.clearTimeout = clear;
  return () => {
    running = undefined;
    globalThis.setTimeout = setTimeout;
    globalThis.clearTimeout = clearTimeout;
  };
}
