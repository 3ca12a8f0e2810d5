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
