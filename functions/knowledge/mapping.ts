import { ATOM_FIELDS, type AtomField } from './fields.ts';

/** Something an import did to an atom that its author should know; the same words for every atom, so that they add up. */
export interface MappingNote {
  field: string;
  message: string;
}

export interface MappedRecord {
  /** Values under the names of this system; absent where the record says null or nothing. */
  known: Partial<Record<AtomField, unknown>>;
  /** What this version does not know, under its own names. */
  unknown: Record<string, unknown>;
  notes: MappingNote[];
}

/** Names seen in exports of other systems. A name of ours in the same record wins; the other is then an unknown field. */
const ALIASES: Readonly<Record<string, AtomField>> = {
  id: 'atom_id',
  type: 'atom_type',
  vendor: 'manufacturer',
  prereqs: 'prerequisites',
};

const LISTS: ReadonlySet<string> = new Set<AtomField>([
  'prerequisites',
  'related_atoms',
  'source_pages',
  'keywords',
]);

const KNOWN: ReadonlySet<string> = new Set(ATOM_FIELDS);

/** Brings one record of a foreign export to the names of this system, without judging its values. */
export function mapRecord(record: Readonly<Record<string, unknown>>): MappedRecord {
  const known = new Map<string, unknown>();
  const unknown = new Map<string, unknown>();
  const notes: MappingNote[] = [];

  for (const [name, value] of Object.entries(record)) {
    const target = ownName(name, record);
    if (name === 'embedding') {
      notes.push({ field: name, message: 'an embedding is not kept' });
    } else if (name === '__proto__') {
      notes.push({ field: name, message: 'a field of this name is not kept' });
    } else if (target === undefined) {
      unknown.set(name, value);
    } else if (!isAbsent(value)) {
      known.set(target, LISTS.has(target) ? toList(target, value) : value);
    }
  }

  moveCodeExample(known, unknown, notes);
  setAsideForeignUrl(known, unknown, notes);
  // fromEntries defines own properties whatever their name is; an assignment would run a setter.
  return { known: Object.fromEntries(known), unknown: Object.fromEntries(unknown), notes };
}

function ownName(name: string, record: Readonly<Record<string, unknown>>): string | undefined {
  if (KNOWN.has(name)) return name;
  const alias = Object.hasOwn(ALIASES, name) ? ALIASES[name] : undefined;
  return alias !== undefined && !(Object.hasOwn(record, alias) && !isAbsent(record[alias]))
    ? alias
    : undefined;
}

function isAbsent(value: unknown): boolean {
  return value === null || value === undefined || (typeof value === 'string' && value.trim() === '');
}

function toList(field: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((entry) => !isAbsent(entry));
  if (field === 'keywords' && typeof value === 'string')
    return value.split(',').filter((word) => !isAbsent(word));
  return typeof value === 'string' || typeof value === 'number' ? [value] : value;
}

/** A reader of the atom should see its example, and a search should find it. */
function moveCodeExample(
  known: Map<string, unknown>,
  unknown: Map<string, unknown>,
  notes: MappingNote[],
): void {
  const example = unknown.get('code_example');
  const content = known.get('content');
  if (typeof example !== 'string' || isAbsent(example)) return;
  if (content !== undefined && typeof content !== 'string') return;
  unknown.delete('code_example');
  known.set('content', content === undefined ? example : `${content.trimEnd()}\n\nExample:\n${example}`);
  notes.push({ field: 'code_example', message: 'was added to the end of content' });
}

/** Exports name files and drives here too. Only an address that is safe to link to becomes a link. */
function setAsideForeignUrl(
  known: Map<string, unknown>,
  unknown: Map<string, unknown>,
  notes: MappingNote[],
): void {
  const url = known.get('source_url');
  if (url === undefined || (typeof url === 'string' && isWebAddress(url))) return;
  known.delete('source_url');
  unknown.set('source_url', url);
  notes.push({ field: 'source_url', message: 'is not an http(s) address: kept, but not shown as a link' });
}

function isWebAddress(text: string): boolean {
  return /^https?:\/\/\S+$/i.test(text.trim()) && URL.canParse(text.trim());
}
