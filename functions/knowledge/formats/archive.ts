import { createGunzip } from 'node:zlib';
import { Readable } from 'node:stream';
import { fromBuffer, open, type Entry, type ZipFile } from 'yauzl';
import { UnreadableSourceError } from '../import-error.ts';

/** No text packs smaller than this. An archive that is made to fill a disk does: zeros shrink to a thousandth. */
const MAX_RATIO = 200;
/** Below this nobody is harmed, whatever the ratio. */
const HARMLESS_BYTES = 20_000_000;
const MAX_ENTRIES = 50_000;

export const BOMB = `unpacks to more than ${MAX_RATIO} times its size: it is not what an export packs to`;

/** Whether a file is a bomb; the sizes of an archive are those that its table of contents names. */
export function isBomb(packedBytes: number, unpackedBytes: number): boolean {
  return unpackedBytes > HARMLESS_BYTES && unpackedBytes > packedBytes * MAX_RATIO;
}

/** A file within an archive. */
export interface ArchiveEntry {
  name: string;
  /** Unpacked; more than that is never given. */
  size: number;
  open: () => AsyncIterable<Buffer>;
}

/** The contents of a gzip file. @throws UnreadableSourceError when it is damaged, cut off or a bomb */
export async function* gunzipped(file: string, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let packed = 0;
  const counted = async function* () {
    for await (const chunk of chunks) {
      packed += chunk.length;
      yield chunk;
    }
  };
  const source = Readable.from(counted());
  const gunzip = createGunzip();
  source.on('error', (error) => gunzip.destroy(error));
  source.pipe(gunzip);
  try {
    yield* bounded(file, gunzip, () => packed);
  } catch (error) {
    if (!isOfZlib(error)) throw error;
    throw new UnreadableSourceError({ file }, 'the gzip archive is damaged or cut off', { cause: error });
  } finally {
    source.destroy();
  }
}

/**
 * The files within a ZIP archive, in its order; a path is read in place, bytes from memory.
 * @throws UnreadableSourceError when it is damaged, encrypted or holds too many
 */
export async function* zipEntries(file: string, archive: string | Buffer): AsyncGenerator<ArchiveEntry> {
  const zip = await openZip(archive).catch((cause: unknown) => {
    throw damaged(file, cause);
  });
  try {
    if (zip.entryCount > MAX_ENTRIES)
      throw new UnreadableSourceError(
        { file },
        `holds more than ${MAX_ENTRIES} files: unpack it, and import the folder`,
      );
    for await (const entry of entriesOf(zip, file)) {
      if (entry.fileName.endsWith('/')) continue;
      if (entry.isEncrypted())
        throw new UnreadableSourceError(
          { file },
          'is a ZIP archive with a password: unpack it, and import what is inside',
        );
      const { fileName: name, uncompressedSize: size } = entry;
      yield { name, size, open: () => unpacked(zip, entry, `${file}/${name}`) };
    }
  } finally {
    zip.close();
  }
}

async function* unpacked(zip: ZipFile, entry: Entry, file: string): AsyncGenerator<Buffer> {
  try {
    const stream = await new Promise<Readable>((resolve, reject) => {
      zip.openReadStream(entry, (error, opened) => (error === null ? resolve(opened) : reject(error)));
    });
    yield* bounded(file, stream, () => entry.compressedSize);
  } catch (error) {
    throw error instanceof UnreadableSourceError ? error : damaged(file, error);
  }
}

async function* bounded(file: string, stream: Readable, packed: () => number): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (isBomb(packed(), size)) throw new UnreadableSourceError({ file }, BOMB);
    yield chunk;
  }
}

async function* entriesOf(zip: ZipFile, file: string): AsyncGenerator<Entry> {
  for (;;) {
    const entry = await new Promise<Entry | undefined>((resolve, reject) => {
      zip.once('entry', resolve);
      zip.once('end', () => resolve(undefined));
      zip.once('error', (cause: unknown) => reject(damaged(file, cause)));
      zip.readEntry();
    });
    zip.removeAllListeners('entry').removeAllListeners('end').removeAllListeners('error');
    if (entry === undefined) return;
    yield entry;
  }
}

function openZip(archive: string | Buffer): Promise<ZipFile> {
  const options = { lazyEntries: true, autoClose: false };
  return new Promise((resolve, reject) => {
    const onOpened = (error: Error | null, zip: ZipFile): void =>
      error === null ? resolve(zip) : reject(error);
    if (typeof archive === 'string') open(archive, options, onOpened);
    else fromBuffer(archive, options, onOpened);
  });
}

function damaged(file: string, cause: unknown): UnreadableSourceError {
  return new UnreadableSourceError({ file }, 'the ZIP archive is damaged or cut off', { cause });
}

function isOfZlib(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
}
