import { UnreadableSourceError } from '../import-error.ts';
import type { ArchiveEntry } from './archive.ts';
import type { Item } from './item.ts';
import { namesOf, rowOfNames, rowRecord } from './table.ts';

/** The library that reads a workbook holds all of it, several times over. */
const MAX_UNPACKED_BYTES = 50_000_000;
/** It also makes a cell of everything between the first and the last one. */
const MAX_CELLS = 2_000_000;
const TOO_LARGE = 'is too large a workbook: save its sheets as CSV (UTF-8)';

/** @throws UnreadableSourceError when a workbook needs more memory than its import may take */
export async function assertWorkbookFits(file: string, parts: AsyncIterable<ArchiveEntry>): Promise<void> {
  let unpacked = 0;
  for await (const { name, size, open } of parts) {
    unpacked += size;
    if (unpacked > MAX_UNPACKED_BYTES) throw new UnreadableSourceError({ file }, TOO_LARGE);
    if (!/^xl\/worksheets\/.+\.xml$/.test(name)) continue;
    const extent = new SheetExtent();
    for await (const chunk of open()) extent.read(chunk);
    const { rows, columns } = extent;
    if (rows * columns > MAX_CELLS)
      throw new UnreadableSourceError(
        { file },
        `has a sheet of ${rows} rows and ${columns} columns, empty ones among them: save it as CSV (UTF-8)`,
      );
  }
}

/** How far the cells of a sheet reach, by their addresses. */
class SheetExtent {
  rows = 0;
  columns = 0;
  #rest = '';

  read(chunk: Buffer): void {
    const text = this.#rest + chunk.toString('latin1');
    for (const [, letters = '', digits] of text.matchAll(/<(?:c|row)\s[^<>]*?\br="([A-Z]{0,3})(\d{1,7})"/g)) {
      this.rows = Math.max(this.rows, Number(digits));
      const column = [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0);
      this.columns = Math.max(this.columns, column);
    }
    this.#rest = text.slice(text.lastIndexOf('<')).slice(0, 1_000);
  }
}

/** The rows of each sheet of an Excel workbook under the names of its first row. */
export async function* excelItems({ file, bytes }: { file: string; bytes: Buffer }): AsyncGenerator<Item> {
  const { default: readWorkbook } = await import('read-excel-file/node');
  const sheets = await readWorkbook(bytes).catch((cause: unknown) => {
    throw new UnreadableSourceError(
      { file },
      'is an Excel workbook that cannot be read: save it as CSV (UTF-8)',
      { cause },
    );
  });
  let index = 0;
  for (const { data } of sheets) {
    const first = rowOfNames(data);
    if (first === -1) continue;
    const names = namesOf(data[first]!);
    for (const [at, row] of data.slice(first + 1).entries()) {
      const value = rowRecord(
        names,
        row.map((cell) => (cell instanceof Date ? isoOf(cell) : cell)),
      );
      if (Object.keys(value).length > 0)
        yield { kind: 'record', index: index++, line: first + at + 2, value, as: 'Excel' };
    }
  }
}

function isoOf(date: Date): string {
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().replace('T00:00:00.000Z', '');
}
