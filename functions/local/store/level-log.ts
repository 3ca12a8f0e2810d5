import { checksum, findChecksum } from './level-checksum.ts';

/**
 * The record log of LevelDB, in which both its write-ahead logs and its manifests are kept:
 * https://github.com/google/leveldb/blob/main/doc/log_format.md
 */

const BLOCK_BYTES = 32_768;
const HEADER_BYTES = 7;
const FIRST = 2;
const LAST = 4;

/** A record in the middle of the file is not what was written there; what follows it cannot be trusted either. */
class BrokenRecordError extends Error {
  override readonly name = 'BrokenRecordError';
}

/**
 * The records of a log. One that the end of the file cuts off is left out, as LevelDB does: its writer died before it
 * told anybody that the record is written.
 * @throws BrokenRecordError
 */
export function* logRecords(log: Buffer): Generator<Buffer> {
  let pieces: Buffer[] = [];
  for (let at = 0; at < log.length;) {
    const leftInBlock = BLOCK_BYTES - (at % BLOCK_BYTES);
    if (leftInBlock < HEADER_BYTES) {
      at += leftInBlock;
      continue;
    }
    if (at + HEADER_BYTES > log.length) return;
    const length = log.readUInt16LE(at + 4);
    const type = log.readUInt8(at + 6);
    const end = at + HEADER_BYTES + length;
    // Space that was made and never written to, as a file system may leave it when the power fails.
    if (type === 0 && isZero(log.subarray(at))) return;
    if (HEADER_BYTES + length > leftInBlock || type < 1 || type > LAST)
      throw new BrokenRecordError(`not a record at byte ${at}`);
    if (end > log.length) {
      // Its writer was cut off, unless a whole record is there whose length is not what was written.
      if (findChecksum(log.subarray(at + 6), log.readUInt32LE(at)))
        throw new BrokenRecordError(`a record at byte ${at} whose length is wrong`);
      return;
    }
    if (log.readUInt32LE(at) !== checksum(log.subarray(at + 6, end)))
      throw new BrokenRecordError(`a record at byte ${at} whose checksum is wrong`);
    const begins = type <= FIRST;
    if (begins !== (pieces.length === 0)) throw new BrokenRecordError(`half of a record at byte ${at}`);
    pieces.push(log.subarray(at + HEADER_BYTES, end));
    if (type === 1 || type === LAST) {
      yield Buffer.concat(pieces);
      pieces = [];
    }
    at = end;
  }
}

function isZero(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0);
}
