import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire } from 'node:module';

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

type Operation = { type: 'put'; key: unknown; value: unknown } | { type: 'del'; key: unknown };

/** The part of abstract-level that its implementations override. */
interface Level {
  _open: Work;
  _get: Work;
  _put: Work;
  _del: Work;
  _batch: (operations: Operation[], options: object) => Promise<void>;
  _iterator: (...args: unknown[]) => { _next: Work; _nextv: Work };
  get: Work;
  values: (...args: unknown[]) => { next: Work };
  _close: () => Promise<void>;
  iterator: (range: { gte: string; lt: string }) => AsyncIterable<[key: string, value: unknown]>;
  batch: (operations: Operation[]) => Promise<void>;
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
    await finishTables(level);
  } catch (error) {
    await level.close();
    throw error;
  }
  return started;
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

  constructor(commit: (operations: Operation[]) => Promise<void>, options: LevelOptions) {
    this.#commit = commit;
    this.#options = options;
  }

  write(operations: Operation[]): Promise<void> {
    if (this.#next.length === 0) this.#last = this.#last.catch(() => {}).then(() => this.#writeNext());
    this.#next.push(...operations);
    return this.#last;
  }

  #writeNext(): Promise<void> {
    const operations = this.#next.splice(0);
    return this.try(() => this.#commit(operations));
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

  /** A value that is no JSON was not written so. */
  async decoding<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const { code } = error as { code?: string };
      // It was closed while a request that nobody waits for any more still read from it.
      if (code === 'LEVEL_ITERATOR_NOT_OPEN') throw answerable(error as Error);
      throw code === 'LEVEL_DECODE_ERROR' ? this.#failed(error as Error) : error;
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
function answerable(failure: Error): Error {
  const { message } = failure;
  const body = { __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError', message };
  return Object.assign(new Error(`Database is closed: ${message}`, { cause: failure }), {
    statusCode: 500,
    body,
  });
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
  prototype._get = function (this: Level, ...args) {
    const read = () => get.apply(this, args);
    return guards.get(this)?.try(read) ?? read();
  };
  const { get: getDecoded, values } = prototype;
  prototype.get = function (this: Level, ...args) {
    const read = () => getDecoded.apply(this, args);
    return guards.get(this)?.decoding(read) ?? read();
  };
  prototype.values = function (this: Level, ...args) {
    const made = values.apply(this, args);
    const guard = guards.get(this);
    const { next } = made;
    if (guard !== undefined) made.next = () => guard.decoding(() => next.apply(made, []));
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
  prototype._iterator = function (this: Level, ...args) {
    const made = iterator.apply(this, args);
    const guard = guards.get(this);
    if (guard === undefined) return made;
    const { _next: next, _nextv: nextv } = made;
    made._next = (...rest) => guard.try(() => next.apply(made, rest));
    made._nextv = (...rest) => guard.try(() => nextv.apply(made, rest));
    return made;
  };
}

/** The very class, wherever the package manager has put it. */
function levelOfDynalite(): { prototype: Level } {
  const ofDynalite = createRequire(createRequire(import.meta.url).resolve('dynalite'));
  return (ofDynalite('level') as { Level: { prototype: Level } }).Level;
}
