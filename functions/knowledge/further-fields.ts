import { type Atom, ATOM_FIELDS, type AtomField } from './atom.ts';
import { textIn } from './field-values.ts';

/** The fields that search and article know by name: each has its place there, or none for a reason. */
const PLACED: ReadonlySet<AtomField> = new Set([
  'atom_id',
  'atom_type',
  'title',
  'summary',
  'content',
  'manufacturer',
  'product_family',
  'product_version',
  'difficulty',
  'prerequisites',
  'related_atoms',
  'source_document',
  'source_pages',
  'source_url',
  'quality_score',
  'safety_level',
  'safety_notes',
  'keywords',
  'created_at',
  'last_validated_at',
]);

/** All others, so that a field which is added to the schema alone is lost in neither. */
export const FURTHER_FIELDS = ATOM_FIELDS.filter((field) => !PLACED.has(field));

/** The fields as texts to be shown, without those that have none. */
export function textsOf(atom: Atom, fields: readonly AtomField[]): { field: AtomField; text: string }[] {
  return fields
    .map((field) => ({ field, text: textIn(atom[field], ', ') ?? '' }))
    .filter(({ text }) => text !== '');
}
