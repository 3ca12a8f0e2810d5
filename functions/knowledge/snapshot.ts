import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { CorruptSnapshotError } from '../search/port.ts';
import type { BuiltVersion } from './build.ts';
import { Contents } from './contents.ts';
import { Excerpts } from './excerpts.ts';
import type { KnowledgeStore, PublishedVersion, SnapshotPart } from './store.ts';

const compress = promisify(gzip);
const decompress = promisify(gunzip);

/** An item ends at 400 kB with its names and keys. */
const CHUNK_BYTES = 380_000;
/** No part of a real snapshot comes near; what claims more is damaged. */
const MAX_PART_BYTES = 1_000_000_000;

/** A snapshot ready to be stored: the chunks of all parts, one after the other. */
export interface PackedSnapshot {
  chunks: Uint8Array[];
  contents: SnapshotPart;
  index: SnapshotPart;
  excerpts: SnapshotPart;
}

/**
 * A snapshot has three parts, compressed and checksummed apart, so that a version's contents are still known
 * when its index is damaged or of a format that this version of the bot cannot read.
 */
export async function packSnapshot(built: BuiltVersion): Promise<PackedSnapshot> {
  const contents = await packPart(built.contents.serialise());
  const index = await packPart(built.index.serialise());
  const excerpts = await packPart(built.excerpts.serialise());
  return {
    chunks: [...contents.chunks, ...index.chunks, ...excerpts.chunks],
    contents: contents.part,
    index: index.part,
    excerpts: excerpts.part,
  };
}

/** @throws CorruptSnapshotError @throws StoreUnavailableError */
export async function readContents(store: KnowledgeStore, published: PublishedVersion): Promise<Contents> {
  const { version, contents } = published;
  const chunks = await store.readSnapshot(version, 0, contents.chunks);
  return Contents.parse(await unpackPart(chunks, contents));
}

/** @throws CorruptSnapshotError @throws StoreUnavailableError */
export async function readIndex(store: KnowledgeStore, published: PublishedVersion): Promise<Uint8Array> {
  const { version, contents, index } = published;
  return unpackPart(await store.readSnapshot(version, contents.chunks, index.chunks), index);
}

/**
 * Undefined where the version was published by a bot that wrote none.
 * @throws CorruptSnapshotError @throws StoreUnavailableError
 */
export async function readExcerpts(
  store: KnowledgeStore,
  published: PublishedVersion,
): Promise<Excerpts | undefined> {
  const { version, contents, index, excerpts } = published;
  if (excerpts === undefined) return undefined;
  const chunks = await store.readSnapshot(version, contents.chunks + index.chunks, excerpts.chunks);
  return new Excerpts(await unpackPart(chunks, excerpts));
}

async function packPart(bytes: Uint8Array): Promise<{ chunks: Uint8Array[]; part: SnapshotPart }> {
  const packed = await compress(bytes);
  const chunks: Uint8Array[] = [];
  for (let start = 0; start < packed.length; start += CHUNK_BYTES) {
    chunks.push(packed.subarray(start, start + CHUNK_BYTES));
  }
  return { chunks, part: { chunks: chunks.length, sha256: sha256([packed]) } };
}

async function unpackPart(
  chunks: readonly (Uint8Array | undefined)[],
  part: SnapshotPart,
): Promise<Uint8Array> {
  const whole = chunks.filter((chunk) => chunk !== undefined);
  if (whole.length < part.chunks) {
    throw new CorruptSnapshotError(`${part.chunks - whole.length} of ${part.chunks} chunks are missing`);
  }
  if (sha256(whole) !== part.sha256) throw new CorruptSnapshotError('the checksum of the chunks is wrong');
  try {
    return await decompress(Buffer.concat(whole), { maxOutputLength: MAX_PART_BYTES });
  } catch (cause) {
    throw new CorruptSnapshotError('the chunks cannot be unpacked', { cause });
  }
}

function sha256(pieces: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
}
