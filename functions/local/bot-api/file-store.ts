import { createHash } from 'node:crypto';
import { extname } from 'node:path';
import type { Document, File } from 'grammy/types';

const MIME_TYPES: Readonly<Record<string, string>> = {
  '.csv': 'text/csv',
  '.json': 'application/json',
  '.md': 'text/markdown',
  '.pdf': 'application/pdf',
  '.txt': 'text/plain',
};

interface StoredFile {
  readonly document: Document;
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Contents of the documents sent in either direction. Kept in memory only. */
export class FileStore {
  readonly #files = new Map<string, StoredFile>();

  add(filename: string, bytes: Uint8Array): Document {
    const number = this.#files.size;
    const unique = createHash('sha256').update(`${number}:`).update(bytes).digest('base64url').slice(0, 20);
    const extension = extname(filename).toLowerCase();
    const document: Document = {
      file_name: filename,
      mime_type: MIME_TYPES[extension] ?? 'application/octet-stream',
      file_id: `BQAD${unique}`,
      file_unique_id: unique.slice(0, 15),
      file_size: bytes.length,
    };
    const safe = /^\.[a-z0-9]{1,10}$/.test(extension) ? extension : '';
    this.#files.set(document.file_id, { document, path: `documents/file_${number}${safe}`, bytes });
    return document;
  }

  document(fileId: string): Document | undefined {
    return this.#files.get(fileId)?.document;
  }

  bytes(fileId: string): Uint8Array | undefined {
    return this.#files.get(fileId)?.bytes;
  }

  describe(fileId: string): File | undefined {
    const file = this.#files.get(fileId);
    if (!file) return undefined;
    const { file_id, file_unique_id, file_size } = file.document;
    return {
      file_id,
      file_unique_id,
      ...(file_size === undefined ? {} : { file_size }),
      file_path: file.path,
    };
  }

  byPath(path: string): Uint8Array | undefined {
    for (const file of this.#files.values()) if (file.path === path) return file.bytes;
    return undefined;
  }
}
