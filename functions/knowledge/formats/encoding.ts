import { TextDecoder } from 'node:util';

/** Decoded where it was not UTF-8. */
export const WINDOWS_1252 = 'is not UTF-8: read as Windows-1252, as Excel saves';

const strict = new TextDecoder('utf-8', { fatal: true });
const lenient = new TextDecoder('utf-8');
const windows = new TextDecoder('windows-1252');

/**
 * The text of bytes in UTF-8, or else in Windows-1252. Bytes that are partly UTF-8 are damaged, and read as neither:
 * `undefined`.
 */
export function decodeText(bytes: Uint8Array): { text: string; isWindows: boolean } | undefined {
  try {
    return { text: strict.decode(bytes), isWindows: false };
  } catch {
    const isPartlyUtf8 = /[\u0080-\ufffc\ufffe\uffff]/.test(lenient.decode(bytes));
    return isPartlyUtf8 ? undefined : { text: windows.decode(bytes), isWindows: true };
  }
}

export type Utf16 = 'utf-16le' | 'utf-16be';

/** Whether a file begins as UTF-16 does, with a mark or without: then every other byte of Latin text is zero. */
export function utf16Of(head: Buffer): Utf16 | undefined {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  const some = head.subarray(0, 512);
  const zeros = [0, 0];
  for (const [at, byte] of some.entries()) if (byte === 0) zeros[at % 2]! += 1;
  const half = some.length / 2;
  if (half < 2) return undefined;
  if (zeros[1]! > half * 0.4 && zeros[0]! < half * 0.1) return 'utf-16le';
  return zeros[0]! > half * 0.4 && zeros[1]! < half * 0.1 ? 'utf-16be' : undefined;
}

/** The same file in UTF-8. */
export async function* asUtf8(chunks: AsyncIterable<Buffer>, encoding: Utf16): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder(encoding);
  for await (const chunk of chunks) yield Buffer.from(decoder.decode(chunk, { stream: true }), 'utf8');
  yield Buffer.from(decoder.decode(), 'utf8');
}
