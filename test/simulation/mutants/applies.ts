import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Mutant } from './mutant.ts';

/** @throws Error when the code has changed so that the mutant no longer says what it would break */
export async function assertApplies(root: string, { name, file, search, replace }: Mutant): Promise<void> {
  const found = (await readFile(join(root, file), 'utf8')).split(search).length - 1;
  if (found !== 1) throw new Error(`mutant "${name}": its text is found ${found} times in ${file}, not once`);
  if (search === replace) throw new Error(`mutant "${name}" changes nothing`);
}
