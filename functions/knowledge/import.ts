import { AtomWriter } from './atom-writer.ts';
import { contentHash } from './content-hash.ts';
import { EmptyImportError, ImportConflictError, type ImportProblem } from './import-error.ts';
import { ImportTally, type NoteCount } from './import-tally.ts';
import type { KnowledgeStats } from './port.ts';
import { type Base, loadBase, type Plan, publish, type PublishOptions } from './publish.ts';
import { type AtomSource, readAtoms } from './read-atoms.ts';
import { importOf, repeatedItemVersion } from './version.ts';

const CHANGED_MEANWHILE = 'Others changed the knowledge base meanwhile. Nothing was published: run it again.';

export interface ImportOptions extends PublishOptions {
  source: AtomSource;
  /** `merge` adds to what is there and overwrites what has the same id; `replace` leaves nothing else. */
  mode: 'merge' | 'replace';
  /** Reads and judges everything, writes nothing. */
  dryRun?: boolean;
}

/** What an import did, or with `dryRun` would have done. */
export interface ImportReport {
  dryRun: boolean;
  mode: 'merge' | 'replace';
  /** False when nothing was different, and after a dry run. */
  published: boolean;
  /** The version that is live now; undefined when none is. */
  version?: string;
  /** Of the version that is live now; of a dry run only `total` would change. */
  stats: KnowledgeStats;
  added: number;
  changed: number;
  unchanged: number;
  removed: number;
  /** Atoms of the source that were not valid. */
  rejected: number;
  /** The first hundred; `problemCount` counts all. */
  problems: ImportProblem[];
  problemCount: number;
  notes: NoteCount[];
  /** Left-overs of earlier imports that were removed. */
  garbage?: { atoms: number; snapshots: number };
}

/** An atom of the source: its content, and the item that holds it. */
interface SourceAtom {
  hash: string;
  itemVersion: string;
}

type Counts = Pick<ImportReport, 'added' | 'changed' | 'unchanged' | 'removed'>;

/**
 * Reads atoms, stores those that are new or different, builds the search index and makes all of it live at once.
 * A bad atom is reported and left out; of several with the same id the last one counts. Dying at any point leaves
 * the live version as it was.
 * @throws UnreadableSourceError @throws EmptyImportError @throws ImportConflictError @throws StoreUnavailableError
 */
export async function importAtoms(options: ImportOptions): Promise<ImportReport> {
  const { store, mode, dryRun = false, newVersion } = options;
  const base = await loadBase(store);
  const tally = new ImportTally();
  const names = new ItemNames(newVersion());
  const source = await readSource(options, { base, tally, names });
  if (source.size === 0) throw emptyImport(tally);

  const report = { dryRun, mode, rejected: tally.rejected };
  if (dryRun) {
    const { counts } = changesTo(base, source, mode);
    const version = base.pointer === undefined ? {} : { version: base.pointer.current.version };
    return {
      ...report,
      ...version,
      ...counts,
      published: false,
      stats: base.contents.stats,
      ...tally.summary(),
    };
  }

  let counts: Counts | undefined;
  const plan = async (current: Base): Promise<Plan | undefined> => {
    if (current !== base) await makeOwn(options, { source, current, names });
    const changes = changesTo(current, source, mode);
    counts = changes.counts;
    return changes.plan;
  };
  const { lost, garbage, ...publication } = await publish(options, plan, base);
  for (const atomId of lost) {
    tally.problem({ file: 'store', atomId, field: '', message: 'is gone from the store, and was left out' });
  }
  return {
    ...report,
    ...publication,
    ...counts!,
    ...tally.summary(),
    ...(garbage !== undefined && { garbage }),
  };
}

interface Reading {
  base: Base;
  tally: ImportTally;
  names: ItemNames;
}

/** Names for the items of one import: none is given twice to the same atom, since an item is never changed. */
class ItemNames {
  readonly #importVersion: string;
  #repetitions = 0;

  constructor(importVersion: string) {
    this.#importVersion = importVersion;
  }

  first(): string {
    return this.#importVersion;
  }

  another(): string {
    return repeatedItemVersion(this.#importVersion, ++this.#repetitions);
  }

  has(itemVersion: string): boolean {
    return importOf(itemVersion) === this.#importVersion;
  }
}

async function readSource(options: ImportOptions, reading: Reading): Promise<Map<string, SourceAtom>> {
  const { store, source, dryRun, onProgress, signal } = options;
  const { base, tally, names } = reading;
  const atoms = new Map<string, SourceAtom>();
  const writer = new AtomWriter(store);
  const onBytes = (done: number, total: number | undefined): void =>
    onProgress?.({ phase: 'read', done, ...(total !== undefined && { total }) });

  try {
    for await (const read of readAtoms(source, { onBytes, ...(signal !== undefined && { signal }) })) {
      if (read.problems !== undefined) {
        tally.reject(read.problems);
        continue;
      }
      for (const note of read.notes) tally.note(note);
      const { atom, position } = read;
      const hash = contentHash(atom);
      const earlier = atoms.get(atom.atom_id);
      if (earlier !== undefined) {
        tally.note({ ...position, field: 'atom_id', message: 'occurs more than once: the last one counts' });
        if (earlier.hash === hash) continue;
      }
      const isStored = base.contents.hashOf(atom.atom_id) === hash;
      const own = earlier === undefined ? names.first() : names.another();
      const itemVersion = isStored ? base.contents.itemVersionOf(atom.atom_id)! : own;
      atoms.set(atom.atom_id, { hash, itemVersion });
      if (!isStored && !dryRun) await writer.add({ id: atom.atom_id, version: itemVersion, atom });
    }
    await writer.finish();
    return atoms;
  } finally {
    // Nothing of this import may still be landing when its caller hears that it failed.
    await writer.settle();
  }
}

/** What the source makes of this base; `plan` is undefined when that is what is there already. */
function changesTo(
  { contents, guessed, pointer }: Base,
  source: ReadonlyMap<string, SourceAtom>,
  mode: 'merge' | 'replace',
): { plan: Plan | undefined; counts: Counts } {
  const plan = new Map<string, string>();
  const counts: Counts = { added: 0, changed: 0, unchanged: 0, removed: 0 };
  for (const id of contents.ids()) {
    if (mode === 'merge') plan.set(id, contents.itemVersionOf(id)!);
    else if (!source.has(id)) counts.removed += 1;
  }
  for (const [id, { hash, itemVersion }] of source) {
    const before = contents.hashOf(id);
    const isSame = before === hash;
    counts[before === undefined ? 'added' : isSame ? 'unchanged' : 'changed'] += 1;
    plan.set(id, isSame ? contents.itemVersionOf(id)! : itemVersion);
  }
  const isNothing = counts.added + counts.changed + counts.removed === 0;
  // A damaged version is worth publishing anew even if its atoms stay the same.
  return { plan: isNothing && pointer !== undefined && !guessed ? undefined : plan, counts };
}

/**
 * Somebody else published. An atom that had not changed against the version before, but is different in theirs,
 * lives in an item that nobody may name any more: it is stored again under this import, for it could be removed.
 */
async function makeOwn(
  { store, signal }: ImportOptions,
  { source, current, names }: { source: Map<string, SourceAtom>; current: Base; names: ItemNames },
): Promise<void> {
  const stale = [...source].filter(
    ([id, { itemVersion }]) => !names.has(itemVersion) && current.contents.itemVersionOf(id) !== itemVersion,
  );
  const writer = new AtomWriter(store);
  for (let start = 0; start < stale.length; start += 25) {
    signal?.throwIfAborted();
    const some = stale.slice(start, start + 25);
    const atoms = await store.readAtoms(some.map(([id, { itemVersion }]) => ({ id, version: itemVersion })));
    for (const [at, [id, { hash }]] of some.entries()) {
      const atom = atoms[at];
      if (atom === undefined) throw new ImportConflictError(CHANGED_MEANWHILE);
      const itemVersion = names.another();
      await writer.add({ id, version: itemVersion, atom });
      source.set(id, { hash, itemVersion });
    }
  }
  await writer.finish();
}

function emptyImport(tally: ImportTally): EmptyImportError {
  const { problems } = tally.summary();
  const [first] = problems;
  if (first === undefined)
    return new EmptyImportError('There is no atom in the source. Nothing was changed.');
  const reason = `${first.file}, line ${first.line ?? 1}: ${first.field} ${first.message}`.replace(
    / {2,}/g,
    ' ',
  );
  return new EmptyImportError(
    `None of the ${tally.rejected} atoms in the source is valid. Nothing was changed. First: ${reason}`,
    problems,
  );
}
