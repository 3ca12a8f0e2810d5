import { Fields } from './level-fields.ts';

/**
 * Unpacks what Snappy packed: https://github.com/google/snappy/blob/main/format_description.txt
 * @throws Error for what it never writes
 */
export function unpackSnappy(packed: Buffer): Buffer {
  const input = new Fields(packed);
  const output = Buffer.alloc(input.number());
  let at = 0;
  while (input.hasMore) {
    const tag = input.take(1)[0]!;
    if ((tag & 3) === 0) {
      const literal = input.take(literalLength(tag >>> 2, input));
      at += literal.copy(output, at);
      continue;
    }
    const { length, offset } = copyOf(tag, input);
    if (offset === 0 || offset > at) throw new Error('a copy that reaches before the beginning');
    // Byte by byte: a copy may overlap itself.
    for (let left = length; left > 0 && at < output.length; left -= 1, at += 1)
      output[at] = output[at - offset]!;
  }
  if (at !== output.length) throw new Error('it unpacks to another length than it says');
  return output;
}

/** Up to 60 in the tag; beyond, the tag tells in how many bytes the length follows. */
function literalLength(coded: number, input: Fields): number {
  return coded < 60 ? coded + 1 : input.take(coded - 59).readUIntLE(0, coded - 59) + 1;
}

function copyOf(tag: number, input: Fields): { length: number; offset: number } {
  if ((tag & 3) === 1) {
    return { length: ((tag >>> 2) & 7) + 4, offset: ((tag >>> 5) << 8) | input.take(1)[0]! };
  }
  const bytes = (tag & 3) === 2 ? 2 : 4;
  return { length: (tag >>> 2) + 1, offset: input.take(bytes).readUIntLE(0, bytes) };
}
