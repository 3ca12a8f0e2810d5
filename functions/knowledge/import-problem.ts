/** Where in a source something is: what an operator needs to find it. */
export interface SourcePosition {
  /** As it was named to the import; `-` or a name of the caller's for a stream. */
  file: string;
  /** Counted from 1. */
  line?: number;
  /** Which atom of the file, counted from 0. */
  index?: number;
}

/** One fault in one field of one atom. */
export interface ImportProblem extends SourcePosition {
  /** Where it is known. */
  atomId?: string;
  field: string;
  message: string;
}

/** Something done to an atom on its way in. */
export interface ImportNote extends SourcePosition {
  field: string;
  message: string;
  /** The id that the atom got, where that is not the one that it had. */
  madeId?: string;
}
