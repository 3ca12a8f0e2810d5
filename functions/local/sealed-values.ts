import { crc32 } from 'node:zlib';

/** JSON text may end in blanks, so that an older version reads what this one wrote. */
const BLANKS = [' ', '\t', '\n', '\r'];
/** Two bits a blank. */
const SEAL_LENGTH = 16;

/** So many values of a store are held at once. */
const AT_ONCE = 100;

/** A value and its key with a checksum of both: LevelDB believes whatever it reads from a table that is open. */
export function seal(key: string, value: string): string {
  return value + sealOf(key, value);
}

/** The seal of a stored value; no two values of a key have the same, but by a chance of one in four thousand millions. */
export function sealIn(stored: string): string {
  return stored.slice(-SEAL_LENGTH);
}

/** @throws Error for a value that is not as it was written under this key */
export function unseal(key: string, stored: string): string {
  const value = stored.slice(0, -SEAL_LENGTH);
  if (sealIn(stored) !== sealOf(key, value))
    throw new Error('Corruption: a value does not match its checksum');
  return value;
}

function sealOf(key: string, value: string): string {
  const checksum = crc32(value, crc32(key));
  return Array.from({ length: SEAL_LENGTH }, (_, at) => BLANKS[(checksum >>> (2 * at)) & 3]).join('');
}

/** JSON as it is written ends in no blank. */
function isUnsealed(stored: string): boolean {
  if (BLANKS.includes(stored.at(-1) ?? '')) return false;
  try {
    JSON.parse(stored);
    return true;
  } catch {
    return false;
  }
}

/** The values as they are in the files. */
export interface RawLevel {
  entries: () => AsyncIterable<[key: string, value: string]>;
  put: (entries: readonly (readonly [key: string, value: string])[]) => Promise<void>;
}

/**
 * The seals of a store by their keys. Values that an older version wrote, before this one or since, are sealed first. It
 * may be cut short, and is then continued.
 * @throws Error of LevelDB, and for a value that is not as it was written
 */
export async function sealsOf(level: RawLevel): Promise<Map<string, string>> {
  const seals = new Map<string, string>();
  let older: [string, string][] = [];
  for await (const [key, stored] of level.entries()) {
    const isOlder = isUnsealed(stored);
    const sealed = isOlder ? seal(key, stored) : stored;
    if (isOlder) older.push([key, sealed]);
    else unseal(key, stored);
    seals.set(key, sealIn(sealed));
    if (older.length < AT_ONCE) continue;
    await level.put(older);
    older = [];
  }
  if (older.length > 0) await level.put(older);
  return seals;
}
