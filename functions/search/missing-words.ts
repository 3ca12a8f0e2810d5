import { isEverydayEnglish } from './languages.ts';
import type { Token } from './tokens.ts';

const AT_ENDS = /^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu;

/**
 * The words of a query that the index makes nothing of, as they were typed, each once. An everyday word that no document
 * happens to use says nothing about them; a part number is named as a whole, whichever piece of it is unknown.
 * @param unknown tokens of which no reading is in the index
 */
export function missingWords(text: string, unknown: readonly Token[]): string[] {
  const words = new Map<string, string>();
  for (const token of unknown) {
    if (isEverydayEnglish(token.word)) continue;
    const piece = pieceAround(text, token);
    const typed = /\d/.test(piece) ? piece : text.slice(token.start, token.end);
    const key = typed.toLowerCase();
    if (!words.has(key)) words.set(key, typed);
  }
  return [...words.values()];
}

/** What stands between two spaces, without the punctuation at its ends. */
function pieceAround(text: string, { start, end }: Token): string {
  const before = /\S*$/.exec(text.slice(0, start))?.[0] ?? '';
  const behind = /^\S*/.exec(text.slice(end))?.[0] ?? '';
  return (before + text.slice(start, end) + behind).replace(AT_ENDS, '');
}
