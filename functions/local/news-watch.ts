import { setTimeout as sleep } from 'node:timers/promises';

/** Looks at once and then again and again, as the watchdog does on AWS. */
export class NewsWatch {
  readonly #look: () => Promise<void>;
  readonly #everyMs: number;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;

  constructor(options: { look: () => Promise<void>; everyMs: number }) {
    this.#look = options.look;
    this.#everyMs = options.everyMs;
  }

  start(): void {
    this.#running ??= this.#run(this.#stopping.signal);
  }

  /** Resolves when no look is under way any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      // Without a store there is no news; the next look may find it.
      await this.#look().catch(() => {});
      await sleep(this.#everyMs, undefined, { signal }).catch(() => {});
    }
  }
}
