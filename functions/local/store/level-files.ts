import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fields } from './level-fields.ts';
import { logRecords } from './level-log.ts';
import { damageOfTable } from './level-table.ts';

/** The contents of a folder of LevelDB's: nothing yet, every file that it needs, or something else. */
export type LevelFiles = 'none' | 'whole' | { damage: string };

/** The files that a first opening leaves behind when it is killed before anything could be written. */
const UNBORN = /^(LOCK|LOG|LOG\.old|MANIFEST-000001|000001\.dbtmp)$/;

/**
 * Looks at the files without changing any. LevelDB itself makes an empty store of a folder whose CURRENT is gone,
 * takes a missing write-ahead log for an empty one, finds a shortened table only when it reads from it, and believes
 * what a table says whether or not its checksums are right.
 * @param options.wasUsed something was kept here before: then nothing here is damage
 * @throws NodeJS.ErrnoException when a file may not be read
 */
export function inspectLevelFiles(folder: string, options: { wasUsed: boolean }): LevelFiles {
  const names = namesIn(folder);
  if (names === undefined) return { damage: 'it is not a folder' };
  if (!names.includes('CURRENT')) {
    if (!options.wasUsed && names.every((name) => UNBORN.test(name))) return 'none';
    return { damage: names.length === 0 ? 'its files are gone' : 'its file CURRENT is gone' };
  }
  const damage = damageOf(folder, names);
  return damage === undefined ? 'whole' : { damage };
}

/** `undefined` where a file has the folder's name. */
function namesIn(folder: string): string[] | undefined {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    if (code !== 'ENOTDIR') throw error;
    return existsSync(folder) ? undefined : [];
  }
}

function damageOf(folder: string, names: readonly string[]): string | undefined {
  const current = readFileSync(join(folder, 'CURRENT'), 'latin1');
  const [, manifest] = /^(MANIFEST-\d+)\n$/.exec(current) ?? [];
  if (manifest === undefined) return 'its file CURRENT names no manifest';
  if (!names.includes(manifest)) return `its file ${manifest} is gone`;
  const state = readManifest(readFileSync(join(folder, manifest)));
  if (typeof state === 'string') return `its file ${manifest} is damaged: ${state}`;
  for (const [number, size] of state.tables) {
    const name = [`${number}.ldb`, `${number}.sst`].find((each) => names.includes(each));
    if (name === undefined) return `its file ${number}.ldb is gone`;
    const table = readFileSync(join(folder, name));
    if (table.length !== size) return `its file ${name} has ${table.length} bytes instead of ${size}`;
    const damage = damageOfTable(table);
    if (damage !== undefined) return `its file ${name} is damaged: ${damage}`;
  }
  return damageOfLogs(folder, names, state.log);
}

/** The damage of the logs, which hold the writes since the last table: every log from the manifest's on. */
function damageOfLogs(folder: string, names: readonly string[], first: string): string | undefined {
  if (Number(first) > 0 && !names.includes(`${first}.log`)) return `its file ${first}.log is gone`;
  for (const name of names) {
    if (!/^\d+\.log$/.test(name) || Number.parseInt(name, 10) < Number(first)) continue;
    try {
      for (const record of logRecords(readFileSync(join(folder, name)))) void record;
    } catch (error) {
      return `its file ${name} is damaged: ${(error as Error).message}`;
    }
  }
  return undefined;
}

interface ManifestState {
  /** The number of the oldest log whose content is in no table. */
  log: string;
  /** Number and size of each table that is in use. */
  tables: Map<string, number>;
}

/** Adds up the edits of a manifest. @returns the fault in it, where it cannot be read */
function readManifest(content: Buffer): ManifestState | string {
  const state: ManifestState = { log: '', tables: new Map() };
  try {
    for (const record of logRecords(content)) apply(new Fields(record), state);
  } catch (error) {
    return (error as Error).message;
  }
  return state.log === '' ? 'it is cut off' : state;
}

/** The tags of a version edit: db/version_edit.cc of LevelDB. */
function apply(edit: Fields, state: ManifestState): void {
  while (edit.hasMore) {
    const tag = edit.number();
    if (tag === 2) state.log = fileNumber(edit.number());
    else if (tag === 1) edit.bytes();
    else if (tag === 3 || tag === 4 || tag === 9) edit.number();
    else if (tag === 5) {
      edit.number();
      edit.bytes();
    } else if (tag === 6) {
      edit.number();
      state.tables.delete(fileNumber(edit.number()));
    } else if (tag === 7) {
      edit.number();
      state.tables.set(fileNumber(edit.number()), edit.number());
      edit.bytes();
      edit.bytes();
    } else throw new Error(`it has an entry of the unknown kind ${tag}`);
  }
}

function fileNumber(number: number): string {
  return String(number).padStart(6, '0');
}
