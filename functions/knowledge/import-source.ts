import { AtomWriter } from './atom-writer.ts';
import { ImportConflictError } from './import-error.ts';
import type { SourcePosition } from './import-problem.ts';
import type { ImportTally } from './import-tally.ts';
import type { Base, PublishOptions } from './publish.ts';
import { type AtomSource, readAtoms } from './read-atoms.ts';
import { importOf, repeatedItemVersion } from './version.ts';

const CHANGED_MEANWHILE = 'Others changed the knowledge base meanwhile. Nothing was published: try again.';

const SAME_AGAIN = 'stands again with the same content: counted once';
const OTHER_FILE = 'stands in several files with different contents: the later file counts';

/** An atom of the source: its content, and the item that holds it. */
export interface SourceAtom {
  hash: string;
  itemVersion: string;
}

export interface SourceReading extends Pick<PublishOptions, 'store' | 'onProgress' | 'signal'> {
  source: AtomSource;
  /** Reads and judges only. */
  dryRun: boolean;
  base: Base;
  tally: ImportTally;
  names: ItemNames;
}

/** Names for the items of one import: none is given twice to the same atom, since an item is never changed. */
export class ItemNames {
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

/**
 * Reads the source, and stores what the base does not have already. By id; of an id that stands in several files the
 * later file counts, as it would if each were imported by itself.
 */
export async function readSource(reading: SourceReading): Promise<Map<string, SourceAtom>> {
  const { store, source, dryRun, onProgress, signal, base, tally, names } = reading;
  const atoms = new Map<string, SourceAtom>();
  const undo = new Undo();
  const writer = new AtomWriter(store);
  const onBytes = (done: number, total: number | undefined): void =>
    onProgress?.({ phase: 'read', done, ...(total !== undefined && { total }) });

  try {
    for await (const read of readAtoms(source, { onBytes, ...(signal !== undefined && { signal }) })) {
      if (read.left !== undefined) {
        leave(tally, read);
        if (read.isBroken) undo.back(atoms, read.position.file);
        continue;
      }
      if (read.problems !== undefined) {
        tally.reject(read.problems, read.fields);
        continue;
      }
      const { atom, hash, position } = read;
      tally.took(read.as, position.file);
      const earlier = atoms.get(atom.atom_id);
      const isSame = earlier?.hash === hash;
      for (const note of read.notes) if (!isSame || note.madeId === undefined) tally.note(note);
      if (earlier !== undefined)
        tally.note({ ...position, field: 'atom_id', message: isSame ? SAME_AGAIN : OTHER_FILE });
      if (isSame) continue;
      const isStored = base.contents.hashOf(atom.atom_id) === hash;
      const own = earlier === undefined ? names.first() : names.another();
      const itemVersion = isStored ? base.contents.itemVersionOf(atom.atom_id)! : own;
      undo.remember(position.file, atom.atom_id, earlier);
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

/** A broken file is a problem, for something of what was meant is missing; a file of another kind is none. */
function leave(
  tally: ImportTally,
  { position: { file }, left, isBroken }: { position: SourcePosition; left: string; isBroken: boolean },
): void {
  if (isBroken) tally.reject([{ file, field: '', message: `${left}: the whole file was left out` }]);
  else tally.leave(file, left);
}

/** The atoms that those of the file that is being read replaced, in case the file turns out to be broken. */
class Undo {
  #file: string | undefined;
  readonly #before = new Map<string, SourceAtom | undefined>();

  remember(file: string, id: string, before: SourceAtom | undefined): void {
    if (file !== this.#file) this.#before.clear();
    this.#file = file;
    if (!this.#before.has(id)) this.#before.set(id, before);
  }

  back(atoms: Map<string, SourceAtom>, file: string): void {
    if (file !== this.#file) return;
    for (const [id, before] of this.#before) {
      if (before === undefined) atoms.delete(id);
      else atoms.set(id, before);
    }
    this.#before.clear();
  }
}

/**
 * Somebody else published. An atom that had not changed against the version before, but is different in theirs,
 * lives in an item that nobody may name any more: it is stored again under this import, for it could be removed.
 */
export async function storeAnew(
  atoms: Map<string, SourceAtom>,
  current: Base,
  { store, signal, names }: Pick<SourceReading, 'store' | 'signal' | 'names'>,
): Promise<void> {
  const stale = [...atoms].filter(
    ([id, { hash, itemVersion }]) => !names.has(itemVersion) && current.contents.hashOf(id) !== hash,
  );
  const writer = new AtomWriter(store);
  try {
    for (let start = 0; start < stale.length; start += 25) {
      signal?.throwIfAborted();
      const some = stale.slice(start, start + 25);
      const found = await store.readAtoms(
        some.map(([id, { itemVersion }]) => ({ id, version: itemVersion })),
      );
      for (const [at, [id, { hash }]] of some.entries()) {
        const atom = found[at];
        if (atom === undefined) throw new ImportConflictError(CHANGED_MEANWHILE);
        const itemVersion = names.another();
        await writer.add({ id, version: itemVersion, atom });
        atoms.set(id, { hash, itemVersion });
      }
    }
    await writer.finish();
  } finally {
    await writer.settle();
  }
}
