import { normalise } from './folding.ts';

/**
 * Chinese, Japanese, Thai and their like put no space between words, and Korean puts endings to them. Their runs are cut into
 * overlapping pairs of characters, which need no dictionary and rank nearly as well as words.
 */
const UNSPACED =
  '\\p{scx=Han}\\p{scx=Hiragana}\\p{scx=Katakana}\\p{sc=Hangul}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmer}\\p{sc=Myanmar}';
/** Thai is the first of them; whatever lies before it needs no closer look. */
const MAY_BE_UNSPACED = /[\u0e00-\uffff]/;
const CHARACTER = /\P{M}\p{M}*/gu;

export interface Stretch {
  raw: string;
  start: number;
  isUnspaced: boolean;
}

/** Two neighbouring characters, or the only one of a run. */
export interface Pair {
  word: string;
  raw: string;
  start: number;
  /** The characters that no other pair names, so that one alone can be searched for. */
  characters: string[];
}

/** Sets of so many characters take long to make, and most bots never meet one of them. */
let patterns: { hasUnspaced: RegExp; stretch: RegExp } | undefined;

function unspacedPatterns(): { hasUnspaced: RegExp; stretch: RegExp } {
  patterns ??= {
    hasUnspaced: new RegExp(`[${UNSPACED}]`, 'u'),
    // A stretch of such a script, or of anything else; a mark belongs to the letter before it.
    stretch: new RegExp(`(?:[${UNSPACED}]\\p{M}*)+|(?:(?![${UNSPACED}])[^])+`, 'gu'),
  };
  return patterns;
}

/** Cuts a word where it changes between scripts with and without spaces: `24V控制电压`. */
export function stretchesOf(raw: string, start: number): Stretch[] {
  if (!MAY_BE_UNSPACED.test(raw)) return [{ raw, start, isUnspaced: false }];
  const { hasUnspaced, stretch } = unspacedPatterns();
  return [...raw.matchAll(stretch)].map((match) => ({
    raw: match[0],
    start: start + match.index,
    isUnspaced: hasUnspaced.test(match[0]),
  }));
}

export function pairsOf({ raw, start }: Pick<Stretch, 'raw' | 'start'>): Pair[] {
  const characters = [...raw.matchAll(CHARACTER)].map((match) => ({
    raw: match[0],
    start: start + match.index,
    word: normalise(match[0]),
  }));
  const [only] = characters;
  if (characters.length === 1 && only !== undefined) return [{ ...only, characters: [] }];
  return characters.slice(1).map((second, i) => {
    const first = characters[i]!;
    const isLast = i === characters.length - 2;
    return {
      word: first.word + second.word,
      raw: first.raw + second.raw,
      start: first.start,
      characters: isLast ? [first.word, second.word] : [first.word],
    };
  });
}
