import { statSync } from 'node:fs';
import { userInfo } from 'node:os';

/** The data folder cannot be used; the message says what to do. Nothing in it was deleted. */
export class DataFolderError extends Error {
  override readonly name: string = 'DataFolderError';
  readonly forOperator = true;
}

/** No bot has run with this data folder, and nothing was imported into it. Nothing was created. */
export class NoStoreError extends DataFolderError {
  constructor(folder: string) {
    super(`There is no store in ${folder}: no bot has run with this data folder yet`);
  }
}

/** The files are not as they were left, which does not pass by itself. */
export class DamagedStoreError extends DataFolderError {}

/** The store is gone from under a process that works with it. */
export function goneStore(folder: string): DataFolderError {
  return new DataFolderError(
    `The store in ${folder} was deleted or moved away: put the folder back, or stop what uses it and start it anew`,
  );
}

/** The files are there, but not as they were left. */
export function damagedStore(levelFolder: string, reason: string): DamagedStoreError {
  return new DamagedStoreError(
    `The store in ${levelFolder} cannot be opened: ${reason}. Nothing was changed. ` +
      'Restore the folder from a backup, or start with another one: --data FOLDER',
  );
}

/** The obstacle to the files' use is not in them: a full disk, or one that is mounted for reading alone. */
export function unusableStore(levelFolder: string, reason: string): DataFolderError {
  const space = /no space left|ENOSPC/i.test(reason) ? 'Make space on that disk' : 'Mend that';
  return new DataFolderError(
    `The store in ${levelFolder} cannot be used now: ${reason}. Nothing in it was deleted. ${space}, then try again`,
  );
}

/** The obstacle to a file beside the store, which may be made anew: a folder in its place, or another user's file. */
export function unusableFile(path: string, error: unknown): DataFolderError {
  return new DataFolderError(
    `${path} cannot be used: ${(error as Error).message}. Mend that, or move it away: it is made anew`,
  );
}

/** The files may be as they were left; this user is not allowed to see. */
export function forbiddenStore(levelFolder: string, reason: string): DataFolderError {
  return new DataFolderError(
    `The store in ${levelFolder} may not be used by ${thisUser()}: ${reason}. Nothing was changed. ` +
      `Run the command as ${ownerOf(levelFolder)}, or allow ${thisUser()} to read and write the folder and every file in it`,
  );
}

function thisUser(): string {
  try {
    const { username, uid } = userInfo();
    return uid < 0 ? username : `${username} (uid ${uid})`;
  } catch {
    // A uid without an entry in the user database.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}

function ownerOf(folder: string): string {
  try {
    return `its owner (uid ${statSync(folder).uid})`;
  } catch {
    return 'its owner';
  }
}
