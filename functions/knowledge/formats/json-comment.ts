const [NEWLINE, HASH, STAR, SLASH] = [0x0a, 0x23, 0x2a, 0x2f];

/** A comment that somebody wrote into JSON all the same: `// ...`, `/* ...`, or `# ...` as scripts have it. */
export class JsonComment {
  #kind: 'none' | 'slash' | 'line' | 'block' | 'star' = 'none';

  get isOpen(): boolean {
    return this.#kind !== 'none';
  }

  static mayBeginWith(byte: number): boolean {
    return byte === SLASH || byte === HASH;
  }

  begin(byte: number): void {
    this.#kind = byte === HASH ? 'line' : 'slash';
  }

  /**
   * @returns the place after the comment, or the end of the chunk, where it may go on; `undefined` for a slash that
   * begins none
   */
  skip(chunk: Buffer, start: number): number | undefined {
    for (let at = start; at < chunk.length; at++) {
      const byte = chunk[at]!;
      if (this.#kind === 'slash') {
        if (byte !== SLASH && byte !== STAR) return undefined;
        this.#kind = byte === SLASH ? 'line' : 'block';
      } else if (this.#kind === 'line') {
        if (byte === NEWLINE) return this.#end(at);
      } else if (byte === SLASH && this.#kind === 'star') return this.#end(at + 1);
      else this.#kind = byte === STAR ? 'star' : 'block';
    }
    return chunk.length;
  }

  #end(at: number): number {
    this.#kind = 'none';
    return at;
  }
}
