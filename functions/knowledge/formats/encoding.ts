import { TextDecoder } from 'node:util';

/** Decoded where it was not UTF-8. */
export const WINDOWS_1252 = 'is not UTF-8: read as Windows-1252, as Excel saves';

const strict = new TextDecoder('utf-8', { fatal: true });
const lenient = new TextDecoder('utf-8');
/** The characters of Windows-1252 from 0x80 to 0x9f; some releases of Node decode it as Latin-1, which has nothing there. */
const WINDOWS = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';
/** Bytes that Windows-1252 gives no character: the text is in an encoding that nothing names. */
const NO_CHARACTER = /[\0\x81\x8d\x8f\x90\x9d]/;

/**
 * The text of bytes in UTF-8, or else in Windows-1252. Bytes that are partly UTF-8 are damaged, and read as neither, nor
 * are those that are in another encoding for certain: `undefined`.
 */
export function decodeText(bytes: Uint8Array): { text: string; isWindows: boolean } | undefined {
  try {
    return { text: strict.decode(bytes), isWindows: false };
  } catch {
    const isPartlyUtf8 = /[\u0080-\ufffc\ufffe\uffff]/.test(lenient.decode(bytes));
    const text = fromWindows(bytes);
    return isPartlyUtf8 || NO_CHARACTER.test(text) ? undefined : { text, isWindows: true };
  }
}

function fromWindows(bytes: Uint8Array): string {
  const latin = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  return latin.replace(/[\x80-\x9f]/g, (character) => WINDOWS[character.charCodeAt(0) - 0x80]!);
}

/** The text of bytes that are not UTF-8, in the encoding that their file says it is in; `undefined` when they are
 * not, or when it is Windows-1252, which {@link decodeText} reads. */
export function decodeAs(bytes: Uint8Array, declared: string): string | undefined {
  try {
    const decoder = new TextDecoder(declared, { fatal: true });
    return decoder.encoding === 'windows-1252' ? undefined : decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

type Utf16 = 'utf-16le' | 'utf-16be';

const MARKS: readonly { bytes: readonly number[]; encoding?: Utf16 }[] = [
  { bytes: [0xef, 0xbb, 0xbf] },
  { bytes: [0xff, 0xfe], encoding: 'utf-16le' },
  { bytes: [0xfe, 0xff], encoding: 'utf-16be' },
];

/**
 * How many bytes of a file are the mark of its encoding, and whether the rest is UTF-16. The bytes are believed more than
 * their mark, which many a program writes before whatever comes.
 */
function beginningOf(head: Buffer): { markBytes: number; utf16?: Utf16 } {
  const mark = MARKS.find(({ bytes }) => bytes.every((byte, at) => head[at] === byte));
  const markBytes = mark?.bytes.length ?? 0;
  const rest = head.subarray(markBytes);
  // The mark of UTF-32, which is named and not read, begins with that of UTF-16.
  if (mark?.encoding === 'utf-16le' && rest[0] === 0 && rest[1] === 0) return { markBytes: 0 };
  const utf16 = utf16Of(rest) ?? (isUtf8(rest) ? undefined : mark?.encoding);
  return utf16 === undefined ? { markBytes } : { markBytes, utf16 };
}

/** By its zeros, which every other byte of Latin text is, and a few are of any text with a digit or an end of line. */
function utf16Of(head: Buffer): Utf16 | undefined {
  const zeros = [0, 0];
  for (const [at, byte] of head.entries()) if (byte === 0) zeros[at % 2]! += 1;
  const [low, high] = zeros as [number, number];
  const few = Math.min(low, high);
  const many = Math.max(low, high);
  if (many < 2 || few > many / 10) return undefined;
  const encoding = high > low ? 'utf-16le' : 'utf-16be';
  const isLatin = many > head.length * 0.2;
  return isLatin || (few === 0 && !isUtf8(head) && isText(head, encoding)) ? encoding : undefined;
}

function isUtf8(head: Buffer): boolean {
  return isText(head, 'utf-8');
}

/** The end may be cut in the middle of a character. */
function isText(head: Buffer, encoding: string): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(head, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** The same file in UTF-8, without a mark. */
export async function* asUtf8({
  head,
  chunks,
}: {
  head: Buffer;
  chunks: AsyncIterable<Buffer>;
}): AsyncGenerator<Buffer> {
  const { markBytes, utf16 } = beginningOf(head);
  const plain = withoutFirst(chunks, markBytes);
  if (utf16 === undefined) {
    yield* plain;
    return;
  }
  const decoder = new TextDecoder(utf16);
  for await (const chunk of plain) yield Buffer.from(decoder.decode(chunk, { stream: true }), 'utf8');
  yield Buffer.from(decoder.decode(), 'utf8');
}

async function* withoutFirst(chunks: AsyncIterable<Buffer>, count: number): AsyncGenerator<Buffer> {
  let left = count;
  for await (const chunk of chunks) {
    yield chunk.subarray(left);
    left -= Math.min(left, chunk.length);
  }
}
