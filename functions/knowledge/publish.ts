import { CorruptSnapshotError, type SearchEngine } from '../search/port.ts';
import { buildFromAtoms, guessContents } from './build.ts';
import { Contents } from './contents.ts';
import { type Garbage, isOldEnough, MAX_IMPORT_MS, removeGarbage } from './garbage.ts';
import { ImportConflictError } from './import-error.ts';
import type { KnowledgeStats } from './port.ts';
import { packSnapshot, readContents } from './snapshot.ts';
import type { AtomRef, KnowledgeStore, Pointer, PublishedVersion } from './store.ts';

/** The progress of a change of the knowledge base; `total` where it is known. */
export interface KnowledgeProgress {
  /** `read` counts bytes of the source (and writes its atoms), `index` atoms, `publish` chunks of the snapshot. */
  phase: 'read' | 'index' | 'publish';
  done: number;
  total?: number;
}

/** The parts that every change of the knowledge base needs from outside. */
export interface PublishOptions {
  store: KnowledgeStore;
  engine: SearchEngine;
  clock: { wallMs(): number };
  /** Unique, and sorting by time: `createVersionNames`. */
  newVersion: () => string;
  onProgress?: (progress: KnowledgeProgress) => void;
  /** Stops the change, before it is published, with the reason of the signal. */
  signal?: AbortSignal;
}

/** The live version that a change builds upon. */
export interface Base {
  pointer?: Pointer;
  /** Empty when nothing was ever published. */
  contents: Contents;
  /** The stored contents could not be read, and these were guessed: nothing may be removed on their word. */
  guessed: boolean;
}

/** By id, the version of the item that is to belong to the new version. */
export type Plan = ReadonlyMap<string, string>;

export interface Publication {
  /** Which version is live now, and the pointer's revision; undefined when none is. */
  version?: string;
  revision?: number;
  stats: KnowledgeStats;
  /** False when there was nothing to change. */
  published: boolean;
  /** Atoms that the version before named, but whose items are gone from the store. */
  lost: string[];
  /** The garbage that was removed on the way; undefined when that failed, and is left for the next time. */
  garbage?: Garbage;
}

const MAX_TRIES = 4;

/** @throws StoreUnavailableError */
export async function loadBase(store: KnowledgeStore): Promise<Base> {
  const pointer = await store.readPointer({ consistent: true });
  if (pointer === undefined) return { contents: Contents.builder().build(), guessed: false };
  try {
    return { pointer, contents: await readContents(store, pointer.current), guessed: false };
  } catch (error) {
    if (!(error instanceof CorruptSnapshotError)) throw error;
    return { pointer, contents: await guessContents(store, pointer.current), guessed: true };
  }
}

/**
 * Makes a new version live: the items that `plan` names, all of them already stored. Nobody sees anything of it
 * before the pointer moves. When somebody else published meanwhile, `plan` is asked again, on top of theirs;
 * undefined from it means that there is nothing to change.
 * @throws ImportConflictError @throws StoreUnavailableError
 */
export async function publish(
  options: PublishOptions,
  plan: (base: Base) => Promise<Plan | undefined>,
  firstBase?: Base,
): Promise<Publication> {
  const startedMs = options.clock.wallMs();
  let base = firstBase ?? (await loadBase(options.store));
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const items = await plan(base);
    if (items === undefined) return unchanged(base);
    const publication = await tryToPublish(options, items, base, startedMs);
    if (publication !== undefined) return publication;
    base = await loadBase(options.store);
  }
  throw new ImportConflictError(
    `The knowledge base was changed ${MAX_TRIES} times by others meanwhile. Nothing was published: try again.`,
  );
}

function unchanged({ pointer, contents }: Base): Publication {
  const live = pointer && { version: pointer.current.version, revision: pointer.revision };
  return { ...live, stats: contents.stats, published: false, lost: [] };
}

/** Undefined when somebody else was first. */
async function tryToPublish(
  options: PublishOptions,
  plan: Plan,
  base: Base,
  startedMs: number,
): Promise<Publication | undefined> {
  const { store, clock, newVersion, onProgress, signal } = options;
  const others: AtomRef[] = [];
  const built = await buildFromAtoms({
    ...options,
    belongs: ({ id, version }) => plan.get(id) === version,
    onOther: (ref) =>
      void (isOldEnough(ref.version, clock.wallMs()) && others.push({ id: ref.id, version: ref.version })),
    onAtom: (done) => onProgress?.({ phase: 'index', done, total: plan.size }),
  });
  const { contents } = built;
  const lost =
    contents.size === plan.size
      ? []
      : [...plan.keys()].filter((id) => contents.itemVersionOf(id) === undefined);
  if (lost.some((id) => base.contents.itemVersionOf(id) !== plan.get(id))) {
    throw new ImportConflictError(
      'Atoms that were just written are gone from the store. Nothing was published: try again.',
    );
  }
  if (lost.length > 0 && (await hasMoved(store, base))) return undefined;

  const version = newVersion();
  const packed = await packSnapshot(built);
  const total = packed.chunks.length;
  onProgress?.({ phase: 'publish', done: 0, total });
  await store.writeSnapshot(version, packed.chunks, (done) =>
    onProgress?.({ phase: 'publish', done, total }),
  );

  const nowMs = clock.wallMs();
  if (nowMs - startedMs > MAX_IMPORT_MS) {
    throw new ImportConflictError(
      `This took longer than ${MAX_IMPORT_MS / 3_600_000} hours. Nothing was published.`,
    );
  }
  signal?.throwIfAborted();
  const { chunks: _stored, ...parts } = packed;
  const current = { version, publishedAtMs: nowMs, atoms: contents.size, ...parts };
  const next = successor(base, current);
  if (!(await store.movePointer(next, base.pointer?.current.version))) return undefined;

  const named = ({ id, version: item }: AtomRef) => base.contents.itemVersionOf(id) === item;
  const garbage = base.guessed
    ? undefined
    : await removeGarbage({
        store,
        nowMs,
        atoms: others.filter((ref) => !named(ref)),
        keep: [version, ...(base.pointer === undefined ? [] : [base.pointer.current.version])],
      }).catch(() => undefined);
  return {
    version,
    revision: next.revision,
    stats: contents.stats,
    published: true,
    lost,
    ...(garbage !== undefined && { garbage }),
  };
}

async function hasMoved(store: KnowledgeStore, base: Base): Promise<boolean> {
  const pointer = await store.readPointer({ consistent: true });
  return pointer?.current.version !== base.pointer?.current.version;
}

/** A version that cannot be read is no use as a last resort: then the one before it stays. */
function successor({ pointer, guessed }: Base, current: PublishedVersion): Pointer {
  const previous = guessed ? pointer?.previous : pointer?.current;
  return { revision: (pointer?.revision ?? 0) + 1, current, ...(previous !== undefined && { previous }) };
}
