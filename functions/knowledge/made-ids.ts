/** Ids that were made of titles: two articles with the same title are two, and the same article is one. */
export class MadeIds {
  readonly #byHash = new Map<string, Map<string, number>>();

  /** @param hash the hash of what the article says */
  unique(id: string, hash: string): string {
    const known = this.#byHash.get(id) ?? new Map<string, number>();
    this.#byHash.set(id, known);
    const number = known.get(hash) ?? known.size + 1;
    known.set(hash, number);
    return number === 1 ? id : `${id}-${number}`;
  }
}
