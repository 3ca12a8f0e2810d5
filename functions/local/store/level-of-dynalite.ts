import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire } from 'node:module';
import { answerable, LevelGuard, type GuardOptions, type Operation } from './level-guard.ts';
import type { KeyRange } from './sealed-keys.ts';
import { sealedKeysOf, type RawLevel } from './sealed-values.ts';

/** The conditions for the LevelDB that dynalite opens for itself. */
export interface LevelOptions extends GuardOptions {
  createIfMissing: boolean;
}

interface Opening extends LevelOptions {
  /** Set when dynalite has begun to open its files. */
  begun?: { level: Level; opened: Promise<void> };
}

type Work = (...args: unknown[]) => Promise<unknown>;

/** Its key and its value, which are both asked for. */
type Entry = [key: string, value: string];

/** The part of abstract-level that its implementations override. */
interface Level {
  _open: Work;
  _get: (key: string, options: object) => Promise<string | undefined>;
  _put: (key: string, value: string, options: object) => Promise<unknown>;
  _del: (key: string, options: object) => Promise<unknown>;
  _batch: (operations: Operation[], options: object) => Promise<void>;
  _iterator: (options: KeyRange & { limit: number }) => {
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
const guards = new WeakMap<object, LevelGuard>();
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
    guards.get(level)!.keys = await sealedKeysOf(rawLevel(level));
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
    guards.set(this, new LevelGuard(commit, opening));
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
    const row = guard.row(options);
    // More entries may follow the last one that was asked for.
    let left = options.limit < 0 ? Infinity : options.limit;
    const opened = ([key, stored]: Entry): Entry => [key, row.value(key, stored)];
    const asRead = (entries: Entry[]): Entry[] => {
      left -= entries.length;
      if (entries.length === 0 && left > 0) row.end();
      return entries.map(opened);
    };
    made._next = (...rest) =>
      guard.try(async () => {
        const entry = await next.apply(made, rest);
        return asRead(entry === undefined ? [] : [entry])[0];
      });
    made._nextv = (...rest) => guard.try(async () => asRead(await nextv.apply(made, rest)));
    return made;
  };
}

/** The very class, wherever the package manager has put it. */
function levelOfDynalite(): { prototype: Level } {
  const ofDynalite = createRequire(createRequire(import.meta.url).resolve('dynalite'));
  return (ofDynalite('level') as { Level: { prototype: Level } }).Level;
}
