/** Seeded randomness (mulberry32). One seed gives one history, so nothing here may depend on anything else. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
    // The first outputs of neighbouring seeds resemble each other.
    for (let round = 0; round < 4; round += 1) this.next();
  }

  /** 0 (included) .. 1 (excluded) */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number, both ends included. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(choices: readonly [T, ...T[]]): T {
    return choices[Math.floor(this.next() * choices.length)] ?? choices[0];
  }

  /** A stream of its own, so that drawing more from one does not change the other. */
  fork(label: number): Random {
    return new Random(Math.imul(this.#state ^ label, 0x9e3779b1) ^ label);
  }
}
