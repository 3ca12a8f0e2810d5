import { encodeUtf8, lowerBound } from './bytes.ts';
import type { IndexData } from './snapshot.ts';

const MAX_COMPLETIONS = 8;
const MIN_COMPLETED_LENGTH = 3;

/** Number of a term in the index, if it is there. */
export function findTerm({ terms }: Pick<IndexData, 'terms'>, term: string): number | undefined {
  const key = encodeUtf8(term);
  const i = lowerBound(terms.size, (candidate) => terms.compare(candidate, key) < 0);
  return i < terms.size && terms.compare(i, key) === 0 ? i : undefined;
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
