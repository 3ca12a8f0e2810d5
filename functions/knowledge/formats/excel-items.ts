import { UnreadableSourceError } from '../import-error.ts';
import type { Item } from './item.ts';
import { namesOf, rowRecord } from './table.ts';

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
    // A caption above the table is one cell.
    const first = data.findIndex((row) => row.filter((cell) => cell !== null).length > 1);
    if (first === -1) continue;
    const names = namesOf(data[first]!);
    for (const [at, row] of data.slice(first + 1).entries()) {
      const value = rowRecord(
        names,
        row.map((cell) => (cell instanceof Date ? isoOf(cell) : cell)),
      );
      if (Object.keys(value).length > 0) yield { index: index++, line: first + at + 2, value, as: 'Excel' };
    }
  }
}

function isoOf(date: Date): string {
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().replace('T00:00:00.000Z', '');
}
