/** Bots can download no larger file: https://core.telegram.org/bots/api#getfile */
export const MAX_UPLOAD_MEGABYTES = 20;
export const MAX_UPLOAD_BYTES = MAX_UPLOAD_MEGABYTES * 1024 * 1024;

/** A document that an administrator sent. */
export interface Upload {
  fileId: string;
  /** As Telegram gives it; only for messages and to tell JSON from JSON lines. */
  fileName: string;
  asker: Asker;
}

/** The administrator who wants something that ends later; the note on its end is in their language. */
export interface Asker {
  userId: number;
  languageCode?: string;
}

/** The effect that an import of the document would have. */
export interface UploadCheck {
  fileName: string;
  added: number;
  changed: number;
  unchanged: number;
  rejected: number;
  /** Atoms kept under an id of their own, since another of the file has theirs. */
  repeatedIds: number;
  /** The first few problems, each one line that names the line and the field. */
  problems: string[];
  problemCount: number;
}

export interface UploadResult {
  fileName: string;
  added: number;
  changed: number;
  rejected: number;
  /** Atoms in the knowledge base now. */
  total: number;
}

/** The document cannot be imported as a whole; the message says why, for the administrator. */
export class UploadRefusedError extends Error {
  override readonly name = 'UploadRefusedError';
}

/**
 * Imports documents into the knowledge base. It may run elsewhere: on AWS the function that answers updates may not
 * write atoms, and an importer function implements this port.
 */
export interface Uploads {
  /**
   * Reads and judges the document, and changes nothing.
   * @throws UploadRefusedError @throws StoreUnavailableError
   * @throws GrammyError or HttpError when Telegram does not give the file
   */
  check(upload: Upload, signal: AbortSignal): Promise<UploadCheck>;
  /**
   * Begins the import, which outlives this call; a note tells administrators how it ended (see ./admin-notes.ts).
   * Beginning the same one again while it runs changes nothing.
   * @param signal ends the call, and never what it has begun
   */
  begin(upload: Upload, signal?: AbortSignal): Promise<void>;
  /** Begins to build the search index anew; likewise. */
  beginReindex(asker: Asker, signal?: AbortSignal): Promise<void>;
}
