import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
type StopSignal = (typeof SIGNALS)[number];

/** One Ctrl+C reaches the process twice where npm passes on what the terminal has sent already. */
const SAME_WISH_MS = 1_000;

let drain: (() => void) | undefined;
let askedAtMs: number | undefined;

/**
 * From now on a signal ends this process, also as PID 1, for which the system's own answer is to ignore it. Code that
 * has something to finish first says so with {@link finishOnSignal}.
 */
export function listenForSignals(): void {
  for (const signal of SIGNALS) {
    process.removeAllListeners(signal);
    process.on(signal, () => asked(signal));
  }
}

/** @returns gives the signals back */
export function finishOnSignal(finish: () => void): () => void {
  drain = finish;
  return () => {
    drain = undefined;
  };
}

/** A signal that comes again, a moment later, does not wait for the end. */
function asked(signal: StopSignal): void {
  const code = 128 + constants.signals[signal];
  if (drain === undefined) process.exit(code);
  const now = performance.now();
  if (askedAtMs === undefined) drain();
  else if (now - askedAtMs > SAME_WISH_MS) process.exit(code);
  askedAtMs ??= now;
}
