import type { SearchDocument } from '../search/port.ts';
import type { Atom } from './atom.ts';
import { isLanguageName, LANGUAGE_NAMES } from './field-names.ts';
import { textIn } from './field-values.ts';
import { NestedFields } from './nested-fields.ts';

/** The extra fields of an atom may name what people look for (a model, a code), and may be anything else. */
const MAX_EXTRA_CHARACTERS = 2_000;

/** The document that a search sees of an atom. */
export function toSearchDocument(atom: Atom): SearchDocument {
  const language = declaredLanguage(atom.extra);
  return {
    id: atom.atom_id,
    title: atom.title,
    summary: atom.summary,
    content: [atom.content, atom.safety_notes, wordsIn(atom.extra)]
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

function wordsIn(extra: Atom['extra']): string {
  let left = MAX_EXTRA_CHARACTERS;
  const words = (value: unknown): string[] => {
    if (left <= 0) return [];
    if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(words);
    if (typeof value !== 'string' || /^https?:/i.test(value)) return [];
    const text = value.slice(0, left);
    left -= text.length;
    return [text];
  };
  const told = Object.entries(extra ?? {}).filter(([name]) => !isLanguageName(name));
  return told.flatMap(([, value]) => words(value)).join('\n');
}

function declaredLanguage(extra: Atom['extra']): string | undefined {
  const fields = new Map(Object.entries(extra ?? {}));
  const own = [...fields].find(([name]) => isLanguageName(name));
  const value = own === undefined ? new NestedFields(fields).take(LANGUAGE_NAMES, isNamed)?.value : own[1];
  return typeof value === 'number' ? undefined : textIn(value, ' ');
}

function isNamed(_: string, value: unknown): boolean {
  return textIn(value, ' ') !== undefined;
}
