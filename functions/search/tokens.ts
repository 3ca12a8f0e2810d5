import { stem as porter2 } from 'porter2';
import { eng } from 'stopword/src/stopwords_eng.js';
import { piecesOf, withShortUnit, type Piece } from './part-numbers.ts';

/** A word of a text, where it stands in it, and what the index knows it as. */
export interface Token extends Piece {
  /** As written. */
  raw: string;
  /** Stemmed; empty for a stopword. */
  term: string;
  /** Offsets into the text, in UTF-16 units. */
  start: number;
  end: number;
}

/** Longer runs are binary or encoded data, which nobody searches for. */
const MAX_WORD_LENGTH = 64;
/** Groups of three digits are one number, `1,000` as `1000`; then a word, with the apostrophes inside it. */
const WORD =
  /(?<!\p{N}[,.])\d{1,3}(?:[,\u00a0\u2009\u202f]\d{3}){1,4}(?!,?\p{N})\p{L}*|[\p{L}\p{N}\p{M}]+(?:['’][\p{L}\p{M}]+)*/gu;
const THOUSANDS = /[,\u00a0\u2009\u202f]/g;
const STARTS_WITH_DIGIT = /^\d/;
const ASCII_ONLY = /^[\x20-\x7e]*$/;
const ENGLISH_LETTERS = /^[a-z]+$/;
const POSSESSIVE = /['’]s$/;
/** "won't", "it'll": function words that lists spell in too many ways to enumerate. */
const CONTRACTION = /['’](?:t|ll|re|ve|d|m)$/;

/** Function words that the library's list lacks. */
const FUNCTION_WORDS =
  'why when does did doing done not dont doesnt didnt cant wont isnt may shall im ive us s t must will having any such each both few whether however ' +
  'there upon within without during again further whose nor';
const STOPWORDS: ReadonlySet<string> = new Set([...eng, ...FUNCTION_WORDS.split(' ')]);

/** The index term of a normalised word: Porter2 for English, anything else as it is. */
export function stem(word: string): string {
  return ENGLISH_LETTERS.test(word) ? porter2(word) : word;
}

/** Lower case, compatibility forms resolved, accents dropped. */
export function normalise(raw: string): string {
  if (ASCII_ONLY.test(raw)) return raw.toLowerCase();
  return raw.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

/** Cuts a text into words. Stopwords stay in the list, since they hold the places of the words around them. */
export function tokenise(text: string): Token[] {
  const tokens: Token[] = [];
  let previousEnd = 0;
  for (const match of text.matchAll(WORD)) {
    const raw = match[0];
    const start = match.index;
    const gap = tokens.length === 0 ? 'other' : gapBetween(text, previousEnd, start);
    previousEnd = start + raw.length;
    addWord(tokens, { raw, start, gap });
  }
  return tokens;
}

type Written = Pick<Token, 'raw' | 'start' | 'gap'>;

function addWord(tokens: Token[], { raw, start, gap }: Written): void {
  const ungrouped = STARTS_WITH_DIGIT.test(raw) ? raw.replace(THOUSANDS, '') : raw;
  const word = normalise(ungrouped).slice(0, MAX_WORD_LENGTH).replace(POSSESSIVE, '');
  const pieces = raw.length === word.length ? piecesOf(word) : undefined;
  if (pieces === undefined) {
    const isStop = word === '' || CONTRACTION.test(word);
    tokens.push(tokenOf(withShortUnit(word.replace(/['’]/g, '')), { raw, start, gap }, isStop));
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

function tokenOf(word: string, { raw, start, gap }: Written, isStop: boolean): Token {
  const isStopword = isStop || STOPWORDS.has(word);
  return { word, raw, start, end: start + raw.length, gap, isStopword, term: isStopword ? '' : stem(word) };
}

function gapBetween(text: string, from: number, to: number): Piece['gap'] {
  if (to - from !== 1) return 'other';
  const separator = text[from];
  if (separator === ' ' || separator === '\u00a0') return 'space';
  return separator === '-' ||
    separator === '_' ||
    separator === '.' ||
    separator === '/' ||
    separator === '\u2011'
    ? 'hyphen'
    : 'other';
}
