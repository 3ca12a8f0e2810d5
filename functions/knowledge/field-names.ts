import { ATOM_FIELDS, type AtomField } from './atom.ts';
import { nameByCode } from './fault-tables.ts';
import { type EnumField, isKnownWord } from './field-words.ts';
import { isAbsent, textIn } from './field-values.ts';
import { NestedFields } from './nested-fields.ts';
import { plainName } from './plain-name.ts';

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

const names = (list: string): readonly string[] => list.trim().split(/\s+/);

/** Names of the text of a record, in the form of {@link plainName}. */
export const CONTENT_NAMES: readonly string[] = names(`
  text page_content body answer answers accepted_answer article markdown html chunk chunk_text document post_content
  full_text long_text explanation inhalt antwort volltext langtext erläuterung erklärung contenu contenido contenuto inhoud
  texte texto testo description beschreibung details notes notizen bemerkung summary`);

/**
 * Names that other systems give to a field, the surest first, in the form of {@link plainName}. A field of ours in the
 * same record wins; each name is used once. Content comes before summary: a lone description is the article.
 */
const ALIASES: Partial<Record<AtomField, readonly string[]>> = {
  atom_id: names('id slug node_id uuid guid article_id object_id external_id kennung'),
  atom_type: names('type kind category typ art kategorie'),
  title: names(`
    name heading headline question post_title subject topic titel überschrift frage thema betreff bezeichnung kurztext
    short_description titre título titulo titolo
    message fault fault_name fault_text fault_description alarm alarm_name alarm_text error_message error_text
    meldung meldungstext fehler fehlertext störung störungstext alarmtext`),
  content: CONTENT_NAMES,
  summary: names('abstract description excerpt zusammenfassung kurzbeschreibung beschreibung'),
  manufacturer: names(`
    vendor maker brand oem vendors manufacturers makers brands vendor_name manufacturer_name hersteller marke fabrikat
    fabricant fabricante`),
  product_family: names(`
    product model model_number product_name product_line series platform equipment_type equipment device
    products models model_no model_numbers model_name device_type produkt produktfamilie modell gerät gerätetyp baureihe
    produkte modelle geräte`),
  product_version: names('version firmware firmware_version'),
  difficulty: names('difficulty_level skill_level schwierigkeit'),
  prerequisites: names('prereqs requires voraussetzungen'),
  related_atoms: names('related see_also siehe_auch'),
  source_document: names('source source_file file_name filename file_path manual quelle dokument'),
  source_pages: names('page pages page_number page_numbers page_range page_label seite seiten'),
  source_url: names('url link href permalink html_url web_url'),
  quality_score: names('quality confidence confidence_score qualität konfidenz'),
  safety_level: names('hazard_level gefahrenstufe'),
  safety_notes: names('safety safety_note safety_warning sicherheitshinweis sicherheitshinweise'),
  keywords: names(`
    tags labels keyword tag label_names stichwörter stichworte stichwort schlagwörter schlagworte schlagwort
    schlüsselwörter`),
  created_at: names(`
    created created_time created_on creation_date date published published_at erstellt erstellt_am erstellungsdatum datum`),
  last_validated_at: names('validated_at last_validated reviewed_at last_reviewed geprüft_am'),
};

/** An atom has no field for these; exports declare them so. */
export const LANGUAGE_NAMES: readonly string[] = names(
  'language lang locale language_code lang_code in_language content_language sprache langue idioma lingua taal',
);
const AUTHOR_NAMES = names('author authors author_name autor autoren verfasser auteur autore');

/** Names for many things: taken only where the value is one that the field knows. */
const DOUBTFUL = new Set(['kind', 'category', 'typ', 'art', 'kategorie']);

/** Parts of an article that some systems keep apart, in reading order, with the heading that each gets. */
const SECTIONS: Readonly<Record<string, string>> = {
  problem: 'Problem',
  symptom: 'Symptom',
  symptoms: 'Symptoms',
  symptome: 'Symptome',
  cause: 'Cause',
  causes: 'Causes',
  root_cause: 'Cause',
  possible_cause: 'Possible cause',
  possible_causes: 'Possible causes',
  probable_cause: 'Probable cause',
  ursache: 'Ursache',
  ursachen: 'Ursachen',
  mögliche_ursache: 'Mögliche Ursache',
  mögliche_ursachen: 'Mögliche Ursachen',
  solution: 'Solution',
  solutions: 'Solutions',
  lösung: 'Lösung',
  remedy: 'Remedy',
  remedies: 'Remedies',
  abhilfe: 'Abhilfe',
  behebung: 'Behebung',
  maßnahme: 'Maßnahme',
  maßnahmen: 'Maßnahmen',
  fix: 'Fix',
  resolution: 'Resolution',
  corrective_action: 'Corrective action',
  corrective_actions: 'Corrective actions',
  recommended_action: 'Recommended action',
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
  const nested = new NestedFields(rest);
  for (const field of ['content', ...ATOM_FIELDS] as const) {
    if (known.has(field) || (field === 'content' && sections !== '')) continue;
    const aliases = [field, ...(ALIASES[field] ?? [])];
    const name = aliases
      .map((alias) => plain.get(alias))
      .find((candidate) => candidate !== undefined && fits(field, candidate, rest.get(candidate)));
    const found =
      name === undefined
        ? nested.take(aliases, (own, value) => fitsInNest(field, own, value))
        : { name, value: rest.get(name) };
    if (found === undefined) {
      if (field === 'content') useSummary(known, notes);
      continue;
    }
    known.set(field, found);
    rest.delete(found.name);
    if (plainName(found.name) !== field) notes.push({ field: found.name, message: `was read as ${field}` });
  }
  nested.putBack();
  nameByCode(known, { rest, plain, notes });
  if (sections !== '') addToContent(known, sections);
  for (const [name, value] of rest) if (isAbsent(value) && plainName(name) in SECTIONS) rest.delete(name);
  return { known, unknown: rest, notes };
}

/** All names of the field that has this one, in the form of {@link plainName}. */
export function sameNames(name: string): readonly string[] {
  const plain = plainName(name);
  const fields = ATOM_FIELDS.map((field) => [field, ...(ALIASES[field] ?? [])]);
  return [LANGUAGE_NAMES, AUTHOR_NAMES, ...fields].find((same) => same.includes(plain)) ?? [plain];
}

export function isLanguageName(name: string): boolean {
  return LANGUAGE_NAMES.includes(plainName(name));
}

/** Whether any field or part of an atom goes by this name. */
export function isFieldName(name: string): boolean {
  const plain = plainName(name);
  return sameNames(plain).length > 1 || plain in SECTIONS || plain in ALIASES;
}

/** Whether a record has a value under a name of this field. */
export function namesField(field: AtomField, record: Readonly<Record<string, unknown>>): boolean {
  const known = [field, ...(ALIASES[field] ?? [])];
  return Object.entries(record).some(([name, value]) => known.includes(plainName(name)) && !isAbsent(value));
}

function reasonToDrop(name: string, value: unknown): string | undefined {
  if (name === '__proto__') return 'is not kept: no field may have this name';
  const plain = plainName(name);
  const isVector = /embedding/.test(plain) || /^(dense_|sparse_)?vectors?$/.test(plain);
  if (isVector && (value === null || typeof value === 'object' || typeof value === 'string'))
    return 'is not kept: an embedding has no use here';
  return undefined;
}

function fits(field: AtomField, name: string, value: unknown): boolean {
  if (isAbsent(value)) return false;
  const plain = plainName(name);
  // Numbers of rows repeat from file to file: an id is made of the title instead.
  if (field === 'atom_id' && plain === 'id' && /^\s*\d+\s*$/.test(textIn(value, ' ') ?? '')) return false;
  // Databases count the changes of a row in `_version`.
  if (field === 'product_version' && name.startsWith('_')) return false;
  if (plain === 'source' && /^https?:/i.test(String(value))) return field === 'source_url';
  return !DOUBTFUL.has(plain) || isKnownWord(field as EnumField, value);
}

/** The fields in a nest may be about the file that the article is in. */
function fitsInNest(field: AtomField, plain: string, value: unknown): boolean {
  if (plain === 'version') return false;
  return fits(field, plain, value) && (field !== 'atom_type' || isKnownWord(field, value));
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
