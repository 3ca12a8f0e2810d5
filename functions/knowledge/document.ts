import type { SearchDocument } from '../search/port.ts';
import type { Atom } from './atom.ts';

/** What a search sees of an atom. */
export function toSearchDocument(atom: Atom): SearchDocument {
  return {
    id: atom.atom_id,
    title: atom.title,
    summary: atom.summary,
    content: atom.safety_notes === undefined ? atom.content : `${atom.content}\n\n${atom.safety_notes}`,
    keywords: atom.keywords,
    facets: {
      manufacturer: atom.manufacturer,
      type: atom.atom_type,
      safety: atom.safety_level,
      ...(atom.product_family !== undefined && { family: atom.product_family }),
      ...(atom.difficulty !== undefined && { difficulty: atom.difficulty }),
    },
  };
}
