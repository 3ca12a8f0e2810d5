import type { Clock } from '../lease/clock.ts';

const AT_MOST_EVERY_MS = 60_000;

/** Tells of requests that were refused: the first of a kind at once, the following ones by their number, once a minute. */
export class Refusals {
  readonly #say: (line: string) => void;
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #told = new Map<string, { atMs: number; since: number }>();

  constructor(options: { say: (line: string) => void; clock: Pick<Clock, 'monotonicMs'> }) {
    this.#say = options.say;
    this.#clock = options.clock;
  }

  refused(reason: string): void {
    const nowMs = this.#clock.monotonicMs();
    const told = this.#told.get(reason);
    if (told !== undefined && nowMs - told.atMs < AT_MOST_EVERY_MS) {
      told.since += 1;
      return;
    }
    const more =
      told === undefined || told.since === 0 ? '' : ` (and ${told.since} times since it was last told)`;
    this.#say(`Refused: ${reason}${more}`);
    this.#told.set(reason, { atMs: nowMs, since: 0 });
  }
}
