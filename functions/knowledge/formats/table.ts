import { isTextName } from './records.ts';

/** The names of columns, each once: a second `Note` is `Note 2`, and one without a name has its number. */
export function namesOf(cells: readonly unknown[]): string[] {
  const seen = new Map<string, number>();
  return cells.map((cell, at) => {
    const given = typeof cell === 'string' ? cell.trim() : typeof cell === 'number' ? String(cell) : '';
    const name = given === '' ? `column ${at + 1}` : given;
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? name : `${name} ${times}`;
  });
}

/** A row as a record: what is in its cells, by the names of their columns. */
export function rowRecord(names: readonly string[], cells: readonly unknown[]): Record<string, unknown> {
  const filled = cells.flatMap((cell, at) =>
    cell === null || cell === undefined || cell === ''
      ? []
      : [[names[at] ?? `column ${at + 1}`, cell] as const],
  );
  return Object.fromEntries(filled);
}

/** How many rows may stand before the names of the columns: a caption, a date, an empty one. */
export const CAPTION_ROWS = 10;

/**
 * Which of the first rows has the names of the columns: the first with a name that is known for a title or a text, else the
 * first with more than one cell that is filled; -1 where there is none.
 */
export function rowOfNames(rows: readonly (readonly unknown[])[]): number {
  const first = rows.slice(0, CAPTION_ROWS);
  const known = first.findIndex((cells) =>
    cells.some((cell) => typeof cell === 'string' && isTextName(cell)),
  );
  return known === -1 ? first.findIndex((cells) => cells.filter(isFilled).length > 1) : known;
}

function isFilled(cell: unknown): boolean {
  return cell !== null && cell !== undefined && !(typeof cell === 'string' && cell.trim() === '');
}
