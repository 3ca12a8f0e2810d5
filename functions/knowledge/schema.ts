import * as v from 'valibot';
import { type Atom, ATOM_TYPES, DIFFICULTIES, SAFETY_LEVELS } from './atom.ts';
import { cleanLine, cleanText, excerpt, hasControlCharacters, isWellFormed } from './characters.ts';
import { type MappingNote, mapRecord } from './mapping.ts';

/** A DynamoDB item ends at 400 kB (409,600 bytes); this leaves room for names, keys and list overhead. */
export const MAX_ATOM_BYTES = 350_000;
/** The id is part of a sort key, which ends at 1024 bytes. */
const MAX_ID_BYTES = 512;
const MAX_LIST_LENGTH = 500;
const MAX_LINE_BYTES = 2_000;
const MAX_EXTRA_DEPTH = 32;
const MAX_PROBLEMS_PER_ATOM = 20;

export interface FieldProblem {
  /** As in the file, e.g. `source_pages[3]`; empty for the atom as a whole. */
  field: string;
  message: string;
}

export type ParsedAtom =
  { atom: Atom; notes: MappingNote[]; problems?: undefined } | { atom?: undefined; problems: FieldProblem[] };

const bytes = (text: string): number => Buffer.byteLength(text, 'utf8');
const text = v.pipe(v.string('must be text'), v.transform(cleanText));
const requiredText = v.pipe(text, v.nonEmpty('must not be empty'));
const line = v.pipe(
  v.string('must be text'),
  v.transform(cleanLine),
  v.check((value) => bytes(value) <= MAX_LINE_BYTES, `must not be longer than ${MAX_LINE_BYTES} bytes`),
);
const requiredLine = v.pipe(line, v.nonEmpty('must not be empty'));
const id = v.pipe(
  v.string('must be text'),
  v.transform((value) => value.trim()),
  v.nonEmpty('must not be empty'),
  v.check((value) => !hasControlCharacters(value), 'must not contain control characters'),
  v.check(isWellFormed, 'must be valid Unicode'),
  v.check((value) => bytes(value) <= MAX_ID_BYTES, `must not be longer than ${MAX_ID_BYTES} bytes`),
);
const date = v.pipe(
  line,
  v.check(
    (value) => /^\d{4}-\d{2}-\d{2}/.test(value) && !Number.isNaN(Date.parse(value)),
    'must be a date in ISO 8601, e.g. 2026-01-31T12:00:00Z',
  ),
);
const list = <Entry extends v.GenericSchema>(entry: Entry) =>
  v.optional(
    v.pipe(
      v.array(entry, 'must be a list'),
      v.maxLength(MAX_LIST_LENGTH, `must not have more than ${MAX_LIST_LENGTH} entries`),
    ),
    [],
  );
const oneOf = <const Values extends readonly string[]>(values: Values) =>
  v.pipe(
    v.string('must be text'),
    v.transform((value) => value.trim().toLowerCase()),
    v.picklist(values, (issue) => `must be one of ${values.join(', ')}, not "${excerpt(issue.input)}"`),
  );

const atomSchema = v.object({
  atom_id: id,
  atom_type: oneOf(ATOM_TYPES),
  title: requiredLine,
  summary: v.optional(text, ''),
  content: requiredText,
  manufacturer: v.pipe(
    line,
    v.transform(normaliseManufacturer),
    v.nonEmpty('must contain a letter or a digit'),
  ),
  product_family: v.optional(line),
  product_version: v.optional(line),
  difficulty: v.optional(oneOf(DIFFICULTIES)),
  prerequisites: list(id),
  related_atoms: list(id),
  source_document: v.optional(line),
  source_pages: list(
    v.union(
      [
        v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
        v.pipe(v.string(), v.transform(cleanLine), v.maxLength(100)),
      ],
      'must be a whole number or a short text',
    ),
  ),
  source_url: v.optional(v.pipe(line, v.url())),
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
  keywords: list(
    v.pipe(
      v.union([v.string(), v.pipe(v.number(), v.transform(String))], 'must be text'),
      v.transform(cleanLine),
      v.maxLength(200, 'must not be longer than 200 characters'),
    ),
  ),
  created_at: v.optional(date),
  last_validated_at: v.optional(date),
});

/**
 * Makes an atom of one record of an export: names mapped (./mapping.ts), values checked and cleaned, unknown fields
 * kept in `extra`. Never throws; whatever is wrong with the record is in `problems`, one entry per field.
 */
export function parseAtom(record: unknown): ParsedAtom {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) {
    return { problems: [{ field: '', message: `must be an object, not ${excerpt(record)}` }] };
  }
  const { known, unknown, notes } = mapRecord(record as Record<string, unknown>);
  const result = v.safeParse(atomSchema, known);
  const problems = result.success ? [] : result.issues.map(toProblem);
  if (isDeeperThan(unknown, MAX_EXTRA_DEPTH)) {
    problems.push({ field: '', message: `must not be nested deeper than ${MAX_EXTRA_DEPTH} levels` });
  }
  if (!result.success || problems.length > 0) return { problems: problems.slice(0, MAX_PROBLEMS_PER_ATOM) };

  const atom: Atom = result.output;
  if (Object.keys(unknown).length > 0) atom.extra = withoutProto(unknown) as Record<string, unknown>;
  const tooLarge = sizeProblem(atom);
  return tooLarge === undefined ? { atom, notes } : { problems: [tooLarge] };
}

/** An atom as an export writes it: unknown fields beside the known ones, so that importing it gives the same atom. */
export function toRecord(atom: Atom): Record<string, unknown> {
  const { extra, ...fields } = atom;
  return Object.fromEntries([...Object.entries(fields), ...Object.entries(extra ?? {})]);
}

/** `Allen-Bradley` and `allen bradley` are one manufacturer: `allen_bradley`. */
function normaliseManufacturer(name: string): string {
  return name
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '_')
    .replace(/^_+|_+$/g, '');
}

function toProblem(issue: v.BaseIssue<unknown>): FieldProblem {
  const path = (issue.path ?? []).map(({ key }, depth) => {
    if (typeof key === 'number') return `[${key}]`;
    return `${depth > 0 ? '.' : ''}${String(key)}`;
  });
  return { field: path.join(''), message: issue.input === undefined ? 'is required' : issue.message };
}

function sizeProblem(atom: Atom): FieldProblem | undefined {
  if (bytes(JSON.stringify(atom)) <= MAX_ATOM_BYTES) return undefined;
  const sizes = Object.entries(toRecord(atom)).map(([field, value]) => ({
    field,
    size: bytes(JSON.stringify(value) ?? ''),
  }));
  const largest = sizes.reduce((a, b) => (b.size > a.size ? b : a));
  return {
    field: largest.field,
    message: `makes the atom larger than ${MAX_ATOM_BYTES} bytes: this field alone has ${largest.size}`,
  };
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((entry) => isDeeperThan(entry, levels - 1));
}

function withoutProto(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutProto);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([name]) => name !== '__proto__');
  return Object.fromEntries(entries.map(([name, entry]) => [name, withoutProto(entry)]));
}
