import type { ImportProblem } from './import-error.ts';
import type { ImportNote } from './read-atoms.ts';

/** The same thing done to many atoms is told once, with the first of them. */
export interface NoteCount {
  field: string;
  message: string;
  count: number;
  first: { file: string; line?: number; index?: number };
}

const MAX_PROBLEMS = 100;

/** Collects what is to be told about the atoms of a source, in bounded space. */
export class ImportTally {
  #rejected = 0;
  #problemCount = 0;
  readonly #problems: ImportProblem[] = [];
  readonly #notes = new Map<string, NoteCount>();

  /** Atoms that were not valid. */
  get rejected(): number {
    return this.#rejected;
  }

  /** Everything that is wrong with one atom. */
  reject(problems: readonly ImportProblem[]): void {
    this.#rejected += 1;
    for (const problem of problems) this.problem(problem);
  }

  problem(problem: ImportProblem): void {
    this.#problemCount += 1;
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push(problem);
  }

  note({ field, message, ...first }: ImportNote): void {
    const key = `${field}: ${message}`;
    const known = this.#notes.get(key);
    if (known === undefined) this.#notes.set(key, { field, message, count: 1, first });
    else known.count += 1;
  }

  summary(): { problems: ImportProblem[]; problemCount: number; notes: NoteCount[] } {
    return { problems: this.#problems, problemCount: this.#problemCount, notes: [...this.#notes.values()] };
  }
}
