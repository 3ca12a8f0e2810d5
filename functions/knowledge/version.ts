/**
 * Makes names of versions that sort by time: `20260131T120000000Z-1a2b3c4d`. Two imports of the same millisecond
 * differ in the random part.
 */
export function createVersionNames(options: { wallMs: () => number; randomHex: () => string }): () => string {
  return () => {
    const time = new Date(options.wallMs()).toISOString().replace(/[-:.]/g, '');
    return `${time}-${options.randomHex()}`;
  };
}

/** When a version was begun, or undefined where the name is none of {@link createVersionNames}. */
export function versionTimeMs(version: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z/.exec(version);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, ms] = match;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`);
}

/**
 * The name under which an import stores an atom that it stored before, since an item is never changed. It sorts
 * between those of this import and the next.
 */
export function repeatedItemVersion(version: string, repetition: number): string {
  return `${version}.${String(repetition).padStart(6, '0')}`;
}

/** The import that an item's version names. */
export function importOf(itemVersion: string): string {
  return itemVersion.split('.', 1)[0]!;
}
