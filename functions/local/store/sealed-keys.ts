/** The keys of a row and the end from which it is read, as LevelDB's iterators are asked for them. */
export interface KeyRange {
  gt?: string;
  gte?: string;
  lt?: string;
  lte?: string;
  reverse?: boolean;
}

/** A change of one key: the checksum of its new value, none where it was deleted. */
export type SealedChange = readonly [key: string, checksum: number | undefined];

/** Keys in LevelDB's order, and the checksums of their values. Never changed once it is on a list. */
interface Chunk {
  keys: string[];
  checksums: number[];
}

/** Beyond twice as many a chunk is cut in two. */
const CHUNK = 256;

/**
 * Each key of a store with the checksum of its last value, in LevelDB's order. It is never changed: a reader of a row
 * keeps the keys of that moment, whatever is written meanwhile, and a change copies one chunk and the list of chunks.
 */
export class SealedKeys {
  readonly #chunks: readonly Chunk[];

  private constructor(chunks: readonly Chunk[]) {
    this.#chunks = chunks;
  }

  /** @param sealed in LevelDB's order */
  static of(sealed: readonly (readonly [key: string, checksum: number])[]): SealedKeys {
    const chunks: Chunk[] = [];
    for (let at = 0; at < sealed.length; at += CHUNK) {
      const some = sealed.slice(at, at + CHUNK);
      chunks.push({ keys: some.map(([key]) => inBytes(key)), checksums: some.map(([, sum]) => sum) });
    }
    return new SealedKeys(chunks);
  }

  get(key: string): number | undefined {
    const { chunk, at, isThere } = this.#find(inBytes(key));
    return isThere ? this.#chunks[chunk]!.checksums[at] : undefined;
  }

  with(changes: readonly SealedChange[]): SealedKeys {
    return changes.reduce<SealedKeys>((keys, change) => keys.#changed(change), this);
  }

  /** Those of a range, in the order in which LevelDB reads them. */
  *row({ gt, gte, lt, lte, reverse = false }: KeyRange): Generator<[key: string, checksum: number]> {
    const from = this.#place(gte ?? gt, gte === undefined);
    const to = this.#place(lte ?? lt, lte !== undefined, this.#end);
    if (reverse) yield* this.#backward(from, to);
    else yield* this.#forward(from, to);
  }

  *#forward(from: Place, to: Place): Generator<[string, number]> {
    for (let { chunk } = from; chunk <= to.chunk && chunk < this.#chunks.length; chunk += 1) {
      const { keys, checksums } = this.#chunks[chunk]!;
      const end = chunk === to.chunk ? to.at : keys.length;
      for (let at = chunk === from.chunk ? from.at : 0; at < end; at += 1) yield [keys[at]!, checksums[at]!];
    }
  }

  *#backward(from: Place, to: Place): Generator<[string, number]> {
    for (let { chunk } = to; chunk >= from.chunk; chunk -= 1) {
      const { keys, checksums } = this.#chunks[chunk] ?? { keys: [], checksums: [] };
      const first = chunk === from.chunk ? from.at : 0;
      const end = chunk === to.chunk ? to.at : keys.length;
      for (let at = end - 1; at >= first; at -= 1) yield [keys[at]!, checksums[at]!];
    }
  }

  get #end(): Place {
    return { chunk: this.#chunks.length, at: 0 };
  }

  /** Before the first key that is not below this one, or, behind it, not at it either. */
  #place(key: string | undefined, isBehind: boolean, otherwise: Place = { chunk: 0, at: 0 }): Place {
    if (key === undefined) return otherwise;
    const { chunk, at, isThere } = this.#find(inBytes(key));
    return { chunk, at: isBehind && isThere ? at + 1 : at };
  }

  #find(key: string): Place & { isThere: boolean } {
    // The last chunk that begins at or before the key.
    const chunk = Math.max(0, firstWhere(this.#chunks.length, (at) => this.#chunks[at]!.keys[0]! > key) - 1);
    const keys = this.#chunks[chunk]?.keys ?? [];
    const at = firstWhere(keys.length, (each) => keys[each]! >= key);
    return { chunk, at, isThere: keys[at] === key };
  }

  #changed([key, checksum]: SealedChange): SealedKeys {
    const name = inBytes(key);
    const { chunk, at, isThere } = this.#find(name);
    if (!isThere && checksum === undefined) return this;
    const old = this.#chunks[chunk] ?? { keys: [], checksums: [] };
    const keys = isThere && checksum !== undefined ? old.keys : [...old.keys];
    const checksums = [...old.checksums];
    if (checksum === undefined) {
      keys.splice(at, 1);
      checksums.splice(at, 1);
    } else {
      if (!isThere) keys.splice(at, 0, name);
      checksums.splice(at, isThere ? 1 : 0, checksum);
    }
    const chunks = [...this.#chunks];
    chunks.splice(chunk, 1, ...inParts({ keys, checksums }));
    return new SealedKeys(chunks);
  }
}

interface Place {
  chunk: number;
  at: number;
}

/** A key as LevelDB compares it, a byte a letter. The keys of a language's strings have another order beyond U+FFFF. */
export function inBytes(key: string): string {
  return Buffer.from(key).toString('latin1');
}

function inParts({ keys, checksums }: Chunk): Chunk[] {
  if (keys.length === 0) return [];
  if (keys.length <= 2 * CHUNK) return [{ keys, checksums }];
  return [
    { keys: keys.slice(0, CHUNK), checksums: checksums.slice(0, CHUNK) },
    { keys: keys.slice(CHUNK), checksums: checksums.slice(CHUNK) },
  ];
}

/** The first of so many, in whose order none is followed by one that is not. */
function firstWhere(count: number, is: (at: number) => boolean): number {
  let [from, to] = [0, count];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (is(middle)) to = middle;
    else from = middle + 1;
  }
  return from;
}
