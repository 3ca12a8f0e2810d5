import * as v from 'valibot';
import { type Atom, ATOM_FIELDS, type AtomField, atomSchema, bytesOf, MAX_LINE_BYTES } from './atom.ts';
import { cleanLine, excerpt } from './characters.ts';
import { isLanguageName, mapRecord, type MappingNote } from './field-names.ts';
import { isAbsent, LIST_FIELDS, readField } from './field-values.ts';
import { idInsteadOf } from './made-ids.ts';
import { cutTo, titleOf } from './made-titles.ts';
import { NO_MAKER } from '../search/port.ts';
import { plainLine, plainText } from './plain-text.ts';

/** A DynamoDB item ends at 400 kB (409,600 bytes); this leaves room for names, keys and list overhead. */
export const MAX_ATOM_BYTES = 350_000;
const MAX_EXTRA_DEPTH = 32;
const MAX_PROBLEMS_PER_ATOM = 20;
/** A table may have thousands of columns. */
const MAX_NAMED_FIELDS = 100;
const KEPT = 'is kept and searched, but not shown';
const LANGUAGE_KEPT = 'is kept, and tells in which language the text is';
/** A text that begins with the heading of a part: there is nothing but a cause, a remedy or the like. */
const PART = /^[^\n]{1,40}:\n/;

export interface FieldProblem {
  /** As in the file, e.g. `content`; empty for the atom as a whole. */
  field: string;
  message: string;
}

export type ParsedAtom =
  | {
      atom: Atom;
      notes: MappingNote[];
      /** The record had no id: this one is made of its title, and another record may have the same. */
      hasMadeId: boolean;
      problems?: undefined;
    }
  | { atom?: undefined; problems: FieldProblem[] };

/**
 * Makes an atom of one record of an export. An atom needs a title and a text; what else is missing, odd or unknown is
 * made, mapped or left out with a note, and its own value kept in `extra`. Never throws; what keeps the record from
 * being an atom is in `problems`.
 */
export function parseAtom(record: unknown): ParsedAtom {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) {
    return { problems: [{ field: '', message: `must be an object, not ${excerpt(record)}` }] };
  }
  const { known, unknown, notes } = mapRecord(record as Record<string, unknown>);
  const reading = new Reading(unknown, notes);
  const draft = reading.draftOf(known);
  const problems = reading.problems;
  leaveOutDeep(unknown, notes);
  if (problems.length > 0) return { problems: problems.slice(0, MAX_PROBLEMS_PER_ATOM) };

  const hasMadeId = fillIn(draft, notes);
  const result = v.safeParse(atomSchema, draft);
  if (!result.success) return { problems: result.issues.map(toProblem) };
  const atom: Atom = result.output;
  // fromEntries defines own properties whatever their name is; an assignment would run a setter.
  if (unknown.size > 0) atom.extra = withoutProto(Object.fromEntries(unknown)) as Record<string, unknown>;
  leaveOutLarge(atom, notes);
  const others = Object.entries(atom.extra ?? {}).flatMap(([name, value]) =>
    known.has(name as AtomField) || isAbsent(value) ? [] : [name],
  );
  for (const field of others.slice(0, MAX_NAMED_FIELDS))
    notes.push({ field, message: isLanguageName(field) ? LANGUAGE_KEPT : KEPT });
  const unnamed = others.length - MAX_NAMED_FIELDS;
  if (unnamed > 0) notes.push({ field: `${unnamed} further fields`, message: KEPT });
  const tooLarge = sizeProblem(atom);
  return tooLarge === undefined ? { atom, notes, hasMadeId } : { problems: [tooLarge] };
}

/** An atom as an export writes it: what it had beside its fields among them, so that importing it gives the same atom. */
export function toRecord(atom: Atom): Record<string, unknown> {
  const { extra, ...fields } = atom;
  return Object.fromEntries([...Object.entries(fields), ...Object.entries(extra ?? {})]);
}

/** One record on its way to an atom. */
class Reading {
  readonly problems: FieldProblem[] = [];
  /** Names in the record of what was noted and kept. */
  readonly kept = new Set<string>();
  readonly #extra: Map<string, unknown>;
  readonly #notes: MappingNote[];

  constructor(extra: Map<string, unknown>, notes: MappingNote[]) {
    this.#extra = extra;
    this.#notes = notes;
  }

  draftOf(
    known: ReadonlyMap<AtomField, { name: string; value: unknown }>,
  ): Partial<Record<AtomField, unknown>> {
    const draft: Partial<Record<AtomField, unknown>> = {};
    for (const field of ATOM_FIELDS) {
      const given = known.get(field);
      const value = given === undefined ? undefined : this.#valueOf(field, given);
      if (value !== undefined) draft[field] = value;
      else if (field === 'content' && given === undefined)
        this.problems.push({ field, message: 'is required' });
    }
    return draft;
  }

  /** The value if the schema takes it; of a list, its good entries. Entries that are left out are noted and kept. */
  #valueOf(field: AtomField, { name, value: own }: { name: string; value: unknown }): unknown {
    const { value: read, note } = readField(field, own);
    if (note !== undefined) this.#keep(name, own, note);
    const value = typeof read === 'string' ? this.#asShown(field, name, read) : read;
    const entry = atomSchema.entries[field];
    if (Array.isArray(value) && LIST_FIELDS.has(field)) return this.#entriesOf(field, { name, own, value });
    const result = v.safeParse(entry, value);
    if (result.success) return isAbsent(result.output) ? undefined : result.output;
    const message = result.issues[0].message;
    if (entry.type === 'optional' || field === 'manufacturer')
      this.#keep(name, own, `${message}: left out, and kept`);
    else if (field === 'title' && typeof value === 'string') return this.#cutTitle(name, own, value);
    else if (field === 'atom_id') return this.#otherId(name, own, { value, message });
    else this.problems.push({ field: name, message });
    return undefined;
  }

  #entriesOf(
    field: AtomField,
    { name, own, value }: { name: string; own: unknown; value: unknown[] },
  ): unknown {
    const schema = atomSchema.entries[field] as v.GenericSchema;
    const good: unknown[] = [];
    for (const [at, entry] of value.entries()) {
      if (isAbsent(entry)) continue;
      const result = v.safeParse(schema, [entry]);
      if (result.success) good.push(...(result.output as unknown[]));
      else this.#keep(name, own, `${result.issues[0].message}: left out, and kept`, `${name}[${at}]`);
    }
    return good;
  }

  #asShown(field: AtomField, name: string, text: string): string {
    if (!['title', 'summary', 'content', 'safety_notes'].includes(field)) return text;
    const { text: shown, was } = field === 'title' ? plainLine(text) : plainText(text);
    if (was !== undefined) this.#notes.push({ field: name, message: `was ${was}: turned into text` });
    return shown;
  }

  #cutTitle(name: string, own: unknown, title: string): string {
    this.#keep(name, own, `is longer than ${MAX_LINE_BYTES} bytes: cut, and kept whole`);
    return cutTo(cleanLine(title), MAX_LINE_BYTES / 4);
  }

  /** Without any text that could be part of one, the title gives it. */
  #otherId(
    name: string,
    own: unknown,
    { value, message }: { value: unknown; message: string },
  ): string | undefined {
    if (typeof value !== 'string' || cleanLine(value) === '') {
      this.#keep(name, own, `${message}: left out, and kept`);
      return undefined;
    }
    this.#keep(name, own, `${message}: has another id made of it, and is kept`);
    return idInsteadOf(value);
  }

  #keep(name: string, own: unknown, message: string, field = name): void {
    this.#extra.set(name, own);
    this.kept.add(name);
    this.#notes.push({ field, message });
  }
}

/** @returns whether the id is made */
function fillIn(draft: Partial<Record<AtomField, unknown>>, notes: MappingNote[]): boolean {
  const [content, summary] = [textOf(draft.content), textOf(draft.summary)];
  if (draft.title === undefined && isTitle(summary) && content.trim() !== summary.trim()) {
    draft.title = cleanLine(summary);
    delete draft.summary;
    notes.push({ field: 'title', message: 'is missing: the summary of a few words is taken' });
  } else if (draft.title === undefined) {
    const source = PART.test(content) && summary !== '' ? 'summary' : 'content';
    draft.title = titleOf(source === 'summary' ? summary : content);
    notes.push({ field: 'title', message: `is missing: made of the first line of ${source}` });
  }
  if (draft.atom_type === undefined) {
    draft.atom_type = 'reference';
    notes.push({ field: 'atom_type', message: 'is missing: taken as reference' });
  }
  if (draft.manufacturer === undefined) {
    draft.manufacturer = NO_MAKER;
    notes.push({ field: 'manufacturer', message: `is missing: taken as ${NO_MAKER}` });
  }
  if (draft.atom_id !== undefined) return false;
  const place = slugOf(textOf(draft.product_family)) || 'article';
  draft.atom_id = `${textOf(draft.manufacturer)}:${place}:${slugOf(textOf(draft.title)) || 'untitled'}`;
  notes.push({ field: 'atom_id', message: 'is missing: made of the title' });
  return true;
}

/** Jira calls the title of an issue its summary. */
function isTitle(summary: string): boolean {
  return /^\S[^\n]{1,78}[^\s.!?]$/.test(summary.trim());
}

/** The text of a field whose schema makes it text. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function slugOf(text: string): string {
  const words = text
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '-');
  return [...words]
    .slice(0, 80)
    .join('')
    .replace(/^-+|-+$/g, '');
}

function toProblem(issue: v.BaseIssue<unknown>): FieldProblem {
  return { field: textOf(issue.path?.[0]?.key), message: issue.message };
}

function sizeProblem(atom: Atom): FieldProblem | undefined {
  if (bytesOf(JSON.stringify(atom)) <= MAX_ATOM_BYTES) return undefined;
  const sizes = Object.entries(toRecord(atom)).map(([field, value]) => ({
    field,
    size: bytesOf(JSON.stringify(value) ?? ''),
  }));
  const largest = sizes.reduce((a, b) => (b.size > a.size ? b : a));
  return {
    field: largest.field,
    message: `makes the atom larger than ${MAX_ATOM_BYTES} bytes: this field alone has ${largest.size}. Split it into several atoms`,
  };
}

/** Whatever is beside an atom's own fields may be too much to be kept, and then costs itself alone. */
function leaveOutDeep(unknown: Map<string, unknown>, notes: MappingNote[]): void {
  for (const [field, value] of unknown) {
    if (!isDeeperThan(value, MAX_EXTRA_DEPTH - 1)) continue;
    unknown.delete(field);
    notes.push({ field, message: `is nested deeper than ${MAX_EXTRA_DEPTH} levels: left out` });
  }
}

/** The largest first, as long as there is too much. */
function leaveOutLarge(atom: Atom, notes: MappingNote[]): void {
  const { extra, ...own } = atom;
  if (extra === undefined) return;
  let left = bytesOf(JSON.stringify(atom)) - MAX_ATOM_BYTES;
  if (left <= 0 || bytesOf(JSON.stringify(own)) > MAX_ATOM_BYTES) return;
  const bySize = Object.entries(extra)
    .map(([field, value]) => ({ field, size: bytesOf(JSON.stringify({ [field]: value })) - 1 }))
    .sort((a, b) => b.size - a.size);
  for (const { field, size } of bySize) {
    if (left <= 0) break;
    left -= size;
    delete extra[field];
    notes.push({ field, message: `makes the atom larger than ${MAX_ATOM_BYTES} bytes: left out` });
  }
  if (Object.keys(extra).length === 0) delete atom.extra;
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
