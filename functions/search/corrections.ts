/** Part of a query that is better spelled otherwise; offsets into its text. */
export interface Correction {
  start: number;
  end: number;
  spelling: string;
}

/** The query to offer instead; undefined when there is nothing to correct. */
export function corrected(
  text: string,
  corrections: readonly Correction[],
  { dropQuotes }: { dropQuotes: boolean },
): string | undefined {
  if (corrections.length === 0 && !dropQuotes) return undefined;
  let offered = '';
  let done = 0;
  for (const { start, end, spelling } of [...corrections].sort((a, b) => a.start - b.start)) {
    offered += text.slice(done, start) + spelling;
    done = end;
  }
  offered += text.slice(done);
  if (dropQuotes) offered = offered.replaceAll('"', ' ');
  return offered.replace(/\s+/gu, ' ').trim();
}
