import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { bundleCommand } from '../../functions/cli/bundle.ts';
import { PROGRAM, SEEDED } from './packed-command-folder.ts';
import { seedFolder } from './seeded-store.ts';

/** @returns the file of the packed form of the command */
export async function packedCommand(): Promise<string> {
  return join(await madeOnce(PROGRAM, bundleCommand), 'bot.js');
}

/** @returns a data folder to copy, whose knowledge base has two atoms: it saves the import of a first start */
export function seededFolder(): Promise<string> {
  return madeOnce(SEEDED, seedFolder);
}

/** Several processes run the test files of one run: the first that is ready serves all. */
async function madeOnce(part: string, make: (folder: string) => Promise<unknown>): Promise<string> {
  const folder = inject('packedCommandFolder');
  const made = join(folder, part);
  if (existsSync(made)) return made;
  const own = mkdtempSync(join(folder, `${part}-`));
  await make(own);
  try {
    renameSync(own, made);
  } catch (error) {
    if (!existsSync(made)) throw error;
    rmSync(own, { recursive: true, force: true });
  }
  return made;
}
