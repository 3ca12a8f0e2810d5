import { stem as porter2 } from 'porter2';
import { eng } from 'stopword/src/stopwords_eng.js';
import { american } from './american.ts';
import { hexadecimalOf, typeOrCodeOf, withoutZeros } from './code-forms.ts';
import { normalise } from './folding.ts';
import { withDigits } from './number-words.ts';
import { piecesOf, withShortUnit, type Piece } from './part-numbers.ts';
import { pairsOf, stretchesOf } from './unspaced.ts';

/** A word of a text, where it stands in it, and what the index knows it as. */
export interface Token extends Piece {
  /** As written. */
  raw: string;
  /** Stemmed; empty for a stopword. */
  term: string;
  /** Offsets into the text, in UTF-16 units. */
  start: number;
  end: number;
  /** The single characters in this pair that can be searched for, in a script without spaces. */
  characters?: readonly string[];
}

/** Longer runs are binary or encoded data, which nobody searches for. */
const MAX_WORD_LENGTH = 64;
/**
 * Groups of three digits are one number, `1,000` as `1000`; then a word, with the apostrophes inside it. Made by a
 * function, as the first search needs it and the first answer may be none.
 */
const wordPattern = (): RegExp =>
  /(?<!\p{N}[,.])\d{1,3}(?:[,\u00a0\u2009\u202f]\d{3}){1,4}(?!,?\p{N})\p{L}*|[\p{L}\p{N}\p{M}]+(?:['’][\p{L}\p{M}]+)*/gu;
const THOUSANDS = /[,\u00a0\u2009\u202f]/g;
const STARTS_WITH_DIGIT = /^\d/;
const WORD_BEFORE = /[\p{L}\p{N}]+$/u;
const WORD_BEHIND = /^.?([\p{L}\p{N}]+)/u;
/** Behind these a zero has its meaning: `0.05`. */
const BEFORE_DECIMALS = /[.,-]/;
const ENGLISH_LETTERS = /^[a-z]+$/;
const POSSESSIVE = /['’]s$/;
/** "won't", "it'll": function words that lists spell in too many ways to enumerate. */
const CONTRACTION = /['’](?:t|ll|re|ve|d|m)$/;

/** Function words that the library's list lacks. */
const FUNCTION_WORDS =
  'why when does did doing done not dont doesnt didnt cant wont isnt may shall im ive us s t must will having any such each both few whether however ' +
  'there upon within without during again further whose nor ' +
  'theres thats whats wheres heres whos hows lets youre theyre someone somebody something anyone anybody anything everyone everybody ' +
  'hey hi hello okay please thanks um uh';
/** The signs between the parts of one name or number. */
const HYPHENS = '-_./\u2011';
const HAS_DIGIT = /\d/;
/** Two `PF525s`. */
const PLURAL_OF_CODE = /^\p{Lu}+\d+s$/u;
/** How far around a code its other half is looked for. */
const CODE_LENGTH = 6;
/** Abbreviations are shorter: beside `PLC` an `AND` is no part of something shouted. */
const SHOUTED_LENGTH = 4;
/** A text of more words in capitals alone is shouted. */
const MAX_NAMES = 3;
/** `NO` and `DO` are terms of the trade, which need a neighbour (trade-terms.ts); `NOT` is stressed more often than it is a name. */
const NO_NAMES: ReadonlySet<string> = new Set(['no', 'do', 'not']);
const STOPWORDS: ReadonlySet<string> = new Set([...eng, ...FUNCTION_WORDS.split(' ')]);

/** The index term of a normalised word: Porter2 of the American spelling for English, anything else as it is. */
export function stem(word: string): string {
  return ENGLISH_LETTERS.test(word) ? porter2(american(word)) : word;
}

/** Cuts a text into words. Stopwords stay in the list, since they hold the places of the words around them. */
export function tokenise(text: string): Token[] {
  const tokens: Token[] = [];
  let previousEnd = 0;
  for (const match of text.matchAll(wordPattern())) {
    for (const { raw, start, isUnspaced } of stretchesOf(match[0], match.index)) {
      if (isUnspaced) tokens.push(...pairsOf({ raw, start }).map(pairToken));
      else addWord(tokens, text, { raw, start, gap: gapBefore(tokens, text, previousEnd, start) });
      previousEnd = start + raw.length;
    }
  }
  return withNames(withDigits(tokens));
}

type Written = Pick<Token, 'raw' | 'start' | 'gap'>;

function addWord(tokens: Token[], text: string, written: Written): void {
  const { start, gap } = written;
  const raw = PLURAL_OF_CODE.test(written.raw) ? written.raw.slice(0, -1) : written.raw;
  const ungrouped = STARTS_WITH_DIGIT.test(raw) ? raw.replace(THOUSANDS, '') : raw;
  const word = normalise(ungrouped).slice(0, MAX_WORD_LENGTH).replace(POSSESSIVE, '');
  const parts = codeParts(text, word, { raw, start, gap });
  if (parts !== undefined) {
    for (const [i, part] of parts.entries())
      tokens.push(tokenOf(part, { raw, start, gap: i === 0 ? gap : 'other' }, false));
    return;
  }
  const pieces = raw.length === word.length ? piecesOf(word) : undefined;
  if (pieces === undefined) {
    const isStop = word === '' || CONTRACTION.test(word);
    const form = BEFORE_DECIMALS.test(text.charAt(start - 1)) ? word : withoutZeros(word);
    tokens.push(tokenOf(withShortUnit(form.replace(/['’]/g, '')), { raw, start, gap }, isStop));
    return;
  }
  let offset = 0;
  for (const piece of pieces) {
    const rawPiece = raw.slice(offset, offset + piece.length);
    const pieceGap = offset === 0 ? gap : 'none';
    tokens.push(tokenOf(piece, { raw: rawPiece, start: start + offset, gap: pieceGap }, false));
    offset += piece.length;
  }
}

/** The two parts of a code that is written as one word; a part of an order number is no code. */
function codeParts(text: string, word: string, { raw, start, gap }: Written): [string, string] | undefined {
  if (gap === 'hyphen' || !HAS_DIGIT.test(word)) return undefined;
  const before = WORD_BEFORE.exec(
    text.slice(Math.max(0, start - 1 - CODE_LENGTH), Math.max(0, start - 1)),
  )?.[0];
  const behind = WORD_BEHIND.exec(text.slice(start + raw.length, start + raw.length + CODE_LENGTH))?.[1];
  return (
    hexadecimalOf(word) ??
    (behind === undefined ? undefined : typeOrCodeOf(word, behind.toLowerCase())) ??
    (before === undefined ? undefined : typeOrCodeOf(word, before.toLowerCase()))
  );
}

function tokenOf(word: string, { raw, start, gap }: Written, isStop: boolean): Token {
  const isStopword = isStop || STOPWORDS.has(word);
  const term = isStopword ? '' : stem(word);
  return { word, raw, start, end: start + raw.length, gap, isStopword, isFunctionWord: isStopword, term };
}

function pairToken({ word, raw, start, characters }: ReturnType<typeof pairsOf>[number]): Token {
  const end = start + raw.length;
  return {
    word,
    raw,
    start,
    end,
    gap: 'other',
    isStopword: false,
    isFunctionWord: false,
    term: word,
    characters,
  };
}

function gapBefore(tokens: readonly Token[], text: string, from: number, to: number): Piece['gap'] {
  const last = tokens.at(-1);
  if (last === undefined || last.characters !== undefined || to - from !== 1) return 'other';
  const separator = text.charAt(from);
  if (separator === ' ' || separator === '\u00a0') return 'space';
  return HYPHENS.includes(separator) ? 'hyphen' : 'other';
}

/**
 * Gives a function word in capitals a term of its own, since this trade uses such words as names: `FOR` loop, `IT` system,
 * `AND` block. Beside another word in capitals it is only a part of something shouted.
 */
function withNames(tokens: Token[]): Token[] {
  tokens.forEach((token, i) => {
    if (!token.isStopword || !isInCapitals(token.raw) || NO_NAMES.has(token.word)) return;
    const around = [i - 2, i - 1, i + 1, i + 2].map((place) => tokens[place]);
    if (around.some((near) => near !== undefined && !near.isStopword && isShouted(near.raw))) return;
    if (tokens.length > MAX_NAMES && tokens.every(({ raw }) => raw === raw.toUpperCase())) return;
    token.isStopword = false;
    token.term = token.word;
  });
  return tokens;
}

function isInCapitals(raw: string): boolean {
  return raw.length > 1 && /^\p{Lu}+$/u.test(raw);
}

function isShouted(raw: string): boolean {
  return raw.length >= SHOUTED_LENGTH && /^\p{Lu}+$/u.test(raw);
}
