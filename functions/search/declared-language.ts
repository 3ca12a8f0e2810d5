/** Norwegian is mostly written as Bokmål. */
const SAME: Readonly<Record<string, string>> = { no: 'nb', norwegian: 'nb', norsk: 'nb' };

/**
 * Which language people and exports mean: by a tag (`de`, `deu`, `de-AT`, `de_DE`) or by its name in English or in itself (`German`, `Deutsch`).
 * @param known codes in ISO 639-1
 */
export function codeOfLanguage(declared: string, known: readonly string[]): string | undefined {
  const text = declared.trim().toLowerCase();
  const tag = languageOfTag(text) ?? text;
  const code = SAME[tag] ?? tag;
  return known.find((one) => one === code || namesOf(one).includes(text));
}

function languageOfTag(text: string): string | undefined {
  try {
    return new Intl.Locale(text.replaceAll('_', '-')).language;
  } catch {
    return undefined;
  }
}

function namesOf(code: string): (string | undefined)[] {
  return ['en', code].map((locale) =>
    new Intl.DisplayNames(locale, { type: 'language' }).of(code)?.toLocaleLowerCase(code),
  );
}
