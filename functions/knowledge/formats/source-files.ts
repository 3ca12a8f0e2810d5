import { createReadStream, type Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { UnreadableSourceError } from '../import-error.ts';

/** A file or a folder, several of them, or a stream with a name for messages. */
export type AtomSource = string | readonly string[] | StreamSource;

export interface StreamSource {
  name: string;
  stream: AsyncIterable<Uint8Array | string>;
}

/** One file of a source. */
export interface SourceFile {
  name: string;
  size?: number;
  /** Where it is on this machine. */
  path?: string;
  /** Found in a folder or an archive, not named: what it is not good for costs the others nothing. */
  isFound: boolean;
  isInArchive?: boolean;
  open: () => AsyncIterable<Buffer>;
}

const READ_BUFFER_BYTES = 256 * 1024;
/** Files about files, which many a folder of articles has. */
const ABOUT_FILES = /^(readme|license|licence|changelog|contributing)(\.\w+)?$/i;

/** @throws UnreadableSourceError when a file or folder is missing, or a folder holds nothing */
export async function sourceFiles(source: AtomSource): Promise<SourceFile[]> {
  if (typeof source === 'string') return filesAt(source);
  if ('stream' in source)
    return [{ name: source.name, isFound: false, open: () => asBuffers(source.stream) }];
  return (await Promise.all(source.map(filesAt))).flat();
}

/** Whether a file that was found, not named, is no article by its name. */
export function isAboutFiles(name: string): boolean {
  return ABOUT_FILES.test(basename(name));
}

/** Hidden files, and what an operating system leaves in folders and archives. */
export function isHidden(name: string): boolean {
  return name.split(/[\\/]/).some((part) => /^\.|^__MACOSX$|^node_modules$|^Thumbs\.db$/i.test(part));
}

async function filesAt(path: string): Promise<SourceFile[]> {
  const found = await statOf(path);
  if (!found.isDirectory()) return [fileAt(path, found, false)];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((name) => !isHidden(name.slice(path.length)))
    .sort();
  if (names.length === 0) throw new UnreadableSourceError({ file: path }, 'the folder holds no file');
  return Promise.all(names.map(async (name) => fileAt(name, await statOf(name), true)));
}

function fileAt(path: string, found: Stats, isFound: boolean): SourceFile {
  const onDisk = found.isFile() ? { size: found.size, path } : {};
  // A pipe has no size.
  return { name: path, ...onDisk, isFound, open: () => readFile(path) };
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

async function* asBuffers(chunks: AsyncIterable<Uint8Array | string>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    if (typeof chunk === 'string') yield Buffer.from(chunk, 'utf8');
    else yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  }
}

function unreadable(path: string, error: unknown): UnreadableSourceError {
  const code = (error as NodeJS.ErrnoException).code;
  const reason =
    code === 'ENOENT' ? 'there is no such file or folder' : `cannot be read (${code ?? 'unknown error'})`;
  return new UnreadableSourceError({ file: path }, reason, { cause: error });
}
