export interface Scored {
  document: number;
  score: number;
}

/** Best first; equals in the order in which the documents were added. */
export function byScore(a: Scored, b: Scored): number {
  return b.score - a.score || a.document - b.document;
}

/** Keeps the best of many without sorting them all: collects twice as many as asked for, sorts those, and halves. */
export class BestOf {
  readonly #limit: number;
  readonly #kept: Scored[] = [];
  #worst = -Infinity;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Documents must be offered in rising order, so that of equals the first stays. */
  offer(document: number, score: number): void {
    if (score <= this.#worst) return;
    this.#kept.push({ document, score });
    if (this.#kept.length >= this.#limit * 2) this.#halve();
  }

  /** Best first. */
  take(): Scored[] {
    this.#halve();
    return this.#kept;
  }

  #halve(): void {
    this.#kept.sort(byScore).splice(this.#limit);
    if (this.#kept.length === this.#limit) this.#worst = this.#kept.at(-1)?.score ?? this.#worst;
  }
}
