import type { Texts } from './catalogue.ts';
import { english } from './english.ts';
import { german } from './german.ts';

/** By the primary subtag of a language code; the first one is for everybody else. */
export const LANGUAGES: Readonly<Record<string, Texts>> = { en: english, de: german };

/** The texts for an IETF language tag as Telegram gives it (`de`, `de-AT`), or English. */
export function textsFor(languageCode: string | undefined): Texts {
  const primary = primaryOf(languageCode);
  return hasTexts(primary) ? LANGUAGES[primary]! : english;
}

/** Whether there are texts under this very code. */
export function hasTexts(code: string | undefined): code is string {
  return code !== undefined && Object.hasOwn(LANGUAGES, code);
}

/** The code of the language that somebody names: `de`, `de-AT`, `Deutsch`, `German`, `allemand`. */
export function languageNamed(typed: string): string | undefined {
  const name = typed.toLowerCase();
  const primary = primaryOf(name);
  if (hasTexts(primary)) return primary;
  return Object.entries(LANGUAGES).find(([, { language }]) =>
    [language.ownName.toLowerCase(), ...language.otherNames].includes(name),
  )?.[0];
}

function primaryOf(languageCode: string | undefined): string {
  return (languageCode ?? '').toLowerCase().split(/[-_]/)[0] ?? '';
}
