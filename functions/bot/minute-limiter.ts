import { windowStartMinute, type RateLimiter, type RateRequest, type RateVerdict } from './rate-limiter.ts';

/** Longer windows are counted in the store, since they outlive a consumer. */
const LONGEST_IN_MEMORY_MS = 60_000;

/** Beyond so many, the user who has been counted for longest is forgotten. */
const MAX_COUNTED = 10_000;

interface Window {
  beganAtMinute: number;
  /** Never more than the limit. */
  within: Set<number>;
  told?: number;
}

/**
 * Counts in the memory of the consumer what is limited by the minute, since there is one consumer; another one that
 * takes over begins at nothing. It hands longer windows on to a limiter that remembers.
 */
export class MinuteLimiter implements RateLimiter {
  readonly #lasting: RateLimiter;
  readonly #maxCounted: number;
  /** In the order in which they began. */
  readonly #windows = new Map<string, Window>();

  constructor(lasting: RateLimiter, { maxCounted = MAX_COUNTED }: { maxCounted?: number } = {}) {
    this.#lasting = lasting;
    this.#maxCounted = maxCounted;
  }

  async count(request: RateRequest): Promise<RateVerdict> {
    if (request.windowMs > LONGEST_IN_MEMORY_MS) return this.#lasting.count(request);
    const { updateId, limit } = request;
    const window = this.#windowOf(request);
    if (window.within.has(updateId)) return 'within';
    if (window.within.size < limit) {
      window.within.add(updateId);
      return 'within';
    }
    window.told ??= updateId;
    return window.told === updateId ? 'told' : 'over';
  }

  #windowOf(request: RateRequest): Window {
    const { kind, userId, nowMs, windowMs } = request;
    const name = `${kind} ${userId}`;
    const beganAtMinute = windowStartMinute(nowMs, windowMs);
    const known = this.#windows.get(name);
    if (known?.beganAtMinute === beganAtMinute) return known;
    this.#windows.delete(name);
    const [longest] = this.#windows.keys();
    if (longest !== undefined && this.#windows.size >= this.#maxCounted) this.#windows.delete(longest);
    const window = { beganAtMinute, within: new Set<number>() };
    this.#windows.set(name, window);
    return window;
  }
}
