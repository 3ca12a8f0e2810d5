import type { Texts } from './catalogue.ts';
import { english } from './english.ts';
import { german } from './german.ts';

/** By the primary subtag of a language code; the first one is for everybody else. */
export const LANGUAGES: Readonly<Record<string, Texts>> = { en: english, de: german };

/** The texts for an IETF language tag as Telegram gives it (`de`, `de-AT`), or English. */
export function textsFor(languageCode: string | undefined): Texts {
  const primary = (languageCode ?? '').toLowerCase().split('-')[0] ?? '';
  return (Object.hasOwn(LANGUAGES, primary) ? LANGUAGES[primary] : undefined) ?? english;
}
