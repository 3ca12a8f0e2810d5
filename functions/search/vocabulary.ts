import { encodeUtf8, lowerBound } from './bytes.ts';
import { stemTermsOf } from './inflections.ts';
import type { IndexData } from './snapshot.ts';

const MAX_COMPLETIONS = 8;
const MIN_COMPLETED_LENGTH = 3;
/** The least length of a part of a compound, and of the rest of it; `hopper` is no part of `chopper`. */
const MIN_PART_LENGTH = 5;
const MIN_REST_LENGTH = 4;
const LETTERS = /^\p{L}+$/u;

/** Number of a term in the index, if it is there. */
export function findTerm({ terms }: Pick<IndexData, 'terms'>, term: string): number | undefined {
  const key = encodeUtf8(term);
  const i = lowerBound(terms.size, (candidate) => terms.compare(candidate, key) < 0);
  return i < terms.size && terms.compare(i, key) === 0 ? i : undefined;
}

/** The number of the stem that a word has in the texts of another language than English, if one has it. */
export function findStem(data: Pick<IndexData, 'terms' | 'endings'>, word: string): number | undefined {
  for (const term of stemTermsOf(word, data.endings)) {
    const known = findTerm(data, term);
    if (known !== undefined) return known;
  }
  return undefined;
}

/** A part number typed in part: `1756-L7` stands for 1756-L71 and its sisters. */
export function completionsOf({ terms }: Pick<IndexData, 'terms'>, prefix: string): number[] {
  if (prefix.length < MIN_COMPLETED_LENGTH) return [];
  const first = lowerBound(terms.size, (candidate) => terms.compare(candidate, encodeUtf8(prefix)) < 0);
  const found: number[] = [];
  for (let i = first; i < terms.size && found.length < MAX_COMPLETIONS && terms.at(i).startsWith(prefix); i++)
    found.push(i);
  return found;
}

/** Terms that begin or end with a word, as compounds do: `Schutzschalter` is in `Motorschutzschalter`. */
export function partsOf({ terms }: Pick<IndexData, 'terms'>, word: string): string[] {
  if (word.length < MIN_PART_LENGTH || !LETTERS.test(word)) return [];
  const part = encodeUtf8(word);
  const first = part[0];
  const last = part.at(-1);
  const { bytes, offsets } = terms;
  const found: string[] = [];
  for (let i = 0; i < terms.size && found.length < MAX_COMPLETIONS; i++) {
    const start = offsets[i]!;
    const end = offsets[i + 1]!;
    if (end - start < part.length + MIN_REST_LENGTH) continue;
    const begins = bytes[start] === first && isAt(bytes, start, part);
    if (!begins && (bytes[end - 1] !== last || !isAt(bytes, end - part.length, part))) continue;
    const term = terms.at(i);
    if (LETTERS.test(term)) found.push(term);
  }
  return found;
}

function isAt(bytes: Uint8Array, start: number, part: Uint8Array): boolean {
  for (let i = 0; i < part.length; i++) if (bytes[start + i] !== part[i]) return false;
  return true;
}
