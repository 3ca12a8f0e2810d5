import { ATOM_FIELDS, type AtomField } from './atom.ts';
import { type EnumField, isKnownWord } from './field-words.ts';
import { isAbsent, textIn } from './field-values.ts';

/** Something an import did to an atom that its author should know; the same words for every atom, so that they add up. */
export interface MappingNote {
  field: string;
  message: string;
}

export interface MappedRecord {
  /** Values under the names of this system, with the name in the record; absent where that says null or nothing. */
  known: Map<AtomField, { name: string; value: unknown }>;
  /** Values that belong to no field of an atom, under their own names. */
  unknown: Map<string, unknown>;
  notes: MappingNote[];
}

/** Names of the text of a record, in the form of {@link plainName}. */
export const CONTENT_NAMES: readonly string[] = [
  ...[
    'text',
    'page_content',
    'body',
    'answer',
    'answers',
    'article',
    'markdown',
    'html',
    'chunk',
    'chunk_text',
  ],
  ...['document', 'post_content', 'inhalt', 'antwort', 'description', 'beschreibung', 'summary'],
];

/**
 * Names that other systems give to a field, the surest first, in the form of {@link plainName}. A field of ours in the
 * same record wins; each name is used once. Content comes before summary: a lone description is the article.
 */
const ALIASES: Partial<Record<AtomField, readonly string[]>> = {
  atom_id: ['id', 'slug', 'node_id', 'uuid'],
  atom_type: ['type', 'kind', 'category', 'typ', 'art', 'kategorie'],
  title: [
    'name',
    'heading',
    'headline',
    'question',
    'post_title',
    'subject',
    'topic',
    'titel',
    'überschrift',
    'frage',
    'thema',
  ],
  content: CONTENT_NAMES,
  summary: ['abstract', 'description', 'excerpt', 'zusammenfassung', 'kurzbeschreibung', 'beschreibung'],
  manufacturer: ['vendor', 'maker', 'brand', 'oem', 'hersteller', 'marke'],
  product_family: [
    ...[
      'product',
      'model',
      'model_number',
      'product_name',
      'product_line',
      'series',
      'platform',
      'equipment_type',
    ],
    ...['equipment', 'device', 'produkt', 'produktfamilie', 'modell', 'gerät', 'baureihe'],
  ],
  product_version: ['version', 'firmware', 'firmware_version'],
  difficulty: ['difficulty_level', 'skill_level', 'schwierigkeit'],
  prerequisites: ['prereqs', 'requires', 'voraussetzungen'],
  related_atoms: ['related', 'see_also', 'siehe_auch'],
  source_document: [
    'source',
    'source_file',
    'file_name',
    'filename',
    'file_path',
    'manual',
    'quelle',
    'dokument',
  ],
  source_pages: ['page', 'pages', 'page_number', 'page_numbers', 'page_label', 'seite', 'seiten'],
  source_url: ['url', 'link', 'href', 'permalink'],
  quality_score: ['quality', 'qualität'],
  safety_level: ['hazard_level', 'gefahrenstufe'],
  safety_notes: ['safety', 'safety_note', 'safety_warning', 'sicherheitshinweis', 'sicherheitshinweise'],
  keywords: ['tags', 'labels', 'stichwörter', 'schlagwörter', 'schlagworte'],
  created_at: ['created', 'created_time', 'date', 'erstellt', 'erstellt_am', 'datum'],
  last_validated_at: ['validated_at', 'last_validated', 'geprüft_am'],
};

/** Names for many things: taken only where the value is one that the field knows. */
const DOUBTFUL = new Set(['kind', 'category', 'typ', 'art', 'kategorie']);

/** Parts of an article that some systems keep apart, in reading order, with the heading that each gets. */
const SECTIONS: Readonly<Record<string, string>> = {
  problem: 'Problem',
  symptom: 'Symptom',
  symptoms: 'Symptoms',
  cause: 'Cause',
  causes: 'Causes',
  root_cause: 'Cause',
  ursache: 'Ursache',
  solution: 'Solution',
  lösung: 'Lösung',
  remedy: 'Remedy',
  abhilfe: 'Abhilfe',
  fix: 'Fix',
  resolution: 'Resolution',
  corrective_action: 'Corrective action',
  steps: 'Steps',
  code_example: 'Example',
};

/** Brings one record of a foreign export to the names of this system, without judging its values. */
export function mapRecord(record: Readonly<Record<string, unknown>>): MappedRecord {
  const rest = new Map(Object.entries(record));
  const notes: MappingNote[] = [];
  for (const [name, value] of rest) {
    const message = reasonToDrop(name, value);
    if (message === undefined) continue;
    rest.delete(name);
    notes.push({ field: name, message });
  }
  const known = new Map<AtomField, { name: string; value: unknown }>();
  for (const field of ATOM_FIELDS) {
    if (!rest.has(field)) continue;
    if (!isAbsent(rest.get(field))) known.set(field, { name: field, value: rest.get(field) });
    rest.delete(field);
  }
  const plain = new Map([...rest.keys()].map((name) => [plainName(name), name]));
  const sections = takeSections(rest, plain, notes);
  for (const field of ['content', ...ATOM_FIELDS] as const) {
    if (known.has(field) || (field === 'content' && sections !== '')) continue;
    const name = [field, ...(ALIASES[field] ?? [])]
      .map((alias) => plain.get(alias))
      .find((candidate) => candidate !== undefined && fits(field, candidate, rest));
    if (name === undefined) {
      if (field === 'content') useSummary(known, notes);
      continue;
    }
    known.set(field, { name, value: rest.get(name) });
    rest.delete(name);
    if (plainName(name) !== field) notes.push({ field: name, message: `was read as ${field}` });
  }
  if (sections !== '') addToContent(known, sections);
  for (const [name, value] of rest) if (isAbsent(value) && plainName(name) in SECTIONS) rest.delete(name);
  return { known, unknown: rest, notes };
}

/** `productFamily`, `Product Family` and `schema:product-family` are one name: `product_family`. */
export function plainName(name: string): string {
  return name
    .normalize('NFC')
    .replace(/^\s*[\p{L}\d]+:(?=\p{L})/u, '')
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1_$2')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_+|_+$/g, '');
}

function reasonToDrop(name: string, value: unknown): string | undefined {
  if (name === '__proto__') return 'is not kept: no field may have this name';
  const plain = plainName(name);
  const isVector = /embedding/.test(plain) || /^(dense_|sparse_)?vectors?$/.test(plain);
  if (isVector && (value === null || typeof value === 'object' || typeof value === 'string'))
    return 'is not kept: an embedding has no use here';
  return undefined;
}

function fits(field: AtomField, name: string, rest: ReadonlyMap<string, unknown>): boolean {
  const value = rest.get(name);
  if (!rest.has(name) || isAbsent(value)) return false;
  const plain = plainName(name);
  // Numbers of rows repeat from file to file: an id is made of the title instead.
  if (field === 'atom_id' && plain === 'id' && typeof value === 'number') return false;
  if (plain === 'source' && /^https?:/i.test(String(value))) return field === 'source_url';
  return !DOUBTFUL.has(plain) || isKnownWord(field as EnumField, value);
}

/** A text that is there under no name but summary is what there is to read. */
function useSummary(known: MappedRecord['known'], notes: MappingNote[]): void {
  const summary = known.get('summary');
  if (summary === undefined) return;
  known.set('content', summary);
  notes.push({ field: summary.name, message: 'was read as content, for there is no other text' });
}

function takeSections(
  rest: Map<string, unknown>,
  plain: ReadonlyMap<string, string>,
  notes: MappingNote[],
): string {
  const parts: string[] = [];
  for (const [section, heading] of Object.entries(SECTIONS)) {
    const name = plain.get(section);
    const value = name === undefined ? undefined : rest.get(name);
    if (name === undefined || isAbsent(value)) continue;
    const text = textIn(value, '\n');
    if (text === undefined) continue;
    rest.delete(name);
    parts.push(`${heading}:\n${text.trim()}`);
    notes.push({ field: name, message: 'was added to the end of content' });
  }
  return parts.join('\n\n');
}

/** A reader of the atom should see it, and a search should find it. */
function addToContent(known: MappedRecord['known'], sections: string): void {
  const content = known.get('content');
  const before = content === undefined ? '' : (textIn(content.value, '\n\n') ?? '').trimEnd();
  known.set('content', {
    name: content?.name ?? 'content',
    value: before === '' ? sections : `${before}\n\n${sections}`,
  });
}
