import type { IndexData } from './snapshot.ts';

/** Walks the documents of one term, in order. Starts before the first. */
export class PostingCursor {
  /** The document under the cursor; -1 before the first, Infinity after the last. */
  document = -1;
  /** Weighted number of occurrences in it. */
  frequency = 0;
  readonly #postings: Uint8Array;
  readonly #positions: Uint8Array;
  readonly #end: number;
  #at: number;
  #positionsStart: number;
  #positionsEnd: number;

  constructor(data: IndexData, term: number) {
    this.#postings = data.postings;
    this.#positions = data.positions;
    this.#at = data.postingOffsets[term] ?? 0;
    this.#end = data.postingOffsets[term + 1] ?? 0;
    this.#positionsStart = data.positionOffsets[term] ?? 0;
    this.#positionsEnd = this.#positionsStart;
  }

  /** False when there is no further document. */
  next(): boolean {
    if (this.#at >= this.#end) {
      this.document = Infinity;
      return false;
    }
    this.document += this.#varint();
    this.frequency = this.#varint();
    this.#positionsStart = this.#positionsEnd;
    this.#positionsEnd = this.#positionsStart + this.#varint();
    return true;
  }

  /** Moves on to `document`; true when the term is in it. Documents must be asked for in rising order. */
  seek(document: number): boolean {
    while (this.document < document && this.next());
    return this.document === document;
  }

  /** Positions of the occurrences in this document, rising. */
  positions(): number[] {
    const found: number[] = [];
    let at = this.#positionsStart;
    let position = 0;
    while (at < this.#positionsEnd) {
      let byte = this.#positions[at++]!;
      let delta = byte & 0x7f;
      for (let shift = 7; byte >= 0x80; shift += 7) {
        byte = this.#positions[at++]!;
        delta |= (byte & 0x7f) << shift;
      }
      position += delta;
      found.push(position);
    }
    return found;
  }

  #varint(): number {
    let byte = this.#postings[this.#at++]!;
    let value = byte & 0x7f;
    for (let shift = 7; byte >= 0x80; shift += 7) {
      byte = this.#postings[this.#at++]!;
      value |= (byte & 0x7f) << shift;
    }
    return value;
  }
}
