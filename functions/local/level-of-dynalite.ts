import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire } from 'node:module';
import { seal, sealIn, sealsOf, unseal, type RawLevel } from './sealed-values.ts';

/** The conditions for the LevelDB that dynalite opens for itself. */
export interface LevelOptions {
  createIfMissing: boolean;
  /** Asked before each reading and writing. @throws Error where the files are not those any more that were opened */
  assertThere: () => void;
  /** Reading or writing failed. From here on nothing is read or written; to open the files anew is the way back. */
  onFailure: (error: Error) => void;
}

interface Opening extends LevelOptions {
  /** Set when dynalite has begun to open its files. */
  begun?: { level: Level; opened: Promise<void> };
}

type Work = (...args: unknown[]) => Promise<unknown>;

type Operation = { type: 'put'; key: string; value: unknown } | { type: 'del'; key: string };

/** Its key and its value, which are both asked for. */
type Entry = [key: string, value: string];

/** The part of abstract-level that its implementations override. */
interface Level {
  _open: Work;
  _get: (key: string, options: object) => Promise<string | undefined>;
  _put: (key: string, value: string, options: object) => Promise<unknown>;
  _del: (key: string, options: object) => Promise<unknown>;
  _batch: (operations: Operation[], options: object) => Promise<void>;
  _iterator: (options: object) => {
    _next: (...args: unknown[]) => Promise<Entry | undefined>;
    _nextv: (...args: unknown[]) => Promise<Entry[]>;
  };
  get: Work;
  values: (...args: unknown[]) => { next: Work };
  _close: () => Promise<void>;
  iterator: (range: object) => AsyncIterable<[key: string, value: unknown]>;
  batch: (operations: Operation[], options?: object) => Promise<void>;
  close: () => Promise<void>;
}

const openings = new AsyncLocalStorage<Opening>();
const guards = new WeakMap<object, Guard>();
let isJoined = false;

/**
 * Starts a dynalite, and waits until its LevelDB is open: it has no option for how, and no error that anybody could
 * catch, neither then nor later.
 * @throws LevelDB's error: its code, or its cause's, is LEVEL_LOCKED where somebody else is the owner
 */
export async function openLevelOf<T>(start: () => T, options: LevelOptions): Promise<T> {
  joinLevel();
  const opening: Opening = { ...options };
  const started = openings.run(opening, start);
  // It opens in the microtask after its construction.
  await Promise.resolve();
  const { level, opened } = opening.begun!;
  await opened;
  try {
    guards.get(level)!.seals = await sealsOf(rawLevel(level));
    await finishTables(level);
  } catch (error) {
    await level.close();
    throw error;
  }
  return started;
}

/** dynalite's own methods over those of the class take no options. */
function rawLevel(level: Level): RawLevel {
  const { prototype } = levelOfDynalite();
  const raw = { valueEncoding: 'utf8' };
  return {
    entries: () => level.iterator(raw) as AsyncIterable<Entry>,
    put: (entries) =>
      prototype.batch.call(
        level,
        entries.map(([key, value]) => ({ type: 'put', key, value })),
        raw,
      ),
  };
}

/** dynalite calls a table active in a second write, which a crash or a full disk may keep from it for ever. */
async function finishTables(level: Level): Promise<void> {
  const unfinished: Operation[] = [];
  for await (const [key, value] of level.iterator({ gte: 'table~', lt: 'table~\u{ff}' })) {
    const table = value as { TableStatus?: string };
    if (table.TableStatus === 'CREATING')
      unfinished.push({ type: 'put', key, value: { ...table, TableStatus: 'ACTIVE' } });
  }
  if (unfinished.length > 0) await level.batch(unfinished);
}

/**
 * Forces each write to the disk before it tells anybody that it is there: one write at a time, with all that came
 * meanwhile in the next. After one that failed there is none. LevelDB's log may then end in half a record, and whatever
 * is written behind that is not found when the log is read.
 */
class Guard {
  readonly #commit: (operations: Operation[]) => Promise<void>;
  readonly #options: LevelOptions;
  #failure: Error | undefined;
  #next: Operation[] = [];
  #last: Promise<void> = Promise.resolve();
  #commits = 0;
  #writing: ReadonlySet<string> = new Set();
  /** The seal of what was written last, by its key; there as soon as each value is written with a seal and read with one. */
  seals: Map<string, string> | undefined;

  constructor(commit: (operations: Operation[]) => Promise<void>, options: LevelOptions) {
    this.#commit = commit;
    this.#options = options;
  }

  write(operations: Operation[]): Promise<void> {
    if (this.#next.length === 0) this.#last = this.#last.catch(() => {}).then(() => this.#writeNext());
    this.#next.push(...operations.map((operation) => this.#sealed(operation)));
    return this.#last;
  }

  #sealed(operation: Operation): Operation {
    if (this.seals === undefined || operation.type === 'del') return operation;
    return { ...operation, value: seal(operation.key, String(operation.value)) };
  }

  /** How often something was written. */
  get commits(): number {
    return this.#commits;
  }

  /**
   * A value of a row that was begun after so many commits.
   * @throws Error for one that is not as it was written, or, where nothing was written since, not the last one
   */
  inRow(key: string, stored: string, commits: number): string {
    if (this.seals === undefined) return stored;
    const isLast = sealIn(stored) === this.seals.get(key) || this.#writing.has(key);
    if (!isLast && commits === this.#commits) throw notTheLast();
    return unseal(key, stored);
  }

  /**
   * Reads the value that was written last. A table may have older ones of the same key, each with its own seal, which
   * come to light where a newer one is hidden.
   * @throws Error for any other value
   */
  async read(key: string, ask: () => Promise<string | undefined>): Promise<string | undefined> {
    for (;;) {
      const commits = this.#commits;
      const stored = await ask();
      const value = stored === undefined || this.seals === undefined ? stored : unseal(key, stored);
      const found = stored === undefined ? undefined : sealIn(stored);
      if (this.seals === undefined || found === this.seals.get(key) || this.#writing.has(key)) return value;
      if (commits === this.#commits) throw notTheLast();
    }
  }

  #writeNext(): Promise<void> {
    const operations = this.#next.splice(0);
    this.#writing = new Set(operations.map(({ key }) => key));
    return this.try(async () => {
      await this.#commit(operations);
      for (const operation of operations)
        if (operation.type === 'del') this.seals?.delete(operation.key);
        else this.seals?.set(operation.key, sealIn(String(operation.value)));
      this.#commits += 1;
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

function notTheLast(): Error {
  return new Error('Corruption: a value is not the one that was written last');
}

/**
 * An error that dynalite answers with; any other it throws where nobody can catch it. That of a write for which nobody
 * waits it prints with its stack, unless it is about a closed database.
 */
function answerable(failure: Error): Error {
  const { message } = failure;
  const body = { __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError', message };
  return Object.assign(new Error(`Database is closed: ${message}`, { cause: failure }), {
    statusCode: 500,
    body,
  });
}

/** A request that nobody waits for any more may read on when the store is closed. */
function afterClosing(error: Error & { code?: string }): never {
  throw error.code === 'LEVEL_ITERATOR_NOT_OPEN' ? answerable(error) : error;
}

function joinLevel(): void {
  if (isJoined) return;
  isJoined = true;
  const { prototype } = levelOfDynalite();
  const { _open: open, _close: close, _iterator: iterator } = prototype;
  const { _get: get, _put: put, _del: del, _batch: batch } = prototype;
  prototype._open = function (this: Level, options) {
    const opening = openings.getStore();
    if (opening === undefined) return open.call(this, options);
    const { createIfMissing } = opening;
    const commit = (operations: Operation[]) => batch.call(this, operations, { sync: true });
    guards.set(this, new Guard(commit, opening));
    const opened = open.call(this, { ...(options as object), createIfMissing }) as Promise<void>;
    opening.begun = { level: this, opened };
    return opened;
  };
  prototype._close = async function (this: Level) {
    await guards.get(this)?.end();
    return close.call(this);
  };
  prototype._get = function (this: Level, key, options) {
    const guard = guards.get(this);
    if (guard === undefined) return get.call(this, key, options);
    return guard.try(() => guard.read(key, () => get.call(this, key, options)));
  };
  const { values } = prototype;
  prototype.values = function (this: Level, ...args) {
    const made = values.apply(this, args);
    const { next } = made;
    if (guards.has(this)) made.next = () => next.apply(made, []).catch(afterClosing);
    return made;
  };
  prototype._put = function (this: Level, key, value, ...rest) {
    return guards.get(this)?.write([{ type: 'put', key, value }]) ?? put.call(this, key, value, ...rest);
  };
  prototype._del = function (this: Level, key, ...rest) {
    return guards.get(this)?.write([{ type: 'del', key }]) ?? del.call(this, key, ...rest);
  };
  prototype._batch = function (this: Level, operations, options) {
    return guards.get(this)?.write(operations) ?? batch.call(this, operations, options);
  };
  prototype._iterator = function (this: Level, options) {
    const guard = guards.get(this);
    if (guard === undefined) return iterator.call(this, options);
    const made = iterator.call(this, { ...options, keys: true, values: true });
    const { _next: next, _nextv: nextv } = made;
    const { commits } = guard;
    const opened = ([key, stored]: Entry): Entry => [key, guard.inRow(key, stored, commits)];
    made._next = (...rest) =>
      guard.try(async () => {
        const entry = await next.apply(made, rest);
        return entry && opened(entry);
      });
    made._nextv = (...rest) => guard.try(async () => (await nextv.apply(made, rest)).map(opened));
    return made;
  };
}

/** The very class, wherever the package manager has put it. */
function levelOfDynalite(): { prototype: Level } {
  const ofDynalite = createRequire(createRequire(import.meta.url).resolve('dynalite'));
  return (ofDynalite('level') as { Level: { prototype: Level } }).Level;
}
