/** Appends bytes and variable-length integers (LEB128, unsigned, below 2^32) to a buffer that grows. */
export class ByteWriter {
  #bytes: Uint8Array;
  length = 0;

  constructor(capacity = 1024) {
    this.#bytes = new Uint8Array(capacity);
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.length++] = value;
  }

  varint(value: number): void {
    this.#reserve(5);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#bytes[this.length++] = rest;
  }

  bytes(source: Uint8Array): void {
    this.#reserve(source.length);
    this.#bytes.set(source, this.length);
    this.length += source.length;
  }

  /** A view of what was written, valid until the next write. */
  written(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }

  #reserve(extra: number): void {
    if (this.length + extra <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.length + extra));
    grown.set(this.#bytes.subarray(0, this.length));
    this.#bytes = grown;
  }
}

/** Reads what `ByteWriter.varint` wrote. */
export class VarintReader {
  readonly #bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  byte(): number {
    return this.#bytes[this.at++]!;
  }

  next(): number {
    let byte = this.#bytes[this.at++]!;
    let value = byte & 0x7f;
    for (let shift = 7; byte >= 0x80; shift += 7) {
      byte = this.#bytes[this.at++]!;
      value |= (byte & 0x7f) << shift;
    }
    return value >>> 0;
  }
}

/** How many bytes `ByteWriter.varint` takes for a value. */
export function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 0x80; rest >>>= 7) size++;
  return size;
}

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder('utf-8', { ignoreBOM: true });

/** Strings laid end to end in UTF-8, with an offset each, so that a snapshot is used in place and nothing is decoded at load. */
export class StringTable {
  readonly offsets: Uint32Array;
  readonly bytes: Uint8Array;

  constructor(offsets: Uint32Array, bytes: Uint8Array) {
    this.offsets = offsets;
    this.bytes = bytes;
  }

  static from(strings: readonly string[]): StringTable {
    const writer = new ByteWriter(strings.length * 8 + 16);
    const offsets = new Uint32Array(strings.length + 1);
    strings.forEach((string, i) => {
      writer.bytes(ENCODER.encode(string));
      offsets[i + 1] = writer.length;
    });
    return new StringTable(offsets, writer.written().slice());
  }

  get size(): number {
    return this.offsets.length - 1;
  }

  at(i: number): string {
    return DECODER.decode(this.bytes.subarray(this.offsets[i], this.offsets[i + 1]));
  }

  /** Byte order of entry `i` against an encoded string: negative when the entry comes first. */
  compare(i: number, key: Uint8Array): number {
    const start = this.offsets[i] ?? 0;
    const length = (this.offsets[i + 1] ?? 0) - start;
    const common = Math.min(length, key.length);
    for (let k = 0; k < common; k++) {
      const difference = (this.bytes[start + k] ?? 0) - (key[k] ?? 0);
      if (difference !== 0) return difference;
    }
    return length - key.length;
  }
}

/** Strings in the order of their UTF-8 bytes, as `StringTable.compare` has it, with their places in the input. */
export function sortedByUtf8(strings: readonly string[]): { text: string; index: number }[] {
  return strings
    .map((text, index) => ({ text, index, key: ENCODER.encode(text) }))
    .sort((a, b) => Buffer.compare(a.key, b.key));
}

export function encodeUtf8(text: string): Uint8Array {
  return ENCODER.encode(text);
}

/** First index in [0, size) for which `isBefore` is false; `size` when it is true for all. */
export function lowerBound(size: number, isBefore: (i: number) => boolean): number {
  let low = 0;
  let high = size;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
