import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** Anybody but the owner. */
const OTHERS = 0o077;

const IN_A_DATA_FOLDER =
  /^(store|run|logs|(page-key|(store|telegram|local-bot|administrators)\.json)(\.(next|\d+))*)$/;

/**
 * Creates a folder, and those above it that are missing, which nobody but this user can look into.
 * @throws Error of the system
 */
export function createPrivateFolder(folder: string): void {
  // One by one: of a file system that is mounted for reading alone Node.js says that a folder is missing.
  const above = dirname(folder);
  if (!existsSync(above)) createPrivateFolder(above);
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code === 'EEXIST' && statSync(folder).isDirectory();
    if (!isThere) throw error;
  }
}

/** Whole or not at all, as others read it; nobody but this user may. */
export function writePrivateFile(path: string, content: string): void {
  const next = `${path}.next`;
  // The mode counts only where the file is made anew, and a link that somebody else put there is not followed.
  rmSync(next, { force: true });
  writeFileSync(next, content, { mode: 0o600, flag: 'wx' });
  renameSync(next, path);
}

/** The same where nobody has kept one yet: of two that do so at once the first stays. */
export function keepPrivateFile(path: string, content: string): void {
  const mine = `${path}.${process.pid}`;
  writePrivateFile(mine, content);
  try {
    linkSync(mine, path);
    rmSync(mine);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') rmSync(mine);
    // A disk that knows no links.
    else renameSync(mine, path);
  }
}

/** Takes from everybody else what an older version, or a library, has left open to them in a folder of our own. */
export function closeToOthers(folder: string): void {
  closeOne(folder);
  try {
    for (const name of readdirSync(folder)) closeOne(join(folder, name));
  } catch {
    // A folder that cannot be listed is no reason not to run.
  }
}

/**
 * The same for a data folder, where it holds nothing but what the bot keeps in one: it may be somebody's home.
 * Otherwise each folder and file in it is closed by the code that writes it.
 */
export function closeDataFolder(folder: string): void {
  try {
    if (readdirSync(folder).every((name) => IN_A_DATA_FOLDER.test(name))) closeOne(folder);
  } catch {
    return;
  }
}

/** Whether other users of this machine may list or change the folder. Windows has no such bits. */
export function isOpenToOthers(folder: string): boolean {
  try {
    return process.platform !== 'win32' && (statSync(folder).mode & OTHERS) !== 0;
  } catch {
    return false;
  }
}

function closeOne(path: string): void {
  try {
    const { mode } = statSync(path);
    if ((mode & OTHERS) !== 0) chmodSync(path, mode & 0o7700);
  } catch {
    // It belongs to somebody else, or is gone by now.
  }
}
