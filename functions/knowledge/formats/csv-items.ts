import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { parse as parseAtOnce } from 'csv-parse/sync';
import { isFieldName } from '../field-names.ts';
import { UnreadableSourceError } from '../import-error.ts';
import { decodeText, WINDOWS_1252 } from './encoding.ts';
import type { Item } from './item.ts';
import { namesInstead } from './nameless-table.ts';
import { isTextName } from './records.ts';
import { CAPTION_ROWS, namesOf, rowOfNames, rowRecord } from './table.ts';

/** A row is an atom at most, with whatever stands around it. */
const MAX_ROW_BYTES = 4_000_000;

const DELIMITERS: Readonly<Record<string, string>> = {
  ',': 'CSV with commas',
  ';': 'CSV with semicolons',
  '\t': 'CSV with tabs',
  '|': 'CSV with bars',
};

/** How many lines may stand before the table: its caption, and an empty one. */
const CAPTION_LINES = 5;

/**
 * The sign that separates the columns: the one that the first line which has any has most of, outside of quotes;
 * `undefined` when that is no table.
 */
export function delimiterOf(head: Buffer): { delimiter: string; isDeclared: boolean } | undefined {
  const text = head.toString('latin1');
  // Excel writes this line for itself.
  const declared = /^"?sep=(.)"?\r?\n/.exec(text)?.[1];
  if (declared !== undefined) return { delimiter: declared, isDeclared: true };
  const line = text
    .trimStart()
    .replace(/"(?:[^"]|"")*"/g, '""')
    .split(/\r\n|\r|\n/, CAPTION_LINES)
    .find((each) => Object.keys(DELIMITERS).some((sign) => each.includes(sign)));
  if (line === undefined) return undefined;
  const counts = Object.keys(DELIMITERS).map((each) => ({
    delimiter: each,
    // In a sentence a comma is followed by a space.
    count: line.split(each).length - 1 - (line.split(`${each} `).length - 1) / 2,
  }));
  const most = counts.reduce((a, b) => (b.count > a.count ? b : a));
  return { delimiter: most.delimiter, isDeclared: false };
}

/**
 * The rows of a table under the names of its first row, one at a time.
 * @throws UnreadableSourceError when a quote is never closed, or a row has no end
 */
export async function* csvItems(options: {
  file: string;
  chunks: AsyncIterable<Buffer>;
  head: Buffer;
}): AsyncGenerator<Item> {
  const { file, chunks, head } = options;
  const found = delimiterOf(head);
  const { delimiter, isDeclared } = found ?? { delimiter: ',', isDeclared: false };
  const source = Readable.from(chunks);
  const parser = parse({
    delimiter,
    // One character a byte, so that the encoding is judged row by row.
    encoding: 'latin1',
    fromLine: isDeclared ? 2 : 1,
    info: true,
    relaxColumnCount: true,
    relaxQuotes: true,
    skipEmptyLines: true,
    maxRecordSize: MAX_ROW_BYTES,
  });
  source.on('error', (error) => parser.destroy(error));
  source.pipe(parser);
  const table = new Table(file, delimiter);
  let lastLine = 0;
  try {
    for await (const row of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      yield* table.itemsOf({ line: lastLine + 1, cells: decoded(table.unwrapped(row.record)) });
      lastLine = row.info.lines;
    }
    yield* table.rest();
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new UnreadableSourceError({ file, line: lastLine + 1 }, reasonOf(error), { cause: error });
  } finally {
    source.destroy();
  }
}

const MAX_SHOWN_CELLS = 10;
const MAX_SHOWN_CHARACTERS = 40;
const NAMED =
  'is of a table without a row of names: its column of sentences is the text, the short one the title';

function nameless(first: readonly string[]): string {
  const shown = first.slice(0, MAX_SHOWN_CELLS).map((cell) => cell.slice(0, MAX_SHOWN_CHARACTERS));
  return `names no field that is known here (${shown.join(', ')}): put a row of names first, such as \`title,content\``;
}

interface Row {
  line: number;
  /** `undefined` where they are not UTF-8. */
  cells: { values: string[]; isWindows: boolean } | undefined;
}

/** The rows of a table, the first ones held until the names of the columns are found among them. */
class Table {
  readonly #file: string;
  #delimiter: string;
  #held: Row[] | undefined = [];
  #names: string[] = [];
  #index = 0;

  constructor(file: string, delimiter: string) {
    this.#file = file;
    this.#delimiter = delimiter;
  }

  /** The cells of a row that was quoted as a whole, as happens to who saves a table twice. */
  unwrapped(cells: string[]): string[] {
    const [only = ''] = cells;
    if (cells.length !== 1) return cells;
    const delimiter =
      this.#names.length > 1 ? this.#delimiter : delimiterOf(Buffer.from(only, 'latin1'))?.delimiter;
    if (delimiter === undefined || !only.includes(delimiter)) return cells;
    const inside = parseAtOnce(only, { delimiter, relaxQuotes: true, relaxColumnCount: true })[0] ?? cells;
    if (this.#names.length > 1) return inside.length === this.#names.length ? inside : cells;
    if (this.#held?.length !== 0 || !inside.some(isTextName)) return cells;
    this.#delimiter = delimiter;
    return inside;
  }

  *itemsOf(row: Row): Generator<Item> {
    if (this.#held === undefined) yield this.#itemOf(row);
    else {
      this.#held.push(row);
      const isNames = row.cells?.values.some(isTextName) === true;
      if (isNames || this.#held.length >= CAPTION_ROWS) yield* this.rest();
    }
  }

  /** The rows that were held, once there is nothing more to wait for. */
  *rest(): Generator<Item> {
    const held = this.#held ?? [];
    this.#held = undefined;
    const rows = held.map(({ cells }) => cells?.values ?? []);
    const at = rowOfNames(rows);
    const { line, cells } = held[Math.max(0, at)] ?? {};
    if (line !== undefined && cells?.values.some(isFieldName) === false) {
      const names = namesInstead(rows);
      if (names === undefined)
        throw new UnreadableSourceError({ file: this.#file, line }, nameless(cells.values));
      this.#names = names;
      for (const row of held) yield this.#itemOf(row, [NAMED]);
      return;
    }
    if (line !== undefined && cells === undefined)
      throw new UnreadableSourceError({ file: this.#file, line }, 'the row of names is not valid UTF-8');
    this.#names = namesOf(cells?.values ?? []);
    for (const row of held.slice(Math.max(0, at) + 1)) yield this.#itemOf(row);
  }

  #itemOf({ line, cells }: Row, named: readonly string[] = []): Item {
    const at = { index: this.#index++, line };
    if (cells === undefined)
      return { ...at, kind: 'unreadable', why: 'is not valid UTF-8: save the table as UTF-8' };
    const value = rowRecord(this.#names, cells.values);
    const notes = [...named, ...(cells.isWindows ? [WINDOWS_1252] : [])];
    const as = DELIMITERS[this.#delimiter] ?? `CSV with ${this.#delimiter}`;
    return { ...at, kind: 'record', value, as, ...(notes.length > 0 && { notes }) };
  }
}

function decoded(cells: readonly string[]): { values: string[]; isWindows: boolean } | undefined {
  const bytes = cells.map((cell) => Buffer.from(cell, 'latin1'));
  const row = decodeText(Buffer.concat(bytes));
  if (row === undefined) return undefined;
  return {
    values: bytes.map((cell) => decodeText(cell)?.text ?? ''),
    isWindows: row.isWindows,
  };
}

function reasonOf({ code }: CsvError): string {
  if (code === 'CSV_MAX_RECORD_SIZE')
    return `a row is larger than ${MAX_ROW_BYTES} bytes: a quotation mark may be missing before it`;
  if (code === 'CSV_QUOTE_NOT_CLOSED') return 'from here on a quotation mark opens that nothing closes';
  return 'is not a table that can be read';
}
