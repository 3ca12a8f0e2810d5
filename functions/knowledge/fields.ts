import type { Atom } from './atom.ts';

/** The fields of an atom by name, in the order in which an export writes them. */
export const ATOM_FIELDS = [
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
] as const satisfies readonly (keyof Atom)[];

export type AtomField = (typeof ATOM_FIELDS)[number];
