import { codeOfLanguage } from './declared-language.ts';
import { normalise, spelledOut } from './folding.ts';
import { CONCEPT_MARK } from './occurrences.ts';
import type { Token } from './tokens.ts';

/**
 * Inflected words of texts in other languages than English. A word keeps its own term, and its text gets one for its stem beside it.
 * Only an import has the stemmers: it asks them for the endings that they take off, and leaves these in the index, so that a query
 * finds the stem of a word, typed in whatever form, by cutting them off.
 */

export interface Language {
  /** Its tag in ISO 639-1. */
  code: string;
  functionWords: readonly string[];
  /** Takes a word in lower case, with its accents. Absent for English, whose words have stems for terms. */
  stem?: (word: string) => string;
}

/** No trade term begins so. */
const STEM_MARK = `${CONCEPT_MARK}~`;
const WORD = /^\p{L}[\p{L}\p{M}]*$/u;
/** The beginning of a longer text tells its language. */
const MAX_LANGUAGE_WORDS = 300;
/** So many function words of a language a text must have to be in it. */
const MIN_FUNCTION_WORDS = 2;
const MIN_FUNCTION_SHARE = 0.08;
const MIN_STEM_LENGTH = 2;
const MAX_ENDING_LENGTH = 7;

/** Finds the language of texts, stems their words and learns the endings. */
export class InflectionLearner {
  readonly #languages: readonly Language[];
  readonly #codes: readonly string[];
  /** The codes of the languages that texts may be declared to be in. */
  readonly #declared = new Map<string, string | undefined>();
  /** By function word, its languages, one bit each. */
  readonly #languagesOf = new Map<string, number>();
  /** The words of its texts, and their stems. */
  readonly #seen = new Map<Language, Map<string, string>>();

  /** @param languages the first of two that a text may as well be in is taken */
  constructor(languages: readonly Language[]) {
    this.#languages = languages;
    this.#codes = languages.map(({ code }) => code);
    languages.forEach(({ functionWords }, i) => {
      for (const word of functionWords)
        this.#languagesOf.set(word, (this.#languagesOf.get(word) ?? 0) | (1 << i));
    });
  }

  /**
   * The language that a text is declared to be in, where that is a known one; else the one most of whose function words it has; undefined
   * where it has too few of any.
   */
  languageOf(tokens: readonly Token[], declared?: string): Language | undefined {
    const code = declared === undefined ? undefined : this.#codeOf(declared);
    if (code !== undefined) return this.#languages.find((language) => language.code === code);
    const words = tokens.slice(0, MAX_LANGUAGE_WORDS).filter(({ raw }) => WORD.test(raw));
    const counts = this.#languages.map(() => 0);
    for (const { raw } of words) {
      const languages = this.#languagesOf.get(spelledOut(raw)) ?? 0;
      for (let i = 0; languages >>> i > 0; i++) counts[i]! += (languages >>> i) & 1;
    }
    const most = Math.max(0, ...counts);
    if (most < MIN_FUNCTION_WORDS || most < MIN_FUNCTION_SHARE * words.length) return undefined;
    return this.#languages[counts.indexOf(most)];
  }

  #codeOf(declared: string): string | undefined {
    const code = this.#declared.has(declared)
      ? this.#declared.get(declared)
      : codeOfLanguage(declared, this.#codes);
    this.#declared.set(declared, code);
    return code;
  }

  /** The term for the stem of a word of a text; undefined for a code, and where the language has no stemmer. */
  stemTerm(language: Language | undefined, { raw, term, characters }: Token): string | undefined {
    if (language?.stem === undefined || term === '' || characters !== undefined || !WORD.test(raw))
      return undefined;
    const seen = this.#seen.get(language) ?? new Map<string, string>();
    this.#seen.set(language, seen);
    const word = spelledOut(raw);
    const stem = seen.get(word) ?? normalise(language.stem(word));
    seen.set(word, stem);
    return stem.length < MIN_STEM_LENGTH ? undefined : STEM_MARK + stem;
  }

  /** All that were learnt, without accents. */
  endings(): ReadonlySet<string> {
    const learnt = new Set<string>();
    for (const [{ stem: stemOf, functionWords }, seen] of this.#seen) {
      if (stemOf === undefined) continue;
      const stem = (word: string): string => normalise(stemOf(word));
      const stems = new Map([...seen].map(([word, known]) => [normalise(word), known]));
      for (const word of functionWords) stems.set(normalise(word), stem(word));
      for (const ending of endingsIn(stems, stem)) learnt.add(ending);
    }
    return learnt;
  }
}

/**
 * The endings of a language: those of words whose stems are known, of all one or two letters those that the stemmer takes off a stem again,
 * and the two kinds together (`ing` and `en`, `atore` and `atori`).
 */
function endingsIn(stems: ReadonlyMap<string, string>, stemOf: (word: string) => string): Set<string> {
  const stemBefore = new Map<string, string>();
  for (const [word, stem] of stems) {
    const ending = word.slice(stem.length);
    const isEnding = ending !== '' && ending.length <= MAX_ENDING_LENGTH && stem.length >= MIN_STEM_LENGTH;
    if (isEnding && word.startsWith(stem)) stemBefore.set(ending, stem);
  }
  // One stem for each last letter: an ending may need the right one before it.
  const tried = new Map(
    [...stems.values()]
      .filter(({ length }) => length > MIN_STEM_LENGTH + 1)
      .map((stem) => [stem.at(-1), stem]),
  );
  const letters = [...new Set([...stems.keys()].join(''))];
  const short = letters
    .flatMap((letter) => [letter, ...letters.map((next) => letter + next)])
    .filter((ending) => [...tried.values()].some((stem) => stemOf(stem + ending) === stem));
  const endings = new Set([...stemBefore.keys(), ...short]);
  for (const [ending, stem] of stemBefore)
    for (const last of short)
      for (const longer of [ending + last, ending.slice(0, -1) + last])
        if (!endings.has(longer) && stemOf(stem + longer) === stem) endings.add(longer);
  return endings;
}

/** The terms for the stem that a word may have, the longest first; the index has one of them, or none. */
export function* stemTermsOf(word: string, endings: ReadonlySet<string>): Generator<string> {
  if (endings.size === 0 || !WORD.test(word)) return;
  yield STEM_MARK + word;
  for (let length = 1; length <= Math.min(MAX_ENDING_LENGTH, word.length - MIN_STEM_LENGTH); length++)
    if (endings.has(word.slice(-length))) yield STEM_MARK + word.slice(0, -length);
}

export function isStemTerm(term: string): boolean {
  return term.startsWith(STEM_MARK);
}
