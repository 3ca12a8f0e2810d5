import * as v from 'valibot';
import { cleanLine, cleanText, hasControlCharacters, isWellFormed } from './characters.ts';

export const ATOM_TYPES = ['concept', 'procedure', 'specification', 'pattern', 'fault', 'reference'] as const;
export const DIFFICULTIES = ['beginner', 'intermediate', 'advanced', 'expert'] as const;
export const SAFETY_LEVELS = ['info', 'caution', 'warning', 'danger'] as const;

export type AtomType = (typeof ATOM_TYPES)[number];
export type Difficulty = (typeof DIFFICULTIES)[number];
export type SafetyLevel = (typeof SAFETY_LEVELS)[number];

/** The id is part of a sort key, which ends at 1024 bytes. */
export const MAX_ID_BYTES = 512;
export const MAX_LIST_LENGTH = 500;
export const MAX_LINE_BYTES = 2_000;

export const bytesOf = (text: string): number => Buffer.byteLength(text, 'utf8');

const PAGE = 'must be a whole number or a short text';
const text = v.pipe(v.string('must be text'), v.transform(cleanText));
const requiredText = v.pipe(text, v.nonEmpty('must not be empty'));
const line = v.pipe(
  v.string('must be text'),
  v.transform(cleanLine),
  v.check((value) => bytesOf(value) <= MAX_LINE_BYTES, `must not be longer than ${MAX_LINE_BYTES} bytes`),
);
const requiredLine = v.pipe(line, v.nonEmpty('must not be empty'));
const id = v.pipe(
  v.string('must be text'),
  v.transform((value) => value.trim()),
  v.nonEmpty('must not be empty'),
  v.check((value) => !hasControlCharacters(value), 'must not contain control characters'),
  v.check(isWellFormed, 'must be valid Unicode'),
  v.check((value) => bytesOf(value) <= MAX_ID_BYTES, `must not be longer than ${MAX_ID_BYTES} bytes`),
);
const date = v.pipe(
  line,
  v.check(
    (value) => /^\d{4}-\d{2}-\d{2}/.test(value) && !Number.isNaN(Date.parse(value)),
    'must be a date in ISO 8601, e.g. 2026-01-31T12:00:00Z',
  ),
);
const oneOf = <const Values extends readonly string[]>(values: Values) =>
  v.pipe(
    v.string('must be text'),
    v.transform((value) => value.trim().toLowerCase()),
    v.picklist(values, `must be one of ${values.join(', ')}`),
  );
const listOf = <Entry extends v.GenericSchema>(entry: Entry) =>
  v.optional(
    v.pipe(
      v.array(entry, 'must be a list'),
      v.maxLength(MAX_LIST_LENGTH, `must not have more than ${MAX_LIST_LENGTH} entries`),
    ),
    [],
  );

/** `Allen-Bradley` and `allen bradley` are one manufacturer: `allen_bradley`. */
function normaliseManufacturer(name: string): string {
  return name
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '_')
    .replace(/^_+|_+$/g, '');
}

/**
 * One cited article of the knowledge base, and the only place that lists its fields: type, store, import, export and
 * the published JSON schema follow from it. A field is optional where an atom can be served without it; such a field
 * never costs the atom. Field names are those of the exports of the system that this bot replaces.
 */
export const atomSchema = v.object({
  atom_id: v.pipe(id, v.description('manufacturer:product:topic-slug; may contain spaces and upper case')),
  atom_type: v.pipe(oneOf(ATOM_TYPES), v.description('Kind of the article')),
  title: requiredLine,
  summary: v.pipe(v.optional(text, ''), v.description('One or two sentences')),
  content: v.pipe(
    requiredText,
    v.description('The article: paragraphs, numbered steps, fenced code and tables as in Markdown'),
  ),
  manufacturer: v.pipe(
    line,
    v.transform(normaliseManufacturer),
    v.nonEmpty('must contain a letter or a digit'),
    v.description('Lower snake case, e.g. allen_bradley; generic where it concerns every maker'),
  ),
  product_family: v.optional(line),
  product_version: v.optional(line),
  difficulty: v.optional(oneOf(DIFFICULTIES)),
  prerequisites: v.pipe(listOf(id), v.description('Ids of atoms to read before')),
  related_atoms: v.pipe(listOf(id), v.description('Ids of atoms to read next')),
  source_document: v.optional(line),
  source_pages: listOf(
    v.union(
      [
        v.pipe(v.number(), v.safeInteger(PAGE), v.minValue(0, PAGE)),
        v.pipe(v.string(), v.transform(cleanLine), v.nonEmpty(PAGE), v.maxLength(100, PAGE)),
      ],
      PAGE,
    ),
  ),
  source_url: v.optional(
    v.pipe(line, v.check(isWebAddress, 'is not an http(s) address'), v.description('Shown as a link')),
  ),
  quality_score: v.optional(
    v.pipe(
      v.number('must be a number'),
      v.minValue(0, 'must be between 0 and 1'),
      v.maxValue(1, 'must be between 0 and 1'),
      // DynamoDB has no number as small as a double can be.
      v.transform((value) => (value < 1e-100 ? 0 : value)),
    ),
  ),
  safety_level: v.optional(oneOf(SAFETY_LEVELS), 'info'),
  safety_notes: v.optional(text),
  keywords: listOf(
    v.pipe(
      v.union([v.string(), v.pipe(v.number(), v.transform(String))], 'must be text'),
      v.transform(cleanLine),
      v.maxLength(200, 'must not be longer than 200 characters'),
    ),
  ),
  created_at: v.pipe(v.optional(date), v.description('ISO 8601')),
  last_validated_at: v.pipe(v.optional(date), v.description('ISO 8601')),
});

export type AtomField = keyof typeof atomSchema.entries;

export type Atom = v.InferOutput<typeof atomSchema> & {
  /** The record's other fields, and the values that it wrote otherwise, so that an export gives back what was imported. */
  extra?: Record<string, unknown>;
};

/** The fields of an atom by name, in the order in which an export writes them. */
export const ATOM_FIELDS = Object.keys(atomSchema.entries) as AtomField[];

function isWebAddress(address: string): boolean {
  return /^https?:\/\/\S+$/i.test(address) && URL.canParse(address);
}
