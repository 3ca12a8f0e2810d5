import { FACET_NAMES, type FacetName } from './port.ts';

/** A query taken apart; `words` and `phrases` keep the length and offsets of `text`. */
export interface ParsedQuery {
  /** The query as it was understood: bounded, with straight quotes. */
  text: string;
  /** `text` with filters and quotes blanked out. */
  words: string;
  phrases: string[];
  filters: TypedFilter[];
}

/** One value of a filter as typed, and where in the query it is. */
export interface TypedFilter {
  name: FacetName;
  typed: string;
  start: number;
  end: number;
}

/** The engine reads so many characters of a query; Telegram delivers up to 4,096, and the bot says what it left out. */
export const MAX_QUERY_LENGTH = 1024;
const MAX_FILTERS = 20;
const MAX_PHRASES = 8;
/** With more words than this around it, a quotation is part of a sentence and no operator of a search. */
const MAX_WORDS_AROUND_PHRASES = 6;
const CURLY_QUOTES = /[“”„‟«»＂]/g;
const FILTER = new RegExp(`(?<![^\\s"])(${FACET_NAMES.join('|')}):(\\s*)(?:"([^"]*)"?|([^\\s"]+))`, 'giu');
const PHRASE = /"([^"]+)"/g;

/**
 * @param isValue whether a filter has a value that is typed so, or nearly so. `type: fault` is a filter; "safety: what is a relay?", whose
 * next word is no value of it, is a question. Without the space it is a filter whatever follows.
 */
export function parseQuery(query: string, isValue: (name: FacetName, typed: string) => boolean): ParsedQuery {
  const text = query.slice(0, MAX_QUERY_LENGTH).replace(CURLY_QUOTES, '"');
  const filters: ParsedQuery['filters'] = [];
  const withoutFilters = text.replace(
    FILTER,
    (
      matched,
      key: string,
      space: string,
      quoted: string | undefined,
      bare: string | undefined,
      at: number,
    ) => {
      const name = key.toLowerCase() as FacetName;
      const start = at + `${key}:${space}`.length;
      const values =
        quoted === undefined ? valuesIn(bare ?? '', start, /[^,]+/g) : valuesIn(quoted, start + 1, /.+/gs);
      if (space !== '' && !values.some(({ typed }) => isValue(name, typed))) return matched;
      filters.push(...values.slice(0, MAX_FILTERS - filters.length).map((value) => ({ name, ...value })));
      return ' '.repeat(matched.length);
    },
  );
  const around = withoutFilters.replace(PHRASE, ' ').match(/\S+/g) ?? [];
  const isSentence = around.length > MAX_WORDS_AROUND_PHRASES;
  const phrases = isSentence
    ? []
    : [...withoutFilters.matchAll(PHRASE)].map((match) => match[1] ?? '').slice(0, MAX_PHRASES);
  return { text, words: withoutFilters.replaceAll('"', ' '), phrases, filters };
}

function valuesIn(list: string, start: number, value: RegExp): Omit<TypedFilter, 'name'>[] {
  return [...list.matchAll(value)].flatMap(({ 0: untrimmed, index }) => {
    const typed = untrimmed.trim();
    const from = start + index + untrimmed.indexOf(typed);
    return typed === '' ? [] : [{ typed, start: from, end: from + typed.length }];
  });
}
