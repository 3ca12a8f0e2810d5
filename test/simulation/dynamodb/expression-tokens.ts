/** DynamoDB's answer to a request that is wrong in itself. */
export class ValidationException extends Error {
  override readonly name = 'ValidationException';
  readonly $fault = 'client';
  readonly $metadata = {};
}

const TOKEN = /\s*(<>|<=|>=|[=<>+\-(),]|[#:]?[A-Za-z_][A-Za-z0-9_]*)/y;

/** The tokens of one expression, consumed from the left. */
export class Tokens {
  readonly #text: string;
  readonly #tokens: string[] = [];
  #next = 0;

  constructor(text: string) {
    this.#text = text;
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < text.trimEnd().length) {
      const at = TOKEN.lastIndex;
      const [, token] = TOKEN.exec(text) ?? [];
      if (token === undefined) throw new ValidationException(`cannot read "${text.slice(at)}" in "${text}"`);
      this.#tokens.push(token);
    }
  }

  get atEnd(): boolean {
    return this.#next >= this.#tokens.length;
  }

  /** Keywords are recognised in any case. */
  peekIs(expected: string, ahead = 0): boolean {
    return this.#tokens[this.#next + ahead]?.toUpperCase() === expected;
  }

  accept(expected: string): boolean {
    const matches = this.peekIs(expected);
    if (matches) this.#next += 1;
    return matches;
  }

  expect(expected: string): void {
    if (!this.accept(expected)) this.fail(`"${expected}"`);
  }

  take(): string {
    const token = this.#tokens[this.#next];
    if (token === undefined) return this.fail('more');
    this.#next += 1;
    return token;
  }

  fail(wanted: string): never {
    throw new ValidationException(
      `expected ${wanted} instead of "${this.#tokens[this.#next] ?? 'the end'}" in "${this.#text}"`,
    );
  }
}
