import { TextDecoder } from 'node:util';
import { UnreadableSourceError } from './import-error.ts';
import { JsonScanner, MAX_ITEM_BYTES, type ScannedItem, ScanError } from './json-scanner.ts';

/** One JSON value of a file, or why that one cannot be read. */
export type JsonItem = { index: number; line: number } & ({ value: unknown } | { unreadable: string });

export interface JsonItemsOptions {
  /** As messages name it. */
  file: string;
  chunks: AsyncIterable<Uint8Array | string>;
  /** One value per line; otherwise found out from the first line. */
  jsonLines?: boolean;
}

/**
 * The values of a JSON file, however large it is: see {@link JsonScanner}.
 * @throws UnreadableSourceError when the file is not JSON as a whole, so that what it holds cannot be told
 */
export async function* jsonItems(options: JsonItemsOptions): AsyncGenerator<JsonItem> {
  const { file, chunks, jsonLines } = options;
  const scanner = new JsonScanner({ ...(jsonLines !== undefined && { jsonLines }) });
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of chunks) {
      for (const item of scanner.push(asBuffer(chunk))) yield toJsonItem(item, file, decoder);
    }
    for (const item of scanner.end()) yield toJsonItem(item, file, decoder);
  } catch (error) {
    if (!(error instanceof ScanError)) throw error;
    throw new UnreadableSourceError({ file, line: error.line }, error.message, { cause: error });
  }
}

function toJsonItem(item: ScannedItem, file: string, decoder: TextDecoder): JsonItem {
  const { index, line, bytes, standsAlone, unterminated } = item;
  if (bytes === undefined) return { index, line, unreadable: `is larger than ${MAX_ITEM_BYTES} bytes` };
  const parsed = parse(bytes, decoder);
  if ('value' in parsed) return { index, line, value: parsed.value };
  if (unterminated) throw new UnreadableSourceError({ file, line }, 'the last line is cut off');
  if (standsAlone) return { index, line, unreadable: parsed.unreadable };
  throw new UnreadableSourceError({ file, line }, `entry ${index + 1} ${parsed.unreadable}`);
}

/** The engine's own message would quote the file. */
function parse(bytes: Buffer, decoder: TextDecoder): { value: unknown } | { unreadable: string } {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    return { unreadable: 'is not valid UTF-8' };
  }
  try {
    return { value: JSON.parse(text) };
  } catch {
    return { unreadable: 'is not valid JSON' };
  }
}

function asBuffer(chunk: Uint8Array | string): Buffer {
  if (typeof chunk === 'string') return Buffer.from(chunk, 'utf8');
  return Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}
