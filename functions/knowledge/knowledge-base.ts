import { CorruptSnapshotError, type SearchEngine } from '../search/port.ts';
import type { Atom } from './atom.ts';
import { AtomCache } from './atom-cache.ts';
import { type BuiltVersion, buildFromAtoms, guessContents } from './build.ts';
import { type Brief, briefOf } from './excerpts.ts';
import type { KnowledgeBase, KnowledgeStats, KnowledgeVersion } from './port.ts';
import { readContents, readExcerpts, readIndex } from './snapshot.ts';
import type { KnowledgeStore, Pointer, PublishedVersion } from './store.ts';

/** The live version could not be used as it is stored: `bot kb rebuild` mends it. */
export interface KnowledgeProblem {
  version: string;
  reason: string;
  /** The version that is served instead: an older one in memory, the version before, or an index built from the atoms. */
  serving: 'in memory' | 'previous' | 'rebuilt' | 'rebuilt by guess';
}

export interface KnowledgeBaseOptions {
  store: KnowledgeStore;
  engine: SearchEngine;
  clock: { wallMs(): number };
  onProblem?: (problem: KnowledgeProblem) => void;
}

/** A version that could not be loaded is not tried again with every call. */
const RETRY_AFTER_MS = 60_000;

/** The read side: one version in memory, replaced when the pointer has moved. */
export function createKnowledgeBase(options: KnowledgeBaseOptions): KnowledgeBase {
  return new CachedKnowledgeBase(options);
}

class CachedKnowledgeBase implements KnowledgeBase {
  readonly #options: KnowledgeBaseOptions;
  #loaded: { revision: number; version: LoadedVersion } | undefined;
  #loading: { version: string; promise: Promise<LoadedVersion> } | undefined;
  #damaged: { version: string; retryAtMs: number } | undefined;

  constructor(options: KnowledgeBaseOptions) {
    this.#options = options;
  }

  async current(): Promise<KnowledgeVersion | undefined> {
    const pointer = await this.#options.store.readPointer({ consistent: false });
    const loaded = this.#loaded;
    if (loaded !== undefined && this.#suffices(loaded, pointer)) return loaded.version;
    if (pointer === undefined) return undefined;
    if (this.#loading?.version !== pointer.current.version) this.#load(pointer);
    return this.#loading!.promise;
  }

  /** A replica may still answer with the pointer of an hour ago; a revision never goes back. */
  #suffices(loaded: { revision: number; version: LoadedVersion }, pointer: Pointer | undefined): boolean {
    if (pointer === undefined || pointer.revision < loaded.revision) return true;
    const { version } = pointer.current;
    if (loaded.version.version === version) return true;
    return this.#damaged?.version === version && this.#options.clock.wallMs() < this.#damaged.retryAtMs;
  }

  #load(pointer: Pointer): void {
    const promise = this.#loadBest(pointer);
    const loading = { version: pointer.current.version, promise };
    const settled = (): void => {
      if (this.#loading === loading) this.#loading = undefined;
    };
    this.#loading = loading;
    promise.then(settled, settled);
  }

  async #loadBest(pointer: Pointer): Promise<LoadedVersion> {
    const { current, previous, revision } = pointer;
    const whole = await this.#tryToLoad(current);
    if (whole instanceof LoadedVersion) return this.#keep(revision, whole);

    this.#damaged = {
      version: current.version,
      retryAtMs: this.#options.clock.wallMs() + RETRY_AFTER_MS,
    };
    const report = (serving: KnowledgeProblem['serving']): void =>
      this.#options.onProblem?.({ version: current.version, reason: whole.message, serving });
    if (this.#loaded !== undefined) {
      report('in memory');
      return this.#loaded.version;
    }
    const older = previous === undefined ? undefined : await this.#tryToLoad(previous);
    if (older instanceof LoadedVersion) {
      report('previous');
      return this.#keep(revision, older);
    }
    const { version, exact } = await this.#rebuild(current);
    report(exact ? 'rebuilt' : 'rebuilt by guess');
    return this.#keep(revision, version);
  }

  #keep(revision: number, version: LoadedVersion): LoadedVersion {
    if (this.#loaded === undefined || this.#loaded.revision <= revision) this.#loaded = { revision, version };
    return version;
  }

  async #tryToLoad(published: PublishedVersion): Promise<LoadedVersion | CorruptSnapshotError> {
    const { store, engine } = this.#options;
    try {
      const [contents, bytes, excerpts] = await Promise.all([
        readContents(store, published),
        readIndex(store, published),
        readExcerpts(store, published),
      ]);
      const index = engine.load(bytes);
      if (index.size !== contents.size) {
        throw new CorruptSnapshotError(`the index has ${index.size} atoms, the contents ${contents.size}`);
      }
      if (excerpts !== undefined && excerpts.size !== contents.size) {
        throw new CorruptSnapshotError(`${excerpts.size} excerpts of ${contents.size} atoms`);
      }
      return new LoadedVersion(store, published, {
        contents,
        index,
        ...(excerpts !== undefined && { excerpts }),
      });
    } catch (error) {
      if (error instanceof CorruptSnapshotError) return error;
      throw error;
    }
  }

  async #rebuild(published: PublishedVersion): Promise<{ version: LoadedVersion; exact: boolean }> {
    const { store, engine } = this.#options;
    const known = await readContents(store, published).catch((error: unknown) => {
      if (error instanceof CorruptSnapshotError) return undefined;
      throw error;
    });
    const belonging = known ?? (await guessContents(store, published));
    const built = await buildFromAtoms({
      store,
      engine,
      belongs: ({ id, version }) => belonging.itemVersionOf(id) === version,
    });
    return { version: new LoadedVersion(store, published, built), exact: known !== undefined };
  }
}

class LoadedVersion implements KnowledgeVersion {
  readonly version: string;
  readonly publishedAtMs: number;
  readonly index: BuiltVersion['index'];
  readonly stats: KnowledgeStats;
  readonly #contents: BuiltVersion['contents'];
  readonly #excerpts: BuiltVersion['excerpts'] | undefined;
  readonly #store: KnowledgeStore;
  /** An item never changes, and another version has another cache. */
  readonly #atoms = new AtomCache();

  constructor(
    store: KnowledgeStore,
    { version, publishedAtMs }: PublishedVersion,
    { contents, index, excerpts }: Omit<BuiltVersion, 'excerpts'> & Partial<BuiltVersion>,
  ) {
    this.version = version;
    this.publishedAtMs = publishedAtMs;
    this.index = index;
    this.stats = contents.stats;
    this.#contents = contents;
    this.#excerpts = excerpts;
    this.#store = store;
  }

  async get(id: string): Promise<Atom | undefined> {
    const [atom] = await this.getMany([id]);
    return atom;
  }

  async getMany(ids: readonly string[]): Promise<Atom[]> {
    const known = new Map(ids.map((id) => [id, this.#atoms.get(id)]));
    const refs = [...known].flatMap(([id, atom]) => {
      const version = this.#contents.itemVersionAt(this.index.ordinalOf(id));
      return atom !== undefined || version === undefined ? [] : [{ id, version }];
    });
    if (refs.length > 0) {
      const atoms = await this.#store.readAtoms(refs);
      for (const [i, { id }] of refs.entries()) {
        const atom = atoms[i];
        // Not that one is missing: it may be there the next time.
        if (atom === undefined) continue;
        known.set(id, atom);
        this.#atoms.keep(id, atom);
      }
    }
    return ids.flatMap((id) => known.get(id) ?? []);
  }

  async excerptsOf(ids: readonly string[]): Promise<string[]> {
    const excerpts = this.#excerpts;
    if (excerpts !== undefined) return ids.map((id) => excerpts.at(this.index.ordinalOf(id)) ?? '');
    const briefs = await this.briefsOf(ids);
    return briefs.map((brief) => brief?.excerpt ?? '');
  }

  async briefsOf(ids: readonly string[]): Promise<(Brief | undefined)[]> {
    const briefs = new Map(ids.map((id) => [id, this.#excerpts?.briefAt(this.index.ordinalOf(id))]));
    const missing = ids.filter((id) => briefs.get(id) === undefined);
    for (const atom of await this.getMany(missing)) briefs.set(atom.atom_id, briefOf(atom));
    return ids.map((id) => briefs.get(id));
  }
}
