import type { SearchDocument } from '../search/port.ts';
import type { Atom } from './atom.ts';
import { isLanguageName, LANGUAGE_NAMES } from './field-names.ts';
import { textIn } from './field-values.ts';
import { FURTHER_FIELDS } from './further-fields.ts';
import { NestedFields } from './nested-fields.ts';

/** The extra fields of an atom may name what people look for (a model, a code), and may be anything else. */
const MAX_EXTRA_CHARACTERS = 2_000;

/**
 * The document that a search sees of an atom. A source is not in it: its words tell what a whole manual is about, and the article
 * would seem to answer that.
 */
export function toSearchDocument(atom: Atom): SearchDocument {
  const further = Object.fromEntries(FURTHER_FIELDS.map((field) => [field, atom[field]]));
  const language = declaredLanguage({ ...further, ...atom.extra });
  const others = [atom.product_version, wordsIn(further), wordsIn(atom.extra, MAX_EXTRA_CHARACTERS)];
  return {
    id: atom.atom_id,
    title: atom.title,
    summary: atom.summary,
    content: [atom.content, atom.safety_notes, ...others]
      .filter((text) => text !== undefined && text !== '')
      .join('\n\n'),
    keywords: atom.keywords,
    ...(language !== undefined && { language }),
    facets: {
      manufacturer: atom.manufacturer,
      type: atom.atom_type,
      safety: atom.safety_level,
      ...(atom.product_family !== undefined && { family: atom.product_family }),
      ...(atom.difficulty !== undefined && { difficulty: atom.difficulty }),
    },
  };
}

function wordsIn(fields: Readonly<Record<string, unknown>> = {}, room = Infinity): string {
  let left = room;
  const words = (value: unknown): string[] => {
    if (left <= 0) return [];
    if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(words);
    if (typeof value !== 'string' || /^https?:/i.test(value)) return [];
    const text = value.slice(0, left);
    left -= text.length;
    return [text];
  };
  const told = Object.entries(fields).filter(([name]) => !isLanguageName(name));
  return told.flatMap(([, value]) => words(value)).join('\n');
}

function declaredLanguage(others: Readonly<Record<string, unknown>>): string | undefined {
  const fields = new Map(Object.entries(others));
  const own = [...fields].find(([name]) => isLanguageName(name));
  const value = own === undefined ? new NestedFields(fields).take(LANGUAGE_NAMES, isNamed)?.value : own[1];
  return typeof value === 'number' ? undefined : textIn(value, ' ');
}

function isNamed(_: string, value: unknown): boolean {
  return textIn(value, ' ') !== undefined;
}
