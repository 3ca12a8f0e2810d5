import type { SourcePosition } from './import-problem.ts';
import type { ImportSummary } from './import-tally.ts';

/** The import as a whole did not happen, for a reason that its message tells an operator. Nothing was published. */
export abstract class ImportError extends Error {
  readonly forOperator = true;
}

/** A file that cannot be read, or is not what it should be from beginning to end. */
export class UnreadableSourceError extends ImportError {
  override readonly name = 'UnreadableSourceError';
  readonly position: SourcePosition;
  /** The message without the place. */
  readonly reason: string;

  constructor(position: SourcePosition, reason: string, options?: ErrorOptions) {
    const at = position.line === undefined ? '' : `, line ${position.line}`;
    super(`${position.file}${at}: ${reason}`, options);
    this.position = position;
    this.reason = reason;
  }
}

/** No valid atom in the source: more likely the wrong file than the wish for an empty knowledge base. */
export class EmptyImportError extends ImportError {
  override readonly name = 'EmptyImportError';
  readonly rejected: number;
  readonly summary: ImportSummary;

  constructor(message: string, found: { rejected: number; summary: ImportSummary }) {
    super(message);
    this.rejected = found.rejected;
    this.summary = found.summary;
  }
}

/** Some atoms of what was to replace everything are not valid: without them the knowledge base would be less than meant. */
export class RejectedAtomsError extends ImportError {
  override readonly name = 'RejectedAtomsError';
  readonly rejected: number;
  readonly summary: ImportSummary;

  constructor(found: { rejected: number; summary: ImportSummary }) {
    super(`${found.rejected} atoms in the source are not valid. Nothing was changed.`);
    this.rejected = found.rejected;
    this.summary = found.summary;
  }
}

/** Nothing was ever published. */
export class NoKnowledgeBaseError extends ImportError {
  override readonly name = 'NoKnowledgeBaseError';
}

/** Others published again and again while this change was being made; it is safe to run it again. */
export class ImportConflictError extends ImportError {
  override readonly name = 'ImportConflictError';
}
