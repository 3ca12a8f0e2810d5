import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire } from 'node:module';

/** What becomes of the LevelDB that dynalite opens for itself. */
export interface LevelOptions {
  createIfMissing: boolean;
  /** Reading or writing failed. From here on nothing is read or written; to open the files anew is the way back. */
  onFailure: (error: Error) => void;
}

interface Opening extends LevelOptions {
  /** Set when dynalite has begun to open its files. */
  opened?: Promise<void>;
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
}

const openings = new AsyncLocalStorage<Opening>();
const guards = new WeakMap<object, Guard>();
let isJoined = false;

/**
 * Starts a dynalite, and waits until its LevelDB is open: it has no option for how, and no error that anybody could
 * catch, neither then nor later.
 * @throws what LevelDB says: the code of the error, or of its cause, is LEVEL_LOCKED where somebody else is the owner
 */
export async function openLevelOf<T>(start: () => T, options: LevelOptions): Promise<T> {
  joinLevel();
  const opening: Opening = { ...options };
  const started = openings.run(opening, start);
  // It opens in the microtask after its construction.
  await Promise.resolve();
  await opening.opened;
  return started;
}

/**
 * Forces what is written to the disk before anybody is told that it is: one write at a time, with all that came
 * meanwhile in the next. After one that failed there is none. LevelDB's log may then end in half a record, and
 * whatever is written behind that is not found when the log is read.
 */
class Guard {
  readonly #commit: (operations: Operation[]) => Promise<void>;
  readonly #onFailure: (error: Error) => void;
  #failure: Error | undefined;
  #next: Operation[] = [];
  #last: Promise<void> = Promise.resolve();

  constructor(commit: (operations: Operation[]) => Promise<void>, onFailure: (error: Error) => void) {
    this.#commit = commit;
    this.#onFailure = onFailure;
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
      return await work();
    } catch (error) {
      const failure = error as Error;
      if (this.#failure === undefined) {
        this.#failure = failure;
        this.#onFailure(failure);
      }
      throw answerable(failure);
    }
  }
}

/** An error that dynalite answers with; any other it throws where nobody can catch it. */
function answerable(failure: Error): Error {
  const { message } = failure;
  const body = { __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError', message };
  return Object.assign(new Error(message, { cause: failure }), { statusCode: 500, body });
}

function joinLevel(): void {
  if (isJoined) return;
  isJoined = true;
  const { prototype } = levelOfDynalite();
  const { _open: open, _get: get, _put: put, _del: del, _batch: batch, _iterator: iterator } = prototype;
  prototype._open = function (this: Level, options) {
    const opening = openings.getStore();
    if (opening === undefined) return open.call(this, options);
    const { createIfMissing, onFailure } = opening;
    const commit = (operations: Operation[]) => batch.call(this, operations, { sync: true });
    guards.set(this, new Guard(commit, onFailure));
    opening.opened = open.call(this, { ...(options as object), createIfMissing }) as Promise<void>;
    return opening.opened;
  };
  prototype._get = function (this: Level, ...args) {
    const read = () => get.apply(this, args);
    return guards.get(this)?.try(read) ?? read();
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
