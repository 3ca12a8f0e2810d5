/** Reads what LevelDB calls varints and length-prefixed slices, one after the other. */
export class Fields {
  readonly #record: Buffer;
  #at = 0;

  constructor(record: Buffer) {
    this.#record = record;
  }

  get hasMore(): boolean {
    return this.#at < this.#record.length;
  }

  /** @throws Error */
  number(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.#record[this.#at];
      if (byte === undefined) throw new Error('one of its entries is cut off');
      this.#at += 1;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }

  /** So many bytes. @throws Error */
  take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#record.length) throw new Error('one of its entries is cut off');
    const taken = this.#record.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  /** As many as the number before them says. @throws Error */
  bytes(): Buffer {
    return this.take(this.number());
  }
}
