import { UnreadableSourceError } from '../import-error.ts';
import { decodeText, WINDOWS_1252 } from './encoding.ts';
import type { Item } from './item.ts';
import {
  JsonScanner,
  MAX_DOCUMENT_BYTES,
  MAX_ITEM_BYTES,
  type ScannedItem,
  ScanError,
} from './json-scanner.ts';
import { MENDED, notJson, parseJson } from './json-text.ts';
import { recordsIn, recordsOfEntry } from './records.ts';

export interface JsonItemsOptions {
  /** As messages name it. */
  file: string;
  chunks: AsyncIterable<Uint8Array | string>;
  /** One value per line; otherwise found out from the first line. */
  jsonLines?: boolean;
}

/**
 * The values of a JSON file, however large it is: see {@link JsonScanner}.
 * @throws UnreadableSourceError when the file is not JSON as a whole, so that nobody can tell what it holds
 */
export async function* jsonItems(options: JsonItemsOptions): AsyncGenerator<Item> {
  const { file, chunks, jsonLines } = options;
  const scanner = new JsonScanner({ ...(jsonLines !== undefined && { jsonLines }) });
  try {
    for await (const chunk of chunks) {
      for (const item of scanner.push(asBuffer(chunk))) yield* itemsOf(item, file);
    }
    for (const item of scanner.end()) yield* itemsOf(item, file);
  } catch (error) {
    if (!(error instanceof ScanError)) throw error;
    throw new UnreadableSourceError({ file, line: error.line }, error.message, { cause: error });
  }
}

/** A value that is a document holds several records, or is one. */
function* itemsOf(scanned: ScannedItem, file: string): Generator<Item> {
  const item = toItem(scanned, file);
  if ('unreadable' in item) {
    yield item;
    return;
  }
  const found = scanned.isDocument ? recordsIn(item.value) : recordsOfEntry(item.value);
  for (const [at, { record, as }] of found.entries()) {
    yield { ...item, index: item.index + at, value: record, as: as ?? item.as };
  }
}

function toItem(scanned: ScannedItem, file: string): Item {
  const { index, line, bytes, standsAlone, isDocument, unterminated } = scanned;
  if (bytes === undefined) {
    const limit = index === 0 && isDocument ? MAX_DOCUMENT_BYTES : MAX_ITEM_BYTES;
    return { index, line, unreadable: `is larger than ${limit} bytes: split it into several` };
  }
  const decoded = decodeText(bytes);
  let unreadable = 'is not valid UTF-8: save it as UTF-8';
  if (decoded !== undefined) {
    try {
      const { value, isMended } = parseJson(decoded.text);
      const notes = [...(isMended ? [MENDED] : []), ...(decoded.isWindows ? [WINDOWS_1252] : [])];
      return { index, line, value, as: 'JSON', ...(notes.length > 0 && { notes }) };
    } catch {
      unreadable = notJson(decoded.text);
    }
  }
  if (unterminated) throw new UnreadableSourceError({ file, line }, 'the last line is cut off');
  if (standsAlone) return { index, line, unreadable };
  throw new UnreadableSourceError({ file, line }, `entry ${index + 1} ${unreadable}`);
}

function asBuffer(chunk: Uint8Array | string): Buffer {
  if (typeof chunk === 'string') return Buffer.from(chunk, 'utf8');
  return Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}
