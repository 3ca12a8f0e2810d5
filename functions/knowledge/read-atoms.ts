import { createReadStream, type Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Atom } from './atom.ts';
import { excerpt } from './characters.ts';
import { type ImportProblem, type SourcePosition, UnreadableSourceError } from './import-error.ts';
import { type JsonItem, jsonItems } from './json-items.ts';
import { parseAtom } from './parse-atom.ts';

/**
 * Where atoms come from: a file or a folder, several of them, or a stream with a name for messages.
 * Each file is a JSON list, `{metadata, atoms: [...]}`, a single atom, or JSON lines.
 */
export type AtomSource = string | readonly string[] | StreamSource;

export interface StreamSource {
  name: string;
  stream: AsyncIterable<Uint8Array | string>;
}

/** Something done to an atom on its way in. */
export interface ImportNote extends SourcePosition {
  field: string;
  message: string;
}

/** One atom of the source: itself, with what was done to it, or everything that is wrong with it. */
export type ReadAtom =
  | { position: SourcePosition; atom: Atom; notes: ImportNote[]; problems?: undefined }
  | { position: SourcePosition; atom?: undefined; problems: ImportProblem[] };

export interface ReadAtomsOptions {
  /** Bytes read so far, and of how many, where that is known. */
  onBytes?: (done: number, total: number | undefined) => void;
  signal?: AbortSignal;
}

const JSON_FILE = /\.(json|jsonl|ndjson)$/i;
const JSON_LINES_FILE = /\.(jsonl|ndjson)$/i;
const READ_BUFFER_BYTES = 256 * 1024;

/**
 * Reads atoms one by one, in bounded memory, bad ones among them.
 * @throws UnreadableSourceError when a file is missing, cut off or not JSON
 */
export async function* readAtoms(
  source: AtomSource,
  options: ReadAtomsOptions = {},
): AsyncGenerator<ReadAtom> {
  const { onBytes, signal } = options;
  const files = await openSource(source);
  const sizes = files.map(({ size }) => size);
  const total = sizes.includes(undefined)
    ? undefined
    : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
  let done = 0;
  const counted = async function* (stream: AsyncIterable<Uint8Array | string>) {
    for await (const chunk of stream) {
      signal?.throwIfAborted();
      done += typeof chunk === 'string' ? Buffer.byteLength(chunk) : chunk.byteLength;
      onBytes?.(done, total);
      yield chunk;
    }
  };
  for (const file of files) {
    const { name } = file;
    const items = jsonItems({
      file: name,
      chunks: counted(file.open()),
      jsonLines: JSON_LINES_FILE.test(name),
    });
    for await (const item of items) yield toAtom(item, name);
  }
}

function toAtom(item: JsonItem, file: string): ReadAtom {
  const position = { file, line: item.line, index: item.index };
  if ('unreadable' in item)
    return { position, problems: [{ ...position, field: '', message: item.unreadable }] };
  const parsed = parseAtom(item.value);
  if (parsed.atom !== undefined) {
    return { position, atom: parsed.atom, notes: parsed.notes.map((note) => ({ ...position, ...note })) };
  }
  const atomId = idOf(item.value);
  const known = { ...position, ...(atomId !== undefined && { atomId }) };
  return { position, problems: parsed.problems.map((problem) => ({ ...known, ...problem })) };
}

function idOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('atom_id' in value)) return undefined;
  return typeof value.atom_id === 'string' ? excerpt(value.atom_id, 200) : undefined;
}

interface OpenedFile {
  name: string;
  size?: number;
  open(): AsyncIterable<Uint8Array | string>;
}

async function openSource(source: AtomSource): Promise<OpenedFile[]> {
  if (typeof source === 'string') return openPath(source);
  if ('stream' in source) return [{ name: source.name, open: () => source.stream }];
  return (await Promise.all(source.map(openPath))).flat();
}

async function openPath(path: string): Promise<OpenedFile[]> {
  if (!(await statOf(path)).isDirectory()) return [await openFile(path)];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && JSON_FILE.test(entry.name));
  if (files.length === 0) {
    throw new UnreadableSourceError({ file: path }, 'the folder has no .json, .jsonl or .ndjson file');
  }
  return Promise.all(
    files
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map(openFile),
  );
}

async function openFile(path: string): Promise<OpenedFile> {
  const found = await statOf(path);
  // A pipe has no size.
  return { name: path, ...(found.isFile() && { size: found.size }), open: () => readFile(path) };
}

async function statOf(path: string): Promise<Stats> {
  return stat(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
}

async function* readFile(path: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: READ_BUFFER_BYTES }))
      yield chunk as Buffer;
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): UnreadableSourceError {
  const code = (error as NodeJS.ErrnoException).code;
  const reason =
    code === 'ENOENT' ? 'there is no such file or folder' : `cannot be read (${code ?? 'unknown error'})`;
  return new UnreadableSourceError({ file: path }, reason, { cause: error });
}
