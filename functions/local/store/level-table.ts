import { checksum } from './level-checksum.ts';
import { Fields } from './level-fields.ts';
import { unpackSnappy } from './snappy.ts';

/**
 * The tables of LevelDB: https://github.com/google/leveldb/blob/main/doc/table_format.md
 */

const FOOTER_BYTES = 48;
/** The end of each block: how it is packed, and the checksum of both. */
const TRAILER_BYTES = 5;
const MAGIC = 0xdb47_7524_8b80_fb57n;

interface Handle {
  offset: number;
  size: number;
}

/**
 * Finds the part of a table that is not as it was written. LevelDB looks at the checksum of no block that it reads: it
 * takes a changed value for the value, and a key that it cannot find for one that was never written.
 * @returns `undefined` when each byte that is ever read belongs to a block whose checksum is right
 */
export function damageOfTable(table: Buffer): string | undefined {
  try {
    checkTable(table);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function checkTable(table: Buffer): void {
  const end = table.length - FOOTER_BYTES;
  if (end < 0 || table.readBigUInt64LE(table.length - 8) !== MAGIC)
    throw new Error('it does not end as a table');
  const footer = new Fields(table.subarray(end));
  const [metaindex, index] = [handleOf(footer), handleOf(footer)];
  const blocks = [
    ...handlesIn(blockOf(table, index)),
    ...handlesIn(blockOf(table, metaindex)),
    metaindex,
    index,
  ];
  blocks.sort((a, b) => a.offset - b.offset);
  let at = 0;
  for (const block of blocks) {
    if (block.offset !== at) throw new Error(`no block begins at byte ${at}`);
    checkBlock(table, block);
    at += block.size + TRAILER_BYTES;
  }
  if (at !== end) throw new Error(`no block begins at byte ${at}`);
}

function checkBlock(table: Buffer, { offset, size }: Handle): void {
  const end = offset + size;
  if (end + TRAILER_BYTES > table.length) throw new Error(`the block at byte ${offset} is cut off`);
  if (table.readUInt32LE(end + 1) !== checksum(table.subarray(offset, end + 1)))
    throw new Error(`the checksum of the block at byte ${offset} is wrong`);
}

function blockOf(table: Buffer, handle: Handle): Buffer {
  checkBlock(table, handle);
  const { offset, size } = handle;
  const content = table.subarray(offset, offset + size);
  const packing = table[offset + size];
  if (packing === 0) return content;
  if (packing === 1) return unpackSnappy(content);
  throw new Error(`the block at byte ${offset} is packed in an unknown way`);
}

/** The values of an index: keys that share their beginnings, and a list of restarts at the end. */
function* handlesIn(block: Buffer): Generator<Handle> {
  const restarts = block.readUInt32LE(block.length - 4);
  const entries = new Fields(block.subarray(0, block.length - 4 * (restarts + 1)));
  while (entries.hasMore) {
    entries.number();
    const ownKey = entries.number();
    const value = entries.number();
    entries.take(ownKey);
    yield handleOf(new Fields(entries.take(value)));
  }
}

function handleOf(fields: Fields): Handle {
  return { offset: fields.number(), size: fields.number() };
}
