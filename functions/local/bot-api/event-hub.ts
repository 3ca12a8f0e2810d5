import type { BotApiEvent } from './types.ts';

const DEFAULT_TIMEOUT_MS = 60_000;

/** Tells listeners what happens, and lets tests wait for it. */
export class EventHub {
  readonly #listeners = new Set<(event: BotApiEvent) => void>();
  readonly #describe: () => string;

  /** `describe` words what was seen, for errors of `until`. */
  constructor(describe: () => string) {
    this.#describe = describe;
  }

  emit(event: BotApiEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }

  subscribe(listener: (event: BotApiEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves with the first thing `probe` returns, now or after an event. @throws Error after `timeoutMs` real milliseconds */
  until<T>(what: string, probe: () => T | undefined | false, timeoutMs = DEFAULT_TIMEOUT_MS): Promise<T> {
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void): void => {
        clearTimeout(timer);
        unsubscribe();
        settle();
      };
      const look = (): void => {
        try {
          const found = probe();
          if (found !== undefined && found !== false) finish(() => resolve(found));
        } catch (error) {
          finish(() => reject(error instanceof Error ? error : new Error(String(error))));
        }
      };
      const timer = setTimeout(
        () => finish(() => reject(new Error(`No ${what} within ${timeoutMs} ms. Seen: ${this.#describe()}`))),
        timeoutMs,
      );
      const unsubscribe = this.subscribe(look);
      look();
    });
  }
}
