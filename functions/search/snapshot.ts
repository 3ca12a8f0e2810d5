import { crc32 } from 'node:zlib';
import { StringTable } from './bytes.ts';
import { CorruptSnapshotError, FACET_NAMES, type FacetName } from './port.ts';

/**
 * The index as it lies in memory and in a snapshot; README.md describes the bytes. All arrays are views of the snapshot,
 * so that loading is a checksum and a handful of views.
 */
export interface IndexData {
  ids: StringTable;
  /** Ordinals in byte order of their ids. */
  idOrder: Uint32Array;
  titles: StringTable;
  /** Weighted number of words, by ordinal. */
  lengths: Uint32Array;
  /** For every facet, what its codes mean; code 0 stands for "has none". */
  facetValues: Record<FacetName, string[]>;
  /** Codes by ordinal, one facet after the other in the order of `FACET_NAMES`. */
  facetCodes: Uint32Array;
  /** In byte order. */
  terms: StringTable;
  /** The commonest spellings behind each term, in order, parted by spaces; empty where there is only the term itself. A stem has the terms of its words. */
  spellings: StringTable;
  /** In how many documents each term is. */
  documentCounts: Uint32Array;
  /** Where each term's postings end, and its positions; the first start at 0. */
  postingOffsets: Uint32Array;
  postings: Uint8Array;
  positionOffsets: Uint32Array;
  positions: Uint8Array;
  /** Where each document's signature ends: see feedback.ts. */
  signatureOffsets: Uint32Array;
  signatures: Uint8Array;
  /** See real-words.ts; empty when the index was built without a list. */
  realWords: Uint8Array;
  /** See inflections.ts; empty where all texts are English, or nobody could stem them. */
  endings: ReadonlySet<string>;
}

const MAGIC = 0x49424641; // "AFBI" in little-endian bytes
/** No one flipped bit away from the formats before it. */
const FORMAT_VERSION = 4;
/** Format 1 had no list of words, and format 2 no endings; both are still read. */
const SECTIONS_OF: ReadonlyMap<number, number> = new Map([
  [1, 18],
  [2, 19],
  [FORMAT_VERSION, 20],
]);
const HEADER_BYTES = 16;

/** Lays the sections end to end, each padded to four bytes, behind a header with a checksum over everything after it. */
export function encodeSnapshot(data: IndexData): Uint8Array {
  const sections: Uint8Array[] = [
    new TextEncoder().encode(JSON.stringify(FACET_NAMES.map((name) => data.facetValues[name]))),
    bytesOf(data.facetCodes),
    bytesOf(data.ids.offsets),
    data.ids.bytes,
    bytesOf(data.idOrder),
    bytesOf(data.titles.offsets),
    data.titles.bytes,
    bytesOf(data.lengths),
    bytesOf(data.terms.offsets),
    data.terms.bytes,
    bytesOf(data.spellings.offsets),
    data.spellings.bytes,
    bytesOf(data.documentCounts),
    concatenate(bytesOf(data.postingOffsets), bytesOf(data.positionOffsets)),
    data.postings,
    data.positions,
    bytesOf(data.signatureOffsets),
    data.signatures,
    data.realWords,
    new TextEncoder().encode([...data.endings].join(' ')),
  ];
  const tableBytes = sections.length * 4;
  const size = sections.reduce((sum, section) => sum + padded(section.length), HEADER_BYTES + tableBytes);
  const snapshot = new Uint8Array(size);
  const header = new DataView(snapshot.buffer);
  let offset = HEADER_BYTES + tableBytes;
  sections.forEach((section, i) => {
    header.setUint32(HEADER_BYTES + i * 4, section.length, true);
    snapshot.set(section, offset);
    offset += padded(section.length);
  });
  header.setUint32(0, MAGIC, true);
  header.setUint32(4, FORMAT_VERSION, true);
  header.setUint32(8, size, true);
  header.setUint32(12, checksumOf(snapshot), true);
  return snapshot;
}

/**
 * The bytes are used in place, so they must not be written to afterwards.
 * @throws CorruptSnapshotError
 */
export function decodeSnapshot(bytes: Uint8Array): IndexData {
  if (bytes.length < HEADER_BYTES) throw new CorruptSnapshotError('snapshot is too short to be one');
  // The arrays are views, which must start at a multiple of four; a slice of somebody's buffer may not.
  const snapshot = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  const header = new DataView(snapshot.buffer, snapshot.byteOffset, snapshot.length);
  if (header.getUint32(0, true) !== MAGIC) throw new CorruptSnapshotError('not a snapshot of a search index');
  const version = header.getUint32(4, true);
  const sectionCount = SECTIONS_OF.get(version);
  if (sectionCount === undefined) {
    throw new CorruptSnapshotError(
      `snapshot has format ${version}, this version reads ${[...SECTIONS_OF.keys()].join(' and ')}`,
    );
  }
  const size = header.getUint32(8, true);
  if (size !== snapshot.length) {
    throw new CorruptSnapshotError(`snapshot should have ${size} bytes and has ${snapshot.length}`);
  }
  if (header.getUint32(12, true) !== checksumOf(snapshot))
    throw new CorruptSnapshotError('checksum does not match');

  const sections: Uint8Array[] = [];
  let offset = HEADER_BYTES + sectionCount * 4;
  for (let i = 0; i < sectionCount; i++) {
    const length = header.getUint32(HEADER_BYTES + i * 4, true);
    sections.push(snapshot.subarray(offset, offset + length));
    offset += padded(length);
  }
  // The checksum covers what is behind the header, and the format, which says how many sections there are, is in it.
  if (offset !== snapshot.length) throw new CorruptSnapshotError('the sections do not fill the snapshot');
  return dataOf(sections);
}

function dataOf(sections: readonly Uint8Array[]): IndexData {
  const bytesAt = (i: number): Uint8Array => sections[i] ?? new Uint8Array();
  const numbersAt = (i: number): Uint32Array => {
    const { buffer, byteOffset, length } = bytesAt(i);
    return new Uint32Array(buffer, byteOffset, length >>> 2);
  };
  const facetLists = JSON.parse(new TextDecoder().decode(bytesAt(0))) as string[][];
  const offsets = numbersAt(13);
  return {
    facetValues: Object.fromEntries(
      FACET_NAMES.map((name, i) => [name, facetLists[i] ?? []]),
    ) as IndexData['facetValues'],
    facetCodes: numbersAt(1),
    ids: new StringTable(numbersAt(2), bytesAt(3)),
    idOrder: numbersAt(4),
    titles: new StringTable(numbersAt(5), bytesAt(6)),
    lengths: numbersAt(7),
    terms: new StringTable(numbersAt(8), bytesAt(9)),
    spellings: new StringTable(numbersAt(10), bytesAt(11)),
    documentCounts: numbersAt(12),
    postingOffsets: offsets.subarray(0, offsets.length / 2),
    positionOffsets: offsets.subarray(offsets.length / 2),
    postings: bytesAt(14),
    positions: bytesAt(15),
    signatureOffsets: numbersAt(16),
    signatures: bytesAt(17),
    realWords: bytesAt(18),
    endings: new Set(new TextDecoder().decode(bytesAt(19)).split(' ').filter(Boolean)),
  };
}

/** Over the section table and the sections; of the header, every field is checked for its value. */
function checksumOf(snapshot: Uint8Array): number {
  return crc32(snapshot.subarray(HEADER_BYTES));
}

function padded(length: number): number {
  return (length + 3) & ~3;
}

function bytesOf(numbers: Uint32Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

function concatenate(first: Uint8Array, second: Uint8Array): Uint8Array {
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}
