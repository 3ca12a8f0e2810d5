const MAX_ENTRIES = 50_000;

/** A numbered log of the newest entries. */
export class History<T> {
  #entries: T[] = [];
  #count = 0;

  add(make: (seq: number) => T): T {
    this.#count += 1;
    const entry = make(this.#count);
    this.#entries.push(entry);
    // Cutting in big steps keeps adding cheap.
    if (this.#entries.length > MAX_ENTRIES * 1.2) this.#entries = this.#entries.slice(-MAX_ENTRIES);
    return entry;
  }

  /** Oldest first. Not a copy: it may grow. */
  all(): readonly T[] {
    return this.#entries.length > MAX_ENTRIES ? this.#entries.slice(-MAX_ENTRIES) : this.#entries;
  }
}
