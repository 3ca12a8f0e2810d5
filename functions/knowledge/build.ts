import type { SearchEngine, SearchIndex } from '../search/port.ts';
import { Contents } from './contents.ts';
import { toSearchDocument } from './document.ts';
import { Excerpts } from './excerpts.ts';
import type { AtomRef, KnowledgeStore, PublishedVersion } from './store.ts';
import { importOf } from './version.ts';

export interface BuildOptions {
  store: KnowledgeStore;
  engine: SearchEngine;
  /** Whether this item belongs to the version; of the items of one id at most one may. */
  belongs: (ref: AtomRef) => boolean;
  /** Every item that does not. */
  onOther?: (ref: AtomRef) => void;
  /** How many atoms were built in so far. */
  onAtom?: (done: number) => void;
  signal?: AbortSignal;
}

/** All that a version is made of beside its atoms; row n of each is the same atom. */
export interface BuiltVersion {
  contents: Contents;
  index: SearchIndex;
  excerpts: Excerpts;
}

/**
 * Builds contents, search index and excerpts from the stored atoms, holding few of them at a time.
 * @throws StoreUnavailableError
 */
export async function buildFromAtoms(options: BuildOptions): Promise<BuiltVersion> {
  const { store, engine, belongs, onOther, onAtom, signal } = options;
  await engine.ready?.();
  const index = engine.builder();
  const contents = Contents.builder();
  const excerpts = Excerpts.builder();
  for await (const item of store.scanAtoms()) {
    signal?.throwIfAborted();
    if (!belongs(item)) {
      onOther?.(item);
      continue;
    }
    index.add(toSearchDocument(item.atom));
    contents.add(item.atom, item.version);
    excerpts.add(item.atom);
    onAtom?.(contents.size);
  }
  return { contents: contents.build(), index: index.build(), excerpts: excerpts.build() };
}

/**
 * The contents of a version, guessed when they are damaged: of every atom the newest item that is not newer than the
 * version. An atom deleted not long ago may come back; that beats answering nothing.
 * @throws StoreUnavailableError
 */
export async function guessContents(store: KnowledgeStore, published: PublishedVersion): Promise<Contents> {
  const newest = new Map<string, string>();
  for await (const { id, version } of store.scanRefs()) {
    const known = newest.get(id);
    const isOfItsTime = importOf(version) <= published.version;
    if (isOfItsTime && (known === undefined || known < version)) newest.set(id, version);
  }
  const contents = Contents.builder();
  for await (const { id, version, atom } of store.scanAtoms()) {
    if (newest.get(id) === version) contents.add(atom, version);
  }
  return contents.build();
}
