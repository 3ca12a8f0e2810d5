import { StoreUnavailableError } from '../lease/store-unavailable.ts';
import type { LanguageStore } from './language-store.ts';
import type { Texts } from './texts/catalogue.ts';
import { hasTexts, textsFor } from './texts/texts.ts';

/**
 * The language that a person chose; a store that cannot be read is no reason to answer nothing, so that Telegram's word
 * then holds.
 */
export async function choiceOf(
  languages: Pick<LanguageStore, 'chosenBy'>,
  userId: number | undefined,
  signal?: AbortSignal,
): Promise<string | undefined> {
  if (userId === undefined) return undefined;
  try {
    const code = await languages.chosenBy(userId, signal);
    // Another version may have had texts that this one has not.
    return hasTexts(code) ? code : undefined;
  } catch (error) {
    if (error instanceof StoreUnavailableError) return undefined;
    throw error;
  }
}

/** The texts in the language that a person chose, or else in the one that Telegram tells of them. */
export async function textsOfPerson(
  languages: Pick<LanguageStore, 'chosenBy'>,
  { userId, languageCode, signal }: { userId: number; languageCode?: string; signal?: AbortSignal },
): Promise<Texts> {
  return textsFor((await choiceOf(languages, userId, signal)) ?? languageCode);
}
