interface Scheduled {
  atMs: number;
  order: number;
  run: (() => void) | undefined;
}

/** Every promise that can settle now has settled: nothing in the code under test waits for real time or real I/O. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** More events than this in one history can only be a loop that never ends. */
const MAX_EVENTS = 60_000;

/** Real time, as no process of the simulation can see it: one event at a time, in order. */
export class Timeline {
  /** Milliseconds since the history began. */
  nowMs = 0;
  #heap: Scheduled[] = [];
  #order = 0;
  #events = 0;

  /** @returns the function that cancels it */
  at(delayMs: number, run: () => void): () => void {
    const scheduled: Scheduled = { atMs: this.nowMs + Math.max(0, delayMs), order: (this.#order += 1), run };
    this.#push(scheduled);
    return () => (scheduled.run = undefined);
  }

  /** Until nothing is left to happen, or until `limitMs`. */
  async run(limitMs: number): Promise<void> {
    await settled();
    for (let next = this.#pop(); next !== undefined; next = this.#pop()) {
      const { run, atMs } = next;
      if (run === undefined) continue;
      if (atMs > limitMs) return;
      if ((this.#events += 1) > MAX_EVENTS)
        throw new Error(`more than ${MAX_EVENTS} events by ${this.nowMs} ms`);
      this.nowMs = atMs;
      run();
      await settled();
    }
  }

  #push(scheduled: Scheduled): void {
    const heap = this.#heap;
    let index = heap.push(scheduled) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(scheduled, heap[parent])) break;
      heap[index] = heap[parent] as Scheduled;
      index = parent;
    }
    heap[index] = scheduled;
  }

  #pop(): Scheduled | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = index * 2 + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1], heap[child])) child += 1;
      if (!isBefore(heap[child], last)) break;
      heap[index] = heap[child] as Scheduled;
      index = child;
    }
    heap[index] = last;
    return first;
  }
}

function isBefore(a: Scheduled | undefined, b: Scheduled | undefined): boolean {
  if (a === undefined || b === undefined) return a !== undefined;
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
