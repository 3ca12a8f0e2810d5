export interface Scored {
  document: number;
  score: number;
}

/** Best first; equals in the order in which the documents were added. */
export function byScore(a: Scored, b: Scored): number {
  return b.score - a.score || a.document - b.document;
}

/** The best of all documents that have a score and are accepted, best first, and how many those are. */
export function bestOf(
  scores: Float32Array,
  limit: number,
  isAccepted?: (document: number) => boolean,
): { total: number; ranked: Scored[] } {
  const best = new BestOf(limit);
  let total = 0;
  let { least } = best;
  for (let document = 0; document < scores.length; document++) {
    const score = scores[document]!;
    if (score <= 0 || (isAccepted !== undefined && !isAccepted(document))) continue;
    total++;
    if (score <= least) continue;
    best.offer(document, score);
    ({ least } = best);
  }
  return { total, ranked: best.take() };
}

/** Keeps the best of many: a heap with the worst of the kept on top, so that nearly all others are refused by one comparison. */
class BestOf {
  readonly #limit: number;
  readonly #heap: Scored[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** A score above this one is kept; below all scores while there is room. */
  get least(): number {
    return this.#heap.length < this.#limit ? -Infinity : this.#heap[0]!.score;
  }

  /** Documents must be offered in rising order, so that of equals the first stays. */
  offer(document: number, score: number): void {
    const worst = this.#heap[0];
    if (worst === undefined || this.#heap.length < this.#limit) {
      this.#heap.push({ document, score });
      this.#rise(this.#heap.length - 1);
    } else if (score > worst.score) {
      worst.document = document;
      worst.score = score;
      this.#sink(0);
    }
  }

  /** Best first. */
  take(): Scored[] {
    return [...this.#heap].sort(byScore);
  }

  #rise(start: number): void {
    for (let i = start; i > 0;) {
      const parent = (i - 1) >> 1;
      if (byScore(this.#heap[i]!, this.#heap[parent]!) < 0) return;
      this.#swap(i, parent);
      i = parent;
    }
  }

  #sink(start: number): void {
    for (let i = start; ;) {
      const left = 2 * i + 1;
      if (left >= this.#heap.length) return;
      const right = left + 1;
      const child =
        right < this.#heap.length && byScore(this.#heap[left]!, this.#heap[right]!) < 0 ? right : left;
      if (byScore(this.#heap[i]!, this.#heap[child]!) > 0) return;
      this.#swap(i, child);
      i = child;
    }
  }

  #swap(i: number, j: number): void {
    const held = this.#heap[i]!;
    this.#heap[i] = this.#heap[j]!;
    this.#heap[j] = held;
  }
}
