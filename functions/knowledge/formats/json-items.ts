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
import { defaultsIn, inheriting } from './envelope.ts';
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
  const waiting = new Waiting();
  try {
    for await (const chunk of chunks) {
      for (const item of scanner.push(asBuffer(chunk))) waiting.add(itemsOf(item, file), item);
      if (scanner.envelope === undefined || waiting.isFull) yield* waiting.released(scanner.envelope);
    }
    for (const item of scanner.end()) waiting.add(itemsOf(item, file), item);
    yield* waiting.rest(scanner.envelope);
  } catch (error) {
    if (!(error instanceof ScanError)) throw error;
    throw new UnreadableSourceError({ file, line: error.line }, error.message, { cause: error });
  }
}

/** Records wait for what the object around their list says behind it, as long as they are few. */
class Waiting {
  #items: Item[] = [];
  #bytes = 0;
  #defaults: Record<string, unknown> | undefined;

  get isFull(): boolean {
    return this.#bytes > MAX_ITEM_BYTES;
  }

  add(items: Iterable<Item>, { bytes }: ScannedItem): void {
    // A document may hold more records than a call takes arguments.
    for (const item of items) this.#items.push(item);
    this.#bytes += bytes?.length ?? 0;
  }

  /** The records that follow all have the same fields from around them. One of them stays, to report fields that come too late. */
  *released(envelope: unknown): Generator<Item> {
    if (envelope !== undefined) this.#defaults ??= defaultsIn(envelope);
    const defaults = this.#defaults ?? {};
    this.#bytes = 0;
    const upTo = envelope === undefined ? this.#items.length : this.#items.length - 1;
    for (const item of this.#items.splice(0, Math.max(0, upTo))) yield heir(item, defaults);
  }

  *rest(envelope: unknown): Generator<Item> {
    const all = defaultsIn(envelope);
    const defaults = this.#defaults ?? all;
    const late = Object.keys(all).filter((name) => !(name in defaults));
    for (const item of this.#items.splice(0)) yield heir(late.length > 0 ? told(item, late) : item, defaults);
  }
}

function heir(item: Item, defaults: Record<string, unknown>): Item {
  if (item.kind === 'unreadable') return item;
  const { record, inherited } = inheriting(item.value, defaults);
  return inherited.length === 0 ? item : { ...item, value: record, inherited };
}

function told(item: Item, late: readonly string[]): Item {
  if (item.kind === 'unreadable') return item;
  const note = `is in a list too long for what stands behind it (${late.join(', ')}): put that before the list`;
  return { ...item, notes: [...(item.notes ?? []), note] };
}

/** A value that is a document holds several records, or is one. */
function* itemsOf(scanned: ScannedItem, file: string): Generator<Item> {
  const item = toItem(scanned, file);
  if (item.kind === 'unreadable') {
    yield item;
    return;
  }
  const found = scanned.isDocument ? recordsIn(item.value) : recordsOfEntry(item.value);
  for (const [at, { record, as, inherited = [] }] of found.entries()) {
    const own = { ...item, index: item.index + at, value: record, as: as ?? item.as };
    yield inherited.length === 0 ? own : { ...own, inherited };
  }
}

function toItem(scanned: ScannedItem, file: string): Item {
  const { index, line, bytes, standsAlone, isDocument, unterminated } = scanned;
  if (bytes === undefined) {
    const limit = index === 0 && isDocument ? MAX_DOCUMENT_BYTES : MAX_ITEM_BYTES;
    return { kind: 'unreadable', index, line, why: `is larger than ${limit} bytes: split it into several` };
  }
  const decoded = decodeText(bytes);
  let why = 'is not valid UTF-8: save it as UTF-8';
  if (decoded !== undefined) {
    try {
      const { value, isMended } = parseJson(decoded.text);
      const notes = [...(isMended ? [MENDED] : []), ...(decoded.isWindows ? [WINDOWS_1252] : [])];
      return { kind: 'record', index, line, value, as: 'JSON', ...(notes.length > 0 && { notes }) };
    } catch {
      why = notJson(decoded.text);
    }
  }
  if (unterminated) throw new UnreadableSourceError({ file, line }, 'the last line is cut off');
  if (standsAlone) return { kind: 'unreadable', index, line, why };
  throw new UnreadableSourceError({ file, line }, `entry ${index + 1} ${why}`);
}

function asBuffer(chunk: Uint8Array | string): Buffer {
  if (typeof chunk === 'string') return Buffer.from(chunk, 'utf8');
  return Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}
