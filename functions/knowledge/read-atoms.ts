import type { Atom } from './atom.ts';
import { excerpt } from './characters.ts';
import { contentHash } from './content-hash.ts';
import { fileItems } from './formats/file-items.ts';
import type { Item } from './formats/item.ts';
import { type AtomSource, sourceFiles } from './formats/source-files.ts';
import type { ImportNote, ImportProblem, SourcePosition } from './import-problem.ts';
import { MadeIds } from './made-ids.ts';
import { parseAtom } from './parse-atom.ts';
import { RepeatedIds } from './repeated-ids.ts';

export type { AtomSource, StreamSource } from './formats/source-files.ts';

/** Called with an atom whose id another atom of the same file has. */
const REPEATED_ID = 'stands again in the same file with other content: stored under an id of its own';

/** Told of a field that the file declares once. */
const INHERITED = 'is declared once for all records: taken for each that has none of its own';

/** One record of the source: an atom with what was done to it, or what keeps it from being one; or a file left aside. */
export type ReadAtom =
  | {
      position: SourcePosition;
      atom: Atom;
      /** The hash of what the atom says: `contentHash`. */
      hash: string;
      notes: ImportNote[];
      as: string;
      problems?: undefined;
      left?: undefined;
    }
  | {
      position: SourcePosition;
      atom?: undefined;
      problems: ImportProblem[];
      /** Names of the fields that the record has, the first of them. */
      fields: string[];
      left?: undefined;
    }
  | { position: SourcePosition; atom?: undefined; problems?: undefined; left: string; isBroken: boolean };

export interface ReadAtomsOptions {
  /** Bytes read so far, and of how many, where that is known. */
  onBytes?: (done: number, total: number | undefined) => void;
  signal?: AbortSignal;
}

const MAX_FIELDS = 40;

/**
 * Reads atoms one by one, in bounded memory, bad ones among them. In a folder or an archive a file that cannot be read
 * is left aside; atoms of it that came before count no more.
 * @throws UnreadableSourceError when a file that was named is missing, cut off or nothing that is read here
 */
export async function* readAtoms(
  source: AtomSource,
  options: ReadAtomsOptions = {},
): AsyncGenerator<ReadAtom> {
  const { onBytes, signal } = options;
  const files = await sourceFiles(source);
  const sizes = files.map(({ size }) => size);
  const total = sizes.includes(undefined)
    ? undefined
    : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
  const madeIds = new MadeIds();
  let before = 0;
  for (const file of files) {
    let done = before;
    let current = '';
    let repeatedIds = new RepeatedIds();
    const counted = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
      for await (const chunk of chunks) {
        signal?.throwIfAborted();
        done += chunk.byteLength;
        onBytes?.(done, total);
        yield chunk;
      }
    };
    for await (const found of fileItems(file, counted)) {
      signal?.throwIfAborted();
      // An archive holds several files.
      if (found.file !== current) repeatedIds = new RepeatedIds();
      current = found.file;
      if (found.kind === 'item') yield toAtom(found.item, found.file, { madeIds, repeatedIds });
      else yield { position: { file: found.file }, left: found.left, isBroken: found.isBroken };
    }
    // An archive is not read from its beginning to its end.
    before += file.size ?? done - before;
    onBytes?.(before, total);
  }
}

function toAtom(
  item: Item,
  file: string,
  { madeIds, repeatedIds }: { madeIds: MadeIds; repeatedIds: RepeatedIds },
): ReadAtom {
  const position = { file, ...(item.line !== undefined && { line: item.line }), index: item.index };
  if (item.kind === 'unreadable')
    return { position, problems: [{ ...position, field: '', message: item.why }], fields: [] };
  const parsed = parseAtom(item.value);
  if (parsed.atom !== undefined) {
    const { atom: own, hasMadeId } = parsed;
    if (hasMadeId) own.atom_id = madeIds.unique(own.atom_id, contentHash(own));
    const { atom, hash } = repeatedIds.distinct(own);
    const notes: Pick<ImportNote, 'field' | 'message' | 'madeId'>[] = [
      ...(item.notes ?? []).map((message) => ({ field: '', message })),
      ...(item.inherited ?? []).map((field) => ({ field, message: INHERITED })),
      ...parsed.notes,
      ...(atom === own ? [] : [{ field: 'atom_id', message: REPEATED_ID, madeId: atom.atom_id }]),
    ];
    return { position, atom, hash, as: item.as, notes: notes.map((note) => ({ ...position, ...note })) };
  }
  const atomId = idOf(item.value);
  const known = { ...position, ...(atomId !== undefined && { atomId }) };
  return {
    position,
    problems: parsed.problems.map((problem) => ({ ...known, ...problem })),
    fields: fieldsOf(item.value),
  };
}

function fieldsOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.keys(value).slice(0, MAX_FIELDS);
}

function idOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('atom_id' in value)) return undefined;
  return typeof value.atom_id === 'string' ? excerpt(value.atom_id, 200) : undefined;
}
