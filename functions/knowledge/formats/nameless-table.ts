const MAX_TITLE = 120;
/** Sentences, as no name of a column is. */
const PROSE = /^(?:\S+\s+){4}\S/;

/**
 * The names for the columns of a table that begins with its first record; `undefined` unless one column alone has prose in every row, and one
 * alone has short words that differ in every row.
 */
export function namesInstead(rows: readonly (readonly unknown[])[]): string[] | undefined {
  const width = Math.max(0, ...rows.map((cells) => cells.length));
  if (rows.length < 2) return undefined;
  const columns = Array.from({ length: width }, (_, at) => rows.map((cells) => textOf(cells[at])));
  const texts = columns.filter((column) => column.every((text) => PROSE.test(text)));
  const titles = columns.filter((column) => !texts.includes(column) && isOfTitles(column));
  if (texts.length !== 1 || titles.length !== 1) return undefined;
  return columns.map((column, at) =>
    column === texts[0] ? 'content' : column === titles[0] ? 'title' : `column ${at + 1}`,
  );
}

function isOfTitles(column: readonly string[]): boolean {
  return (
    new Set(column).size === column.length &&
    column.every((text) => text.length <= MAX_TITLE && /\p{L}{2}.*\s.*\p{L}{2}/u.test(text))
  );
}

function textOf(cell: unknown): string {
  return typeof cell === 'string' ? cell.trim() : '';
}
