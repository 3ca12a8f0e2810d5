import { crc32 } from 'node:zlib';

const SEAL_LENGTH = 9;

/** The key that a store has in which every value is sealed. */
const MARK = 'sealed';

/** So many values of a store are held at once. */
const AT_ONCE = 100;

/** A value and its key with a checksum of both: LevelDB believes whatever it reads from a table that is open. */
export function seal(key: string, value: string): string {
  return value + sealOf(key, value);
}

/** @throws Error for a value that is not as it was written under this key */
export function unseal(key: string, stored: string): string {
  if (!isSealed(key, stored)) throw new Error('Corruption: a value does not match its checksum');
  return stored.slice(0, -SEAL_LENGTH);
}

/** JSON text has no such end, so a value without a seal is never taken for one that has it. */
function sealOf(key: string, value: string): string {
  return `#${crc32(value, crc32(key))
    .toString(16)
    .padStart(SEAL_LENGTH - 1, '0')}`;
}

function isSealed(key: string, stored: string): boolean {
  return stored.slice(-SEAL_LENGTH) === sealOf(key, stored.slice(0, -SEAL_LENGTH));
}

/** The values as they are in the files. */
export interface RawLevel {
  get: (key: string) => Promise<string | undefined>;
  keys: () => AsyncIterable<string>;
  entries: () => AsyncIterable<[key: string, value: string]>;
  put: (entries: readonly (readonly [key: string, value: string])[]) => Promise<void>;
}

/**
 * The keys of a store whose values are all sealed; those that an older version wrote are sealed first.
 * @throws Error of LevelDB; for a value that is no JSON
 */
export async function sealedKeys(level: RawLevel): Promise<Set<string>> {
  if ((await level.get(MARK)) === undefined) await sealOlderValues(level);
  const keys = new Set<string>();
  for await (const key of level.keys()) keys.add(key);
  return keys;
}

/** May be cut short, and is then continued. */
async function sealOlderValues(level: RawLevel): Promise<void> {
  let older: [string, string][] = [];
  for await (const [key, value] of level.entries()) {
    if (isSealed(key, value)) continue;
    try {
      JSON.parse(value);
    } catch {
      throw new Error('Corruption: could not decode a value');
    }
    older.push([key, seal(key, value)]);
    if (older.length < AT_ONCE) continue;
    await level.put(older);
    older = [];
  }
  await level.put([...older, [MARK, seal(MARK, 'true')]]);
}
