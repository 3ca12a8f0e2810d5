import { repetitions, type Cause } from './checks/repeats.ts';
import type { World } from './world/world.ts';

/** The counts of a tally, as they go from one process to another. */
export interface Counts {
  histories: number;
  repeatedBecause: ReadonlyMap<Cause, number>;
  events: ReadonlyMap<string, number>;
  ends: ReadonlyMap<string, number>;
}

/** The cases that the histories of a run met: a promise about a case that never occurs says nothing. */
export class Tally implements Counts {
  histories = 0;
  readonly repeatedBecause = new Map<Cause, number>();
  readonly events = new Map<string, number>();
  readonly ends = new Map<string, number>();

  add(world: World): void {
    this.histories += 1;
    for (const { cause } of repetitions(world)) if (cause !== undefined) count(this.repeatedBecause, cause);
    for (const { event } of world.history.of('event')) {
      const hot = event.type === 'acquired' && event.hot ? ' again' : '';
      const reason = event.type === 'deferred' ? `: ${event.reason}` : '';
      count(this.events, `${event.type}${hot}${reason}`);
    }
    for (const { how, ledger } of world.history.of('confirmed')) {
      count(this.ends, how === 'expired' ? 'expired' : String(ledger?.['status']));
    }
  }

  addCounts(counts: Counts): void {
    this.histories += counts.histories;
    for (const [cause, n] of counts.repeatedBecause) count(this.repeatedBecause, cause, n);
    for (const [event, n] of counts.events) count(this.events, event, n);
    for (const [end, n] of counts.ends) count(this.ends, end, n);
  }

  toString(): string {
    const table = (title: string, counts: ReadonlyMap<string, number>): string =>
      [
        title,
        ...[...counts]
          .sort(([, a], [, b]) => b - a)
          .map(([name, n]) => `  ${String(n).padStart(9)}  ${name}`),
      ].join('\n');
    return [
      table('Telegram calls repeated, and why G3 allows it', this.repeatedBecause),
      table('How updates ended', this.ends),
      table('Events', this.events),
    ].join('\n');
  }
}

function count<K>(counts: Map<K, number>, key: K, n = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + n);
}
