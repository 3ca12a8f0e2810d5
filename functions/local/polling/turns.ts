interface Waiting {
  place: number;
  begin: () => void;
}

/** Admits so many at once; of those that wait, the one with the lowest place is next. */
export class Turns {
  readonly #most: number;
  readonly #waiting: Waiting[] = [];
  #taken = 0;

  constructor(most: number) {
    this.#most = most;
  }

  async take<T>(place: number, work: () => Promise<T>): Promise<T> {
    if (this.#taken === this.#most)
      await new Promise<void>((begin) => {
        this.#waiting.push({ place, begin });
        this.#waiting.sort((one, other) => one.place - other.place);
      });
    else this.#taken += 1;
    try {
      return await work();
    } finally {
      // A turn that is handed on stays taken.
      const next = this.#waiting.shift();
      if (next === undefined) this.#taken -= 1;
      else next.begin();
    }
  }
}
