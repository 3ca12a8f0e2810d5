import { signal, type Signal } from '@preact/signals';
import type { TraceEntry } from '../../timeline/trace.ts';
import { listen } from '../server.ts';

/** The most entries that the page keeps: minutes of a busy system. */
const MAX_ENTRIES = 4_000;

/** The trace of a running system, as it grows. */
export class TraceFeed {
  readonly entries: Signal<readonly TraceEntry[]> = signal([]);
  #source: EventSource | undefined;

  /** For as long as the page is open. */
  follow(path: string): void {
    listen<TraceEntry[]>(path, {
      onEvent: (news) => this.#add(news),
      onReset: () => (this.entries.value = []),
    });
  }

  /** Until `leave`, and without asking again: what it follows ends by itself. */
  join(path: string): void {
    this.leave();
    this.entries.value = [];
    this.#source = new EventSource(path);
    this.#source.addEventListener('message', (event) =>
      this.#add(JSON.parse(String(event.data)) as TraceEntry[]),
    );
  }

  leave(): void {
    this.#source?.close();
    this.#source = undefined;
  }

  #add(news: readonly TraceEntry[]): void {
    this.entries.value = [...this.entries.value, ...news].slice(-MAX_ENTRIES);
  }
}
