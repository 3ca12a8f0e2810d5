import { type Atom, bytesOf, MAX_ID_BYTES } from './atom.ts';
import { contentHash } from './content-hash.ts';

/**
 * Ids that stand in one file several times with different contents: each content keeps an atom of its own. The first
 * has the id, the others `id~2`, `id~3` in the order of the file, so that the same file always makes the same ids.
 */
export class RepeatedIds {
  readonly #hashes = new Map<string, string>();
  /** For each id that occurs again: the ids given to its other contents, by their hashes. */
  readonly #others = new Map<string, Map<string, string>>();

  /** @returns the atom under an id that nothing else of the file has, and the hash of what it says */
  distinct(atom: Atom): { atom: Atom; hash: string } {
    const { atom_id: id } = atom;
    const hash = contentHash(atom);
    const first = this.#hashes.get(id) ?? hash;
    this.#hashes.set(id, first);
    if (first === hash) return { atom, hash };

    const others = this.#others.get(id) ?? new Map<string, string>();
    this.#others.set(id, others);
    for (let number = others.size + 2; ; number++) {
      const other = { ...atom, atom_id: others.get(hash) ?? derived(id, number) };
      const otherHash = contentHash(other);
      const taken = this.#hashes.get(other.atom_id) ?? otherHash;
      if (taken !== otherHash) continue;
      this.#hashes.set(other.atom_id, otherHash);
      others.set(hash, other.atom_id);
      return { atom: other, hash: otherHash };
    }
  }
}

/** An id at the limit of length loses its end to the number. */
function derived(id: string, number: number): string {
  const mark = `~${number}`;
  const characters = [...id];
  while (bytesOf(characters.join('')) + mark.length > MAX_ID_BYTES) characters.pop();
  return characters.join('') + mark;
}
