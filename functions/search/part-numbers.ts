/**
 * Order and part numbers are written in any spelling: `6ES7 214-1AG40-0XB0`, `6ES7214-1AG40-0XB0`, `1756L71`, `SM1222`.
 * Two rules make them meet. A piece written together is cut where its maker writes a gap, so that every spelling has the
 * same pieces; and neighbouring pieces are also indexed joined, so that a whole number is one rare term.
 */

/** Where known makers put the gaps that people leave out; each group is a piece. */
const GAPS: readonly RegExp[] = [
  // Siemens order numbers: 6ES7 214-1AG40-0XB0, whole or their first group.
  /^(\d[a-z]{2}\d)(\d{3})(\d[a-z]{2}\d{2})(\d[a-z]{2}\d)$/,
  /^(\d[a-z]{2}\d)(\d{3})(\d[a-z]{2}\d{2})$/,
  /^(\d[a-z]{2}\d)(\d{3})$/,
  /^(\d[a-z]{2}\d{2})(\d[a-z]{2}\d)$/,
  // Allen-Bradley catalogue numbers: 1756-L71, 1769-IQ16, 5069-L306ER.
  /^(\d{4})([a-z]{1,4}\d{1,4}[a-z]{0,4})$/,
  // A family's letters before its number: SM 1222, CPU 1214C, S7-1200.
  /^([a-z]{2,4})(\d{3,5}[a-z]{0,2})$/,
  /^([a-z][1-9])(\d{3,4}[a-z]{0,2})$/,
];

/** Units that belong to the number before them, as in `24 V DC` for `24VDC`, and how they are abbreviated. */
const UNITS: ReadonlyMap<string, string> = new Map([
  ...'v vdc vac mv kv a ma w kw kva hz khz mhz ms mm nm rpm kb mb ohm'
    .split(' ')
    .map((unit): [string, string] => [unit, unit]),
  ...['volt', 'volts'].map((word): [string, string] => [word, 'v']),
  ...['amp', 'amps', 'ampere', 'amperes'].map((word): [string, string] => [word, 'a']),
  ...['milliamp', 'milliamps'].map((word): [string, string] => [word, 'ma']),
  ...['watt', 'watts'].map((word): [string, string] => [word, 'w']),
  ...['kilowatt', 'kilowatts'].map((word): [string, string] => [word, 'kw']),
  ['hertz', 'hz'],
  ['ohms', 'ohm'],
]);

const HAS_DIGIT = /\d/;
const HAS_LETTER = /\p{L}/u;
const NUMBER_AND_UNIT = /^(\d+)(\p{L}+)$/u;
const MAX_PIECES = 5;
const MAX_JOINED_LENGTH = 32;
const MAX_FAMILY_LETTERS = 4;

/** The pieces of one word of a part number, or nothing when there is no gap to open. */
export function piecesOf(word: string): string[] | undefined {
  if (word.length < 5 || word.length > 16 || !HAS_DIGIT.test(word)) return undefined;
  for (const gap of GAPS) {
    const match = gap.exec(word);
    if (match !== null) return match.slice(1);
  }
  return undefined;
}

/** `24v` for `24volts`; any other word as it is. */
export function withShortUnit(word: string): string {
  const [, number, unit] = NUMBER_AND_UNIT.exec(word) ?? [];
  const short = unit === undefined ? undefined : UNITS.get(unit);
  return number === undefined || short === undefined ? word : number + short;
}

/** `volts`, `mA`; a single letter is a word as often. */
export function isUnit(word: string): boolean {
  return word.length > 1 && UNITS.has(word);
}

/** True for a word that is (a piece of) a part number rather than a word of a language. */
export function isCode(word: string): boolean {
  return HAS_DIGIT.test(word);
}

/** `480v`: no part number, though it has letters and digits. */
export function isQuantity(word: string): boolean {
  return UNITS.has(NUMBER_AND_UNIT.exec(word)?.[2] ?? '');
}

export interface Piece {
  word: string;
  /** The sign between the piece before and this one. */
  gap: 'none' | 'space' | 'hyphen' | 'other';
  isStopword: boolean;
  /** A stopword, or one that its capitals make a name. */
  isFunctionWord: boolean;
}

/**
 * The joined spellings that start at `pieces[start]`: with the next piece, and, where a run of three or more starts, of the
 * whole run. `6ES7 214-1AG40` gives `6es7214` and `6es72141ag40`. Only runs that mix letters and digits are joined, for a
 * joined `4-20` would pass for the number 420.
 */
export function joinedFrom(pieces: readonly Piece[], start: number): { joined: string; count: number }[] {
  const end = runEnd(pieces, start);
  const counts = end - start > 2 && startsRun(pieces, start) ? [2, end - start] : end - start > 1 ? [2] : [];
  return counts
    .map((count) => ({
      joined: pieces
        .slice(start, start + count)
        .map(({ word }, i, run) => (i > 0 && isCode(run[i - 1]!.word) ? (UNITS.get(word) ?? word) : word))
        .join(''),
      count,
    }))
    .filter(
      ({ joined, count }) =>
        joined.length <= MAX_JOINED_LENGTH &&
        ((HAS_DIGIT.test(joined) && HAS_LETTER.test(joined)) || isHyphenated(pieces, start, count)),
    );
}

/** Two function words with a hyphen between them are a name: `AS-i`. */
function isHyphenated(pieces: readonly Piece[], start: number, count: number): boolean {
  return count === 2 && pieces[start + 1]?.gap === 'hyphen' && !isCode(pieces[start]!.word);
}

/** Where the run of pieces from `start` on ends. */
function runEnd(pieces: readonly Piece[], start: number): number {
  let end = start + 1;
  while (end < Math.min(pieces.length, start + MAX_PIECES) && belongsTogether(pieces[end - 1]!, pieces[end]!))
    end++;
  return end;
}

/** The letters in "CPU 6ES7 214" are a word before the number, so that the number itself starts behind them. */
function startsRun(pieces: readonly Piece[], start: number): boolean {
  const before = pieces[start - 1];
  const first = pieces[start];
  if (before === undefined || first === undefined || !isCode(first.word)) return before === undefined;
  return !belongsTogether(before, first) || (!isCode(before.word) && first.gap === 'space');
}

function belongsTogether(left: Piece, right: Piece): boolean {
  if (right.gap === 'other') return false;
  if (right.gap === 'hyphen' && left.isFunctionWord && right.isFunctionWord) return true;
  const leftIsCode = isCode(left.word);
  const rightIsCode = isCode(right.word);
  if (right.gap === 'hyphen' || right.gap === 'none') return leftIsCode || rightIsCode;
  if (leftIsCode && rightIsCode) return true;
  if (leftIsCode) return UNITS.has(right.word);
  return rightIsCode && left.word.length <= MAX_FAMILY_LETTERS && !left.isStopword;
}
