/** Remembers sentences, so that none is spoken twice, nor one that says almost the same in the same words. */
export class Repetition {
  readonly #exact = new Set<string>();
  readonly #wordSets: Set<string>[] = [];

  /** Whether it is new; if so it is remembered. */
  add(sentence: string): boolean {
    const words = sentence.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
    const exact = words.join(' ');
    if (this.#exact.has(exact)) return false;
    const own = new Set(words);
    if (own.size >= 6 && this.#wordSets.some((other) => areAlike(own, other))) return false;
    this.#exact.add(exact);
    if (own.size >= 6) this.#wordSets.push(own);
    return true;
  }
}

function areAlike(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  const [small, large] = a.size < b.size ? [a, b] : [b, a];
  if (small.size < large.size * 0.8) return false;
  let shared = 0;
  for (const word of small) if (large.has(word)) shared++;
  return shared / (small.size + large.size - shared) >= 0.8;
}
