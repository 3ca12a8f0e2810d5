import { FACET_NAMES, type FacetName } from './port.ts';

/** A query taken apart; `words` and `phrases` keep the length and offsets of `text`. */
export interface ParsedQuery {
  /** The query as it was understood: bounded, with straight quotes. */
  text: string;
  /** `text` with filters and quotes blanked out. */
  words: string;
  phrases: string[];
  filters: { name: FacetName; typed: string }[];
}

/** The longest message Telegram delivers is 4,096; nobody asks a question of that length. */
export const MAX_QUERY_LENGTH = 1024;
const MAX_FILTERS = 20;
const MAX_PHRASES = 8;
/** With more words than this around it, a quotation is part of a sentence and no operator of a search. */
const MAX_WORDS_AROUND_PHRASES = 6;
const CURLY_QUOTES = /[“”„‟«»＂]/g;
const FILTER = new RegExp(`(?<![^\\s"])(${FACET_NAMES.join('|')})\\s?:\\s*(?:"([^"]*)"?|([^\\s"]+))`, 'giu');
const PHRASE = /"([^"]+)"/g;

export function parseQuery(query: string): ParsedQuery {
  const text = query.slice(0, MAX_QUERY_LENGTH).replace(CURLY_QUOTES, '"');
  const filters: ParsedQuery['filters'] = [];
  const withoutFilters = text.replace(FILTER, (matched, name: string, quoted?: string, bare?: string) => {
    for (const typed of quoted === undefined ? (bare ?? '').split(',') : [quoted]) {
      if (typed.trim() === '' || filters.length >= MAX_FILTERS) continue;
      filters.push({ name: name.toLowerCase() as FacetName, typed: typed.trim() });
    }
    return ' '.repeat(matched.length);
  });
  const around = withoutFilters.replace(PHRASE, ' ').match(/\S+/g) ?? [];
  const isSentence = around.length > MAX_WORDS_AROUND_PHRASES;
  const phrases = isSentence
    ? []
    : [...withoutFilters.matchAll(PHRASE)].map((match) => match[1] ?? '').slice(0, MAX_PHRASES);
  return { text, words: withoutFilters.replaceAll('"', ' '), phrases, filters };
}
