import type { ImportNote, ImportProblem } from './import-problem.ts';

/** One change that was made to many atoms is one note, with the place of the first of them. */
export interface NoteCount {
  field: string;
  message: string;
  count: number;
  first: { file: string; line?: number; index?: number };
  /** The ids that were made for them, a hundred at most. */
  madeIds?: string[];
}

/** Files that were read, by what they were read as. */
export interface ReadCount {
  as: string;
  files: number;
  atoms: number;
}

/** The facts about the atoms of a source that an import reports. */
export interface ImportSummary {
  problems: ImportProblem[];
  problemCount: number;
  /** All problems, by field and kind; the most frequent first. */
  problemKinds: NoteCount[];
  /** The fields that records without a text had, the most frequent first. */
  fieldsSeen: { field: string; count: number }[];
  notes: NoteCount[];
  read: ReadCount[];
  /** The first hundred files of which nothing was taken; `leftAsideCount` counts all. */
  leftAside: { file: string; reason: string }[];
  leftAsideCount: number;
}

const MAX_PROBLEMS = 100;
/** The limit for each of the three: more kinds of notes, of problems or of fields come from a file that is no export of atoms. */
const MAX_KINDS = 200;

/** Collects {@link ImportSummary} in bounded space. */
export class ImportTally {
  #rejected = 0;
  #problemCount = 0;
  #leftAsideCount = 0;
  readonly #problems: ImportProblem[] = [];
  readonly #problemKinds = new Map<string, NoteCount>();
  readonly #notes = new Map<string, NoteCount>();
  readonly #fields = new Map<string, number>();
  readonly #read = new Map<string, ReadCount & { lastFile: string }>();
  readonly #leftAside: { file: string; reason: string }[] = [];

  /** Atoms that were not valid, and files that were broken. */
  get rejected(): number {
    return this.#rejected;
  }

  /** An atom that was read. */
  took(as: string, file: string): void {
    const known = this.#read.get(as) ?? { as, files: 0, atoms: 0, lastFile: '' };
    known.atoms += 1;
    if (known.lastFile !== file) known.files += 1;
    known.lastFile = file;
    this.#read.set(as, known);
  }

  /** Everything that is wrong with one record, and the fields that it has. */
  reject(problems: readonly ImportProblem[], fields: readonly string[] = []): void {
    this.#rejected += 1;
    for (const problem of problems) this.problem(problem);
    for (const field of fields) {
      if (this.#fields.has(field) || this.#fields.size < MAX_KINDS)
        this.#fields.set(field, (this.#fields.get(field) ?? 0) + 1);
    }
  }

  problem(problem: ImportProblem): void {
    this.#problemCount += 1;
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push(problem);
    count(this.#problemKinds, problem);
  }

  note(note: ImportNote): void {
    count(this.#notes, note);
  }

  /** A file of which nothing is taken. */
  leave(file: string, reason: string): void {
    this.#leftAsideCount += 1;
    if (this.#leftAside.length < MAX_PROBLEMS) this.#leftAside.push({ file, reason });
  }

  summary(): ImportSummary {
    const fields = [...this.#fields].map(([field, times]) => ({ field, count: times }));
    return {
      problems: this.#problems,
      problemCount: this.#problemCount,
      problemKinds: [...this.#problemKinds.values()].sort((a, b) => b.count - a.count),
      fieldsSeen: fields.sort((a, b) => b.count - a.count),
      notes: [...this.#notes.values()],
      read: [...this.#read.values()].map(({ as, files, atoms }) => ({ as, files, atoms })),
      leftAside: this.#leftAside,
      leftAsideCount: this.#leftAsideCount,
    };
  }
}

/** Lists with many bad entries are one kind: `keywords[3]` counts as `keywords`. */
function count(kinds: Map<string, NoteCount>, { field: place, message, madeId, ...at }: ImportNote): void {
  const own = place.replace(/\[\d+\]$/, '');
  const isNew = !kinds.has(`${own}: ${message}`);
  const field = isNew && kinds.size >= MAX_KINDS ? 'other fields' : own;
  const key = `${field}: ${message}`;
  const { file, line, index } = at;
  const first = { file, ...(line !== undefined && { line }), ...(index !== undefined && { index }) };
  const kind = kinds.get(key) ?? { field, message, count: 0, first };
  kinds.set(key, kind);
  kind.count += 1;
  if (madeId === undefined) return;
  kind.madeIds ??= [];
  if (kind.madeIds.length < MAX_PROBLEMS) kind.madeIds.push(madeId);
}
