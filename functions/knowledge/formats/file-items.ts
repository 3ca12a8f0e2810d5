import { UnreadableSourceError } from '../import-error.ts';
import { BOMB, gunzipped, isBomb, zipEntries } from './archive.ts';
import { csvItems } from './csv-items.ts';
import { asUtf8 } from './encoding.ts';
import { assertWorkbookFits, excelItems } from './excel-items.ts';
import { isPacked, kindOf } from './file-kind.ts';
import type { Item } from './item.ts';
import { jsonItems } from './json-items.ts';
import { isAboutFiles, isHidden, type SourceFile } from './source-files.ts';
import { bytesOf, htmlItems, markdownItems, textItems, yamlItems } from './whole-file.ts';

/** One record of a source and the file it is in, or a file that was left aside. */
export type FileItem =
  | { kind: 'item'; file: string; item: Item }
  | {
      kind: 'left';
      file: string;
      /** Why nothing of the file is taken. */
      left: string;
      /** It was meant to be read, and its records that came before count no more. */
      isBroken: boolean;
    };

const HEAD_BYTES = 4 * 1024;
/** An archive that comes as a stream is held in memory, for its table of contents is at its end. */
const MAX_STREAMED_ARCHIVE_BYTES = 64_000_000;
const NESTED = 'is an archive within an archive: unpack it once';

/**
 * The records of one file, whatever kind it is; of an archive, those of the files within.
 * @param counted counts the bytes that have been read, and passes them on
 * @throws UnreadableSourceError when a file that was named cannot be read
 */
export async function* fileItems(
  file: SourceFile,
  counted: (chunks: AsyncIterable<Buffer>) => AsyncIterable<Buffer>,
): AsyncGenerator<FileItem> {
  const { name, isFound } = file;
  if (isFound && isAboutFiles(name)) {
    yield { kind: 'left', file: name, left: 'is about the other files', isBroken: false };
    return;
  }
  try {
    const { head, chunks } = await peeked(counted(file.open()));
    yield* itemsOf(file, { head, chunks });
  } catch (error) {
    if (!isFound || !(error instanceof UnreadableSourceError)) throw error;
    const isBroken = !(error instanceof ForeignFileError);
    yield { kind: 'left', file: error.position.file, left: error.reason, isBroken };
  }
}

/** It is no kind of file that is read here, which its message says. */
class ForeignFileError extends UnreadableSourceError {}

interface Peeked {
  head: Buffer;
  chunks: AsyncIterable<Buffer>;
}

async function* itemsOf(file: SourceFile, bytes: Peeked): AsyncGenerator<FileItem> {
  const { name } = file;
  const { head, chunks } = isPacked(bytes.head) ? bytes : await peeked(asUtf8(bytes));
  const kind = kindOf(head, name);
  if (kind.reads === undefined) throw new ForeignFileError({ file: name }, `is ${kind.is}`);
  if (kind.reads === 'gzip') {
    const inner = { ...file, name: name.replace(/\.gz(ip)?$/i, '').replace(/\.tgz$/i, '.tar') };
    const unpacked = await peeked(gunzipped(name, chunks));
    if (file.isInArchive === true || isPacked(unpacked.head))
      throw new UnreadableSourceError({ file: name }, NESTED);
    yield* itemsOf(inner, unpacked);
  } else if (kind.reads === 'zip') yield* archiveItems(file, chunks);
  else
    for await (const item of READERS[kind.reads]({ file: name, chunks, head }))
      yield { kind: 'item', file: name, item };
}

type Reader = (options: { file: string; chunks: AsyncIterable<Buffer>; head: Buffer }) => AsyncIterable<Item>;

const READERS = {
  json: (options) => jsonItems({ ...options, jsonLines: false }),
  'json lines': (options) => jsonItems({ ...options, jsonLines: true }),
  csv: csvItems,
  markdown: markdownItems,
  text: textItems,
  html: htmlItems,
  yaml: yamlItems,
} satisfies Record<string, Reader>;

/** A ZIP archive is a folder, or the document of an office program. */
async function* archiveItems(file: SourceFile, chunks: AsyncIterable<Buffer>): AsyncGenerator<FileItem> {
  const { name } = file;
  const limit = MAX_STREAMED_ARCHIVE_BYTES;
  const archive =
    file.path ?? (await bytesOf({ file: name, chunks, limit, advice: 'save it as a file, and name that' }));
  const names = new Set<string>();
  let unpackedBytes = 0;
  for await (const entry of zipEntries(name, archive)) {
    names.add(entry.name);
    unpackedBytes += entry.size;
  }
  const packedBytes = typeof archive === 'string' ? file.size! : archive.length;
  if (isBomb(packedBytes, unpackedBytes)) throw new UnreadableSourceError({ file: name }, BOMB);
  if (names.has('xl/workbook.xml')) yield* workbookItems(file, archive);
  else if (names.has('word/document.xml') || names.has('content.xml'))
    throw new ForeignFileError(
      { file: name },
      'is an office document: save it as text, or its table as CSV or .xlsx',
    );
  else if (file.isInArchive === true) throw new UnreadableSourceError({ file: name }, NESTED);
  else
    for await (const { name: entry, open } of zipEntries(name, archive)) {
      if (isHidden(entry)) continue;
      const inner = { name: `${name}/${entry}`, isFound: true, isInArchive: true, open };
      yield* fileItems(inner, (bytes) => bytes);
    }
}

async function* workbookItems({ name }: SourceFile, archive: string | Buffer): AsyncGenerator<FileItem> {
  await assertWorkbookFits(name, zipEntries(name, archive));
  const { readFile } = await import('node:fs/promises');
  const bytes = typeof archive === 'string' ? await readFile(archive) : archive;
  for await (const item of excelItems({ file: name, bytes })) yield { kind: 'item', file: name, item };
}

/** The first bytes of a file, and all of it. */
async function peeked(chunks: AsyncIterable<Buffer>): Promise<Peeked> {
  const iterator = chunks[Symbol.asyncIterator]();
  const first: Buffer[] = [];
  let size = 0;
  while (size < HEAD_BYTES) {
    const next = await iterator.next();
    if (next.done === true) break;
    first.push(next.value);
    size += next.value.length;
  }
  const rest = async function* () {
    try {
      yield* first.splice(0);
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next())
        yield next.value;
    } finally {
      await iterator.return?.();
    }
  };
  return { head: Buffer.concat(first).subarray(0, HEAD_BYTES), chunks: rest() };
}
