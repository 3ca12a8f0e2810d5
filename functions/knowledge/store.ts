import type { Atom } from './atom.ts';

/** Names one stored item: an atom as one import wrote it. An item is never changed, only replaced by a later one. */
export interface AtomRef {
  id: string;
  /** The import that wrote it. */
  version: string;
}

export interface StoredAtom extends AtomRef {
  atom: Atom;
}

/** One of the parts of a snapshot: see ./snapshot.ts. */
export interface SnapshotPart {
  chunks: number;
  /** The hash of all chunks together, hex. */
  sha256: string;
}

/** A published version, as far as the pointer tells. */
export interface PublishedVersion {
  version: string;
  publishedAtMs: number;
  atoms: number;
  /** Which atoms belong to it; its chunks come first. */
  contents: SnapshotPart;
  /** The search index; its chunks follow. */
  index: SnapshotPart;
  /** How each atom begins; its chunks come last. Versions of earlier bots have none. */
  excerpts?: SnapshotPart;
}

/** Which version is live. */
export interface Pointer {
  /** Rises by one with every publication, so that a stale read is known as one. */
  revision: number;
  current: PublishedVersion;
  /** The version that was live before: the last resort of readers, so it is kept whole. */
  previous?: PublishedVersion;
}

/**
 * Where the knowledge base is kept. Every method can be refused with StoreUnavailableError
 * (functions/lease/store-unavailable.ts); the outcome of a write is then unknown, and repeating it is safe.
 */
export interface KnowledgeStore {
  /** Undefined when nothing was ever published. `consistent: false` may give a slightly older one, at half the price. */
  readPointer(options: { consistent: boolean }): Promise<Pointer | undefined>;
  /**
   * Makes `next` live if `expectedVersion` still is, undefined meaning that nothing was ever published.
   * @returns whether `next` is live because of this call
   */
  movePointer(next: Pointer, expectedVersion: string | undefined): Promise<boolean>;

  /** In any order; each item complete before this resolves. No two may have the same id and version. */
  writeAtoms(items: readonly StoredAtom[]): Promise<void>;
  /** In the order asked for, undefined where there is no such item. */
  readAtoms(refs: readonly AtomRef[]): Promise<(Atom | undefined)[]>;
  /** Every item of every version, read consistently, in an order that depends on nothing but their names. */
  scanAtoms(): AsyncIterable<StoredAtom>;
  /** The names alone. */
  scanRefs(): AsyncIterable<AtomRef>;
  deleteAtoms(refs: readonly AtomRef[]): Promise<void>;

  /** Each chunk at most 380,000 bytes. Known to {@link listSnapshots} before its first chunk is written. */
  writeSnapshot(
    version: string,
    chunks: readonly Uint8Array[],
    onChunk?: (done: number) => void,
  ): Promise<void>;
  /** `count` chunks from number `from`; undefined where one is missing. */
  readSnapshot(version: string, from: number, count: number): Promise<(Uint8Array | undefined)[]>;
  /** Every snapshot there is, with the number of its chunks, whether or not it was ever published. */
  listSnapshots(): Promise<{ version: string; chunks: number }[]>;
  deleteSnapshot(snapshot: { version: string; chunks: number }): Promise<void>;
}
