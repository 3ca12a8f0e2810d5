import type { Token } from './tokens.ts';

/**
 * A word, or a number with its parts: `16#80C8`, `1756-L71/B`, `0,37kW`. Pieces that other signs put beside one another are
 * words of their own: one of `S7-1200,V1000` may be known.
 */
const piecePattern = (): RegExp =>
  /(?:\d{1,9},)?[\p{L}\p{N}\p{M}]+(?:[-_.#\u2011][\p{L}\p{N}\p{M}]+)*(?:\/\p{L}(?![\p{L}\p{N}]))?/gu;

/**
 * The words of a query that the index makes nothing of, as they were typed, each once; a part number is named as a whole, whichever
 * piece of it is unknown.
 * @param unknown tokens of which no reading is in the index
 */
export function missingWords(text: string, unknown: readonly Token[]): string[] {
  const named = inWholeRuns(unknown);
  if (named.length === 0) return [];
  const pieces = [...text.matchAll(piecePattern())].map(({ 0: piece, index }) => ({
    from: index,
    to: index + piece.length,
  }));
  const words = new Map<string, string>();
  for (const { start, end, isUnspaced } of named) {
    const around = pieces.filter(({ from, to }) => from < end && to > start);
    const from = Math.min(start, ...around.map((piece) => piece.from));
    const to = Math.max(end, ...around.map((piece) => piece.to));
    const whole = text.slice(from, to);
    const typed = /\d/.test(whole) && !isUnspaced ? whole : text.slice(start, end);
    const key = typed.toLowerCase();
    if (!words.has(key)) words.set(key, typed);
  }
  return [...words.values()];
}

type Named = Pick<Token, 'word' | 'start' | 'end'> & { isUnspaced: boolean };

/** The pairs of a script without spaces that overlap are one thing that was typed. */
function inWholeRuns(unknown: readonly Token[]): Named[] {
  const runs: Named[] = [];
  for (const { word, start, end, characters } of unknown) {
    const last = runs.at(-1);
    if (characters !== undefined && last?.isUnspaced === true && start < last.end) last.end = end;
    else runs.push({ word, start, end, isUnspaced: characters !== undefined });
  }
  return runs;
}
