import type { Atom } from './atom.ts';
import type { KnowledgeStats } from './port.ts';

/** Counts atoms as they come by. */
export class StatsCounter {
  #total = 0;
  readonly #byManufacturer = new Map<string, number>();
  readonly #byType = new Map<string, number>();

  add(atom: Pick<Atom, 'manufacturer' | 'atom_type'>): void {
    this.#total += 1;
    count(this.#byManufacturer, atom.manufacturer);
    count(this.#byType, atom.atom_type);
  }

  /** Largest first, equal ones by name. */
  stats(): KnowledgeStats {
    return {
      total: this.#total,
      byManufacturer: largestFirst(this.#byManufacturer),
      byType: largestFirst(this.#byType),
    };
  }
}

function count(counts: Map<string, number>, value: string): void {
  counts.set(value, (counts.get(value) ?? 0) + 1);
}

function largestFirst(counts: Map<string, number>): { value: string; count: number }[] {
  return [...counts]
    .map(([value, number]) => ({ value, count: number }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
}
