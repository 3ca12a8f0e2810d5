import { inBytes, type KeyRange, type SealedChange, type SealedKeys } from './sealed-keys.ts';
import { seal, unseal } from './sealed-values.ts';

export interface GuardOptions {
  /** Asked before each reading and writing. @throws Error where the files are not those any more that were opened */
  assertThere: () => void;
  /** Reading or writing failed. From here on nothing is read or written; to open the files anew is the way back. */
  onFailure: (error: Error) => void;
}

export type Operation = { type: 'put'; key: string; value: unknown } | { type: 'del'; key: string };

/** An operation as it is written, and what the owner remembers of it. */
interface Sealed {
  operation: Operation;
  change: SealedChange;
}

/**
 * Forces each write to the disk before it tells anybody that it is there: one write at a time, with all that came
 * meanwhile in the next. After one that failed there is none. LevelDB's log may then end in half a record, and whatever
 * is written behind that is not found when the log is read.
 */
export class LevelGuard {
  readonly #commit: (operations: Operation[]) => Promise<void>;
  readonly #options: GuardOptions;
  #failure: Error | undefined;
  #next: Sealed[] = [];
  #last: Promise<void> = Promise.resolve();
  #writing: ReadonlySet<string> = new Set();
  /** The keys with the checksum of their last values; there as soon as each value is written with a seal and read with one. */
  keys: SealedKeys | undefined;

  constructor(commit: (operations: Operation[]) => Promise<void>, options: GuardOptions) {
    this.#commit = commit;
    this.#options = options;
  }

  write(operations: Operation[]): Promise<void> {
    if (this.#next.length === 0) this.#last = this.#last.catch(() => {}).then(() => this.#writeNext());
    this.#next.push(...operations.map((operation) => this.#sealed(operation)));
    return this.#last;
  }

  #sealed(operation: Operation): Sealed {
    const { key } = operation;
    if (this.keys === undefined || operation.type === 'del') return { operation, change: [key, undefined] };
    const { stored, checksum } = seal(key, String(operation.value));
    return { operation: { ...operation, value: stored }, change: [key, checksum] };
  }

  /** A row that LevelDB begins to read at this moment. */
  row(range: KeyRange): SealedRow {
    return new SealedRow(range, this.keys, this.#writing);
  }

  /**
   * Reads the value that was written last. A table may have older ones of the same key, each with its own seal, which
   * come to light where a newer one is hidden.
   * @throws Error for any other value
   */
  async read(key: string, ask: () => Promise<string | undefined>): Promise<string | undefined> {
    for (;;) {
      const before = this.keys;
      const stored = await ask();
      if (before === undefined) return stored;
      const found = stored === undefined ? undefined : unseal(key, stored);
      if (found?.checksum === this.keys!.get(key) || this.#writing.has(inBytes(key))) return found?.value;
      if (before === this.keys) throw new Error('Corruption: a value is not the one that was written last');
    }
  }

  #writeNext(): Promise<void> {
    const sealed = this.#next.splice(0);
    this.#writing = new Set(sealed.map(({ change: [key] }) => inBytes(key)));
    return this.try(async () => {
      await this.#commit(sealed.map(({ operation }) => operation));
      this.keys = this.keys?.with(sealed.map(({ change }) => change));
      this.#writing = new Set();
    });
  }

  async try<T>(work: () => Promise<T>): Promise<T> {
    if (this.#failure !== undefined) throw answerable(this.#failure);
    try {
      this.#options.assertThere();
      return await work();
    } catch (error) {
      throw this.#failed(error as Error);
    }
  }

  #failed(failure: Error): Error {
    if (this.#failure === undefined) {
      this.#failure = failure;
      this.#options.onFailure(failure);
    }
    return answerable(failure);
  }

  /** When what is being written is written: LevelDB would fall over a write that comes after its end. */
  async end(): Promise<void> {
    this.#failure ??= new Error('The store is closed');
    await this.#last.catch(() => {});
  }
}

/**
 * An error that dynalite answers with; any other it throws where nobody can catch it. That of a write for which nobody
 * waits it prints with its stack, unless it is about a closed database.
 */
export function answerable(failure: Error): Error {
  const { message } = failure;
  const body = { __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError', message };
  return Object.assign(new Error(`Database is closed: ${message}`, { cause: failure }), {
    statusCode: 500,
    body,
  });
}

/**
 * A row of items as LevelDB reads it, beside the keys that have to be in it. A key that was being written when it was
 * begun may be in it or not.
 */
class SealedRow {
  readonly #expected: Iterator<readonly [key: string, checksum: number], void> | undefined;
  readonly #writing: ReadonlySet<string>;

  /** @param keys none before the store has seals */
  constructor(range: KeyRange, keys: SealedKeys | undefined, writing: ReadonlySet<string>) {
    this.#writing = writing;
    this.#expected = keys && without(keys.row(range), writing);
  }

  /** @throws Error where it is not as it was written, or not the next one */
  value(key: string, stored: string): string {
    if (this.#expected === undefined) return stored;
    const { value, checksum } = unseal(key, stored);
    const name = inBytes(key);
    if (this.#writing.has(name)) return value;
    const expected = this.#expected.next().value;
    if (expected?.[0] !== name || expected[1] !== checksum) throw notAsWritten();
    return value;
  }

  /** LevelDB has no more of them. @throws Error where there have to be some */
  end(): void {
    if (this.#expected?.next().value !== undefined) throw notAsWritten();
  }
}

function* without<T>(row: Iterable<readonly [key: string, T]>, left: ReadonlySet<string>) {
  for (const each of row) if (!left.has(each[0])) yield each;
}

function notAsWritten(): Error {
  return new Error('Corruption: a row of items is not the one that was written last');
}
