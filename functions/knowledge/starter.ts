import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The files of the knowledge base that a fresh installation starts with; a source for `importAtoms`. */
export function starterAtomFiles(): string[] {
  const folder = new URL('./starter/', import.meta.url);
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => fileURLToPath(new URL(name, folder)));
}
