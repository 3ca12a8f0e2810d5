import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { contentHash } from './content-hash.ts';
import type { KnowledgeVersion } from './port.ts';
import { readAtoms } from './read-atoms.ts';

/** The files of the knowledge base that a local bot’s first start imports; a source for `importAtoms`. */
export function starterAtomFiles(): string[] {
  const folder = new URL('./starter/', import.meta.url);
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => fileURLToPath(new URL(name, folder)));
}

/** The ids of the starter's atoms in a version; one that somebody has changed since is theirs. @throws StoreUnavailableError */
export async function starterAtomsIn(version: KnowledgeVersion): Promise<string[]> {
  const hashes = new Map<string, string>();
  for await (const read of readAtoms(starterAtomFiles()))
    if (read.atom !== undefined) hashes.set(read.atom.atom_id, read.hash);
  const atoms = await version.getMany([...hashes.keys()]);
  return atoms.filter((atom) => hashes.get(atom.atom_id) === contentHash(atom)).map((atom) => atom.atom_id);
}
