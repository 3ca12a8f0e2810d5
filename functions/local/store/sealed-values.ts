import { crc32 } from 'node:zlib';
import { SealedKeys } from './sealed-keys.ts';

/** JSON text may end in blanks, so that an older version reads what this one wrote. */
const BLANKS = [' ', '\t', '\n', '\r'];
/** Two bits a blank. */
const SEAL_LENGTH = 16;

/** So many values of a store are held at once. */
const AT_ONCE = 100;

/** A value and its key with a checksum of both: LevelDB believes whatever it reads from a table that is open. */
export function seal(key: string, value: string): { stored: string; checksum: number } {
  const checksum = crc32(value, crc32(key));
  return { stored: value + asBlanks(checksum), checksum };
}

/**
 * No two values of a key have the same checksum, but by a chance of one in four thousand millions.
 * @throws Error for a value that is not as it was written under this key
 */
export function unseal(key: string, stored: string): { value: string; checksum: number } {
  const value = stored.slice(0, -SEAL_LENGTH);
  const { stored: asWritten, checksum } = seal(key, value);
  if (stored !== asWritten) throw new Error('Corruption: a value does not match its checksum');
  return { value, checksum };
}

function asBlanks(checksum: number): string {
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
 * The keys of a store. Values that an older version wrote, before this one or since, are sealed first. It may be cut
 * short, and is then continued.
 * @throws Error of LevelDB, and for a value that is not as it was written
 */
export async function sealedKeysOf(level: RawLevel): Promise<SealedKeys> {
  const sealed: [string, number][] = [];
  let older: [string, string][] = [];
  for await (const [key, stored] of level.entries()) {
    const isOlder = isUnsealed(stored);
    const now = isOlder ? seal(key, stored) : { stored, ...unseal(key, stored) };
    sealed.push([key, now.checksum]);
    if (isOlder) older.push([key, now.stored]);
    if (older.length < AT_ONCE) continue;
    await level.put(older);
    older = [];
  }
  if (older.length > 0) await level.put(older);
  return SealedKeys.of(sealed);
}
