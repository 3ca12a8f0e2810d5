import { isUnit, type Piece } from './part-numbers.ts';

/** Quantities as they are dictated: `twenty four volts`, `four to twenty milliamps`. Before a unit alone: `two wire` is no quantity. */
const ONES =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen';
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety';
const HUNDRED = 'hundred';

const VALUES: ReadonlyMap<string, number> = new Map([
  ...ONES.split(' ').map((word, i): [string, number] => [word, i]),
  ...TENS.split(' ').map((word, i): [string, number] => [word, 10 * (i + 2)]),
]);

interface Word extends Piece {
  term: string;
  end: number;
}

/** The tokens with each dictated number before a unit as one in digits. */
export function withDigits<T extends Word>(tokens: T[]): T[] {
  if (!tokens.some(({ word }) => VALUES.has(word))) return tokens;
  const read: T[] = [];
  // From the end: a unit tells that the number before it is one, and that number tells it of `four to`.
  let isQuantity = false;
  for (let end = tokens.length; end > 0;) {
    const start = startOfNumber(tokens, end);
    const last = tokens[end - 1]!;
    if (isQuantity && start < end) {
      read.push(inDigits(tokens.slice(start, end)));
      end = start;
      isQuantity = tokens[end - 1]?.word === 'to';
    } else {
      read.push(last);
      isQuantity = isUnit(last.word) || (isQuantity && last.word === 'to');
      end--;
    }
  }
  return read.reverse();
}

/** Where the run of number words that ends before `end` begins. */
function startOfNumber(tokens: readonly Word[], end: number): number {
  let start = end;
  while (start > 0 && (VALUES.has(tokens[start - 1]!.word) || tokens[start - 1]!.word === HUNDRED)) start--;
  return start;
}

function inDigits<T extends Word>(words: readonly T[]): T {
  const value = words.reduce(
    (sum, { word }) => (word === HUNDRED ? Math.max(1, sum) * 100 : sum + (VALUES.get(word) ?? 0)),
    0,
  );
  const digits = String(value);
  const { end } = words.at(-1)!;
  return { ...words[0]!, word: digits, term: digits, end, isStopword: false, isFunctionWord: false };
}
