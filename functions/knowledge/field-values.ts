import { type AtomField, atomSchema, MAX_LIST_LENGTH } from './atom.ts';
import { readDate } from './dates.ts';
import { type EnumField, meaningOf } from './field-words.ts';

/** A value as this system takes it; `note` says what was done to it, and that its own value is worth keeping. */
export interface FieldReading {
  value: unknown;
  note?: string;
}

/** Where a word of the field is unknown. A level of danger that nobody here knows is no reason to say that there is none. */
const UNKNOWN_WORD: Partial<Record<EnumField, string>> = { atom_type: 'reference', safety_level: 'caution' };

export const LIST_FIELDS: ReadonlySet<string> = new Set(
  Object.entries(atomSchema.entries).flatMap(([name, entry]) =>
    'wrapped' in entry && entry.wrapped.type === 'array' ? [name] : [],
  ),
);

export function isAbsent(value: unknown): boolean {
  return value === null || value === undefined || (typeof value === 'string' && value.trim() === '');
}

/** Reads a value as people and databases write it; what this does not know is left as it is, for the schema to judge. */
export function readField(field: AtomField, value: unknown): FieldReading {
  if (field === 'atom_type' || field === 'difficulty' || field === 'safety_level')
    return readWord(field, value);
  if (field === 'quality_score') return { value: readQuality(value) };
  if (field === 'created_at' || field === 'last_validated_at') return { value: readDate(value) ?? value };
  if (field === 'source_pages') return readPages(value);
  if (field === 'manufacturer') return readMaker(value);
  if (LIST_FIELDS.has(field))
    return readList(value, field === 'keywords' ? /[,;|\n]/ : /[,;|\n]\s+|[;\n|]|,(?=\S+:)/);
  return { value: textIn(value, field === 'content' ? '\n\n' : ', ') ?? value };
}

/** No editor nests a text so deep, and a file may nest one without end. */
const MAX_TEXT_DEPTH = 32;

/**
 * The text of a value: itself, a number, the texts of a list, or what an object calls its text.
 * @param separator between the texts of a list
 */
export function textIn(value: unknown, separator: string, depth = 0): string | undefined {
  if (depth > MAX_TEXT_DEPTH) return undefined;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) {
    const texts = value
      .filter((entry) => !isAbsent(entry))
      .map((entry) => textIn(entry, separator, depth + 1));
    return texts.every((text) => text !== undefined) && texts.length > 0 ? texts.join(separator) : undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const name =
    TEXT_NAMES.find(
      (key) => Object.hasOwn(value, key) && !isAbsent((value as Record<string, unknown>)[key]),
    ) ?? languageTagOf(value);
  const text = name === undefined ? undefined : (value as Record<string, unknown>)[name];
  return textIn(text, separator, depth + 1);
}

const TEXT_NAMES = [
  'text',
  'value',
  'content',
  'name',
  'title',
  'label',
  'id',
  '$oid',
  'rendered',
  'plain_text',
  'storage',
  'view',
  'children',
  'rich_text',
  'en',
  'de',
];

/** `{"en-US": "..."}`: the tag of a text that is there in one language alone. */
export function languageTagOf(value: object): string | undefined {
  const [name = '', ...others] = Object.keys(value);
  return others.length === 0 && /^[a-z]{2}-[A-Z]{2}$/.test(name) ? name : undefined;
}

function readWord(field: EnumField, value: unknown): FieldReading {
  const meaning = meaningOf(field, value);
  if (meaning !== undefined) {
    const isOurs = typeof value === 'string' && value.trim().toLowerCase() === meaning;
    return isOurs
      ? { value: meaning }
      : { value: meaning, note: `was read as ${meaning} where it says otherwise` };
  }
  const fallback = UNKNOWN_WORD[field];
  return fallback === undefined
    ? { value }
    : { value: fallback, note: `is not known here: taken as ${fallback}` };
}

/** An atom has one maker; those of a list that has more are kept. */
function readMaker(value: unknown): FieldReading {
  const makers: unknown[] = Array.isArray(value) ? value.filter((entry) => !isAbsent(entry)) : [value];
  const [first, ...others] = makers;
  const maker = textIn(first, ', ') ?? first;
  return others.length === 0 ? { value: maker } : { value: maker, note: 'has several: the first one counts' };
}

/** `0.85`, `0,85`, `85`, `85 %` and `4/5`. From 1 to 10 nobody can tell of how many. */
function readQuality(own: unknown): unknown {
  const text = textIn(own, ' ');
  const value = typeof own === 'object' ? text : own;
  const [, part, whole] = /^\s*(\d{1,4})\s*\/\s*([1-9]\d{0,3})\s*$/.exec(text ?? '') ?? [];
  if (part !== undefined) return Number(part) / Number(whole);
  const isPercent = typeof value === 'string' && /%\s*$/.test(value);
  const number =
    typeof value === 'string' && /^\s*\d+([.,]\d+)?\s*%?\s*$/.test(value)
      ? Number(value.replace('%', '').replace(',', '.'))
      : value;
  if (typeof number !== 'number') return value;
  return isPercent || (number >= 10 && number <= 100) ? number / 100 : number;
}

/** `4-6, 9`, `S. 12`, `{"from": 4, "to": 6}` and lists of those. */
function readPages(value: unknown): FieldReading {
  const entries = listIn(value, /[,;|\n]/).map((entry): unknown => {
    if (typeof entry === 'number') return Number.isInteger(entry) ? entry : String(entry);
    if (typeof entry === 'string') {
      const page = entry.trim().replace(/^(pp?|pages?|s|seiten?)\.?\s*(?=\d)/i, '');
      return /^\d{1,9}$/.test(page) && !Array.isArray(value) ? Number(page) : page;
    }
    const range = pageRange(entry);
    return range ?? entry;
  });
  return bounded(entries);
}

function pageRange(entry: unknown): string | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined;
  const { from, to, start, end } = entry as Record<string, unknown>;
  const [first, last] = [from ?? start, to ?? end];
  if (typeof first !== 'number' && typeof first !== 'string') return undefined;
  return typeof last === 'number' || typeof last === 'string' ? `${first}-${last}` : String(first);
}

function readList(value: unknown, separator: RegExp): FieldReading {
  return bounded(
    listIn(value, separator).map((entry) =>
      typeof entry === 'object' && !Array.isArray(entry) ? (textIn(entry, ', ') ?? entry) : entry,
    ),
  );
}

function bounded(entries: unknown[]): FieldReading {
  if (entries.length <= MAX_LIST_LENGTH) return { value: entries };
  return {
    value: entries.slice(0, MAX_LIST_LENGTH),
    note: `has more than ${MAX_LIST_LENGTH} entries: the others are kept, but not shown`,
  };
}

/** The entries of a list, also where Postgres, JSON or a person wrote it as text. Positions stay those of the file. */
function listIn(value: unknown, separator: RegExp): unknown[] {
  if (Array.isArray(value)) return value;
  // The interfaces of Notion and Confluence put a list into an object.
  if (typeof value === 'object' && value !== null) return Object.values(value).find(isFilledList) ?? [value];
  if (typeof value !== 'string') return [value];
  const text = value.trim();
  if (text.startsWith('[') && text.endsWith(']')) {
    const parsed = jsonList(text) ?? jsonList(text.replaceAll("'", '"'));
    if (parsed !== undefined) return parsed;
  }
  if (text.startsWith('{') && text.endsWith('}') && !text.includes('":'))
    return postgresArray(text.slice(1, -1));
  return text.split(separator).map((entry) => entry.trim());
}

function isFilledList(value: unknown): value is unknown[] {
  return Array.isArray(value) && value.length > 0;
}

function jsonList(text: string): unknown[] | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO */
function postgresArray(inside: string): string[] {
  const entries = inside.matchAll(/\s*(?:"((?:[^"\\]|\\.)*)"|([^,]*))\s*(?:,|$)/g);
  return [...entries]
    .map(
      ([, quoted, bare = '']) =>
        quoted?.replace(/\\(.)/g, '$1') ?? (bare.trim() === 'NULL' ? '' : bare.trim()),
    )
    .filter((entry) => entry !== '');
}
