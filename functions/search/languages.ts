import { spache } from 'spache';
import { deu } from 'stopword/src/stopwords_deu.js';
import { normalise } from './folding.ts';
import type { Token } from './tokens.ts';

/**
 * Which language a word is of, as far as a search needs it: a knowledge base knows few words, so that a right word it lacks
 * looks like a slip of one it has. `thank` is no `tank`, and the German `nicht` no `night`.
 */

/** On the library's list, but words of the trade: tags, Allen keys, telephones. */
const NO_FUNCTION_WORDS = new Set(['allen', 'tag', 'tage', 'tagen', 'tel']);
/** English words too, and so no sign of German. */
const NO_SIGN_OF_GERMAN = new Set(
  `also art bald bin dank den die elf fast gab gar gut hast hat her hin ins lang los mag man met nun rund sage sein
  seine statt war wart was weg wen will worden`.split(/\s+/),
);
/** Shorter ones are abbreviations as often as words: `IM 155`, `DA`. */
const MIN_SIGN_LENGTH = 3;

/** Everyday words that the library's list lacks: they ask for nothing. */
const MORE_FUNCTION_WORDS =
  `obwohl lässt lassen ständig dauernd immer plötzlich einfach trotzdem sobald bitte geht gehen
  macht machen kommt kommen weg kaputt los etwas irgendwie jedes jedesmal gerade schon zeigt zeigen meldet kriege bekomme bekommt liegt stark
  funktioniert funktionieren funktionierte klappt tut spinnt streikt`.split(/\s+/);

const LETTERS_FOR: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue', ß: 'ss' };
const ABBREVIATION = /^\p{Lu}{2,4}$/u;
const ENDING = /(?:e?s|e?d|ing|er|ly)$/;

// Built when they are first needed: a cold start that answers a press of a button needs neither.
let englishWords: ReadonlySet<string> | undefined;
let germanWords: ReadonlySet<string> | undefined;

/** A word of everyday English, which is no slip of another one. */
export function isEverydayEnglish(word: string): boolean {
  englishWords ??= new Set(spache);
  return englishWords.has(word) || englishWords.has(word.replace(ENDING, ''));
}

/**
 * Tells the everyday words of a text from its abbreviations, which have capitals in the middle of small letters: `CAN bus` is no tin, and
 * `UPS` nothing that goes up.
 */
export function everydayWordsIn(tokens: readonly Pick<Token, 'raw'>[]): (token: Token) => boolean {
  const isShouted = tokens.length > 1 && tokens.every(({ raw }) => raw === raw.toUpperCase());
  return ({ word, raw }) => isEverydayEnglish(word) && (isShouted || !ABBREVIATION.test(raw));
}

/** `nicht`, `für`, `fuer`; not `OB` and `IM`, which are modules and blocks when they are in capitals. */
export function isGermanFunctionWord({ word, raw }: Pick<Token, 'word' | 'raw'>): boolean {
  germanWords ??= germanFunctionWords();
  return germanWords.has(word) && !(raw.length <= 3 && raw === raw.toUpperCase());
}

/** `löst`, which without its accent is the English `lost`. */
export function looksEnglish({ word, raw }: Pick<Token, 'word' | 'raw'>): boolean {
  return withoutUmlauts(raw).length > raw.normalize('NFC').length && isEverydayEnglish(word);
}

/** A German function word that is no English word. */
export function isSignOfGerman({ word }: Pick<Token, 'word'>): boolean {
  return word.length >= MIN_SIGN_LENGTH && !NO_SIGN_OF_GERMAN.has(word);
}

function germanFunctionWords(): Set<string> {
  return new Set(
    [...deu, ...MORE_FUNCTION_WORDS]
      .filter((word) => /^\p{L}{2,}$/u.test(word) && !NO_FUNCTION_WORDS.has(word))
      .flatMap((word) => [normalise(word), withoutUmlauts(word)]),
  );
}

/** The spelling of German where there are no umlauts, as on many keyboards: `Schuetz`, `Foerderband`. */
export function withoutUmlauts(word: string): string {
  return word
    .normalize('NFC')
    .toLowerCase()
    .replace(/[äöüß]/g, (letter) => LETTERS_FOR[letter] ?? letter);
}
