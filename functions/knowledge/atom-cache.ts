import type { Atom } from './atom.ts';

/** Some 8 MB in memory: two thousand atoms as they usually are, or eleven of the largest. */
const MAX_CHARACTERS = 4_000_000;

/** Keeps atoms in memory, those that were asked for last. */
export class AtomCache {
  readonly #maxCharacters: number;
  /** The one asked for last is the last. */
  readonly #kept = new Map<string, { atom: Atom; characters: number }>();
  #characters = 0;

  constructor(maxCharacters = MAX_CHARACTERS) {
    this.#maxCharacters = maxCharacters;
  }

  get(id: string): Atom | undefined {
    const entry = this.#kept.get(id);
    if (entry === undefined) return undefined;
    this.#kept.delete(id);
    this.#kept.set(id, entry);
    return entry.atom;
  }

  keep(id: string, atom: Atom): void {
    this.#forget(id);
    const characters = JSON.stringify(atom).length;
    if (characters > this.#maxCharacters) return;
    this.#kept.set(id, { atom, characters });
    this.#characters += characters;
    for (const oldest of this.#kept.keys()) {
      if (this.#characters <= this.#maxCharacters) return;
      this.#forget(oldest);
    }
  }

  #forget(id: string): void {
    const entry = this.#kept.get(id);
    if (entry === undefined) return;
    this.#kept.delete(id);
    this.#characters -= entry.characters;
  }
}
