import { excerpt } from './characters.ts';
import { EmptyImportError, RejectedAtomsError } from './import-error.ts';
import { ItemNames, storeAnew, readSource, type SourceAtom } from './import-source.ts';
import { type ImportSummary, ImportTally } from './import-tally.ts';
import type { KnowledgeStats } from './port.ts';
import { type Base, loadBase, type Plan, publish, type PublishOptions } from './publish.ts';
import type { AtomSource } from './read-atoms.ts';

export interface ImportOptions extends PublishOptions {
  source: AtomSource;
  /** `merge` adds to what is there and overwrites what has the same id; `replace` leaves nothing else. */
  mode: 'merge' | 'replace';
  /** With `replace`: atoms that are not valid are left out of what replaces everything, instead of keeping it from that. */
  leaveOutInvalid?: boolean;
  /** Reads and judges everything, writes nothing. */
  dryRun?: boolean;
}

/** The changes that an import made, or with `dryRun` would have made. */
export interface ImportReport extends ImportSummary {
  dryRun: boolean;
  mode: 'merge' | 'replace';
  /** False when nothing was different, and after a dry run. */
  published: boolean;
  /** The version that is live now, and the pointer's revision; undefined when none is. */
  version?: string;
  revision?: number;
  /** The figures of the version that is live now; after a dry run only `total` would change. */
  stats: KnowledgeStats;
  added: number;
  changed: number;
  unchanged: number;
  removed: number;
  /** Atoms of the source that were not valid, and broken files of a folder or archive. */
  rejected: number;
  /** Left-overs of earlier imports that were removed. */
  garbage?: { atoms: number; snapshots: number };
}

/** In the message of an import that brought nothing. */
const MAX_TOLD = 3;
const MAX_TOLD_FIELDS = 8;

type Counts = Pick<ImportReport, 'added' | 'changed' | 'unchanged' | 'removed'>;

/**
 * Reads atoms, stores those that are new or different, builds the search index and makes all of it live at once.
 * A bad atom is reported and left out, unless what is left would replace everything; of several with
 * one id in a file each keeps an atom (`RepeatedIds`). Dying at any point leaves the live version as it was.
 * @throws UnreadableSourceError @throws EmptyImportError @throws RejectedAtomsError for bad atoms and `replace`
 * @throws ImportConflictError @throws StoreUnavailableError
 */
export async function importAtoms(options: ImportOptions): Promise<ImportReport> {
  const { store, mode, dryRun = false, leaveOutInvalid = false, newVersion } = options;
  const base = await loadBase(store);
  const tally = new ImportTally();
  const names = new ItemNames(newVersion());
  const reading = { ...options, dryRun, base, tally, names };
  const source = await readSource(reading);
  if (source.size === 0) throw emptyImport(tally);

  if (mode === 'replace' && tally.rejected > 0 && !dryRun && !leaveOutInvalid)
    throw new RejectedAtomsError({ rejected: tally.rejected, summary: tally.summary() });

  const report = { dryRun, mode, rejected: tally.rejected };
  if (dryRun) {
    const { counts } = changesTo(base, source, mode);
    const { current, revision } = base.pointer ?? {};
    return {
      ...report,
      ...(current !== undefined && { version: current.version, revision }),
      ...counts,
      published: false,
      stats: base.contents.stats,
      ...tally.summary(),
    };
  }

  let counts: Counts | undefined;
  const plan = async (current: Base): Promise<Plan | undefined> => {
    if (current !== base) await storeAnew(source, current, reading);
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

/** The base as the source changes it; `plan` is undefined when it changes nothing. */
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

/** The whole report is in the error; its message holds what fits a chat. */
function emptyImport(tally: ImportTally): EmptyImportError {
  const { rejected } = tally;
  const summary = tally.summary();
  const found = { rejected, summary };
  const { problemKinds, fieldsSeen, leftAside, leftAsideCount } = summary;
  const aside =
    leftAside[0] &&
    `${leftAsideCount} files were left aside, first ${leftAside[0].file}: ${leftAside[0].reason}.`;
  if (rejected === 0) {
    const message = ['There is no atom in the source. Nothing was changed.', aside];
    return new EmptyImportError(message.filter(Boolean).join(' '), found);
  }
  const kinds = problemKinds.slice(0, MAX_TOLD).map(({ field, message, count, first }) => {
    const place = `first in ${excerpt(first.file, 60)}${first.line === undefined ? '' : `, line ${first.line}`}`;
    return `${`${excerpt(field)} ${message}`.trimStart()} (${count}, ${place})`;
  });
  const seen = fieldsSeen.slice(0, MAX_TOLD_FIELDS).map(({ field }) => excerpt(field, 24));
  const more = fieldsSeen.length - seen.length;
  const lines = [
    `None of the ${rejected} records in the source is an atom. Nothing was changed.`,
    kinds.join('; ') + '.',
    seen.length > 0 && `Fields seen: ${seen.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`,
    'An atom needs a title and a text.',
  ];
  return new EmptyImportError(lines.filter(Boolean).join(' '), found);
}
