export const ATOM_TYPES = ['concept', 'procedure', 'specification', 'pattern', 'fault', 'reference'] as const;
export const DIFFICULTIES = ['beginner', 'intermediate', 'advanced', 'expert'] as const;
export const SAFETY_LEVELS = ['info', 'caution', 'warning', 'danger'] as const;

export type AtomType = (typeof ATOM_TYPES)[number];
export type Difficulty = (typeof DIFFICULTIES)[number];
export type SafetyLevel = (typeof SAFETY_LEVELS)[number];

/**
 * One cited article of the knowledge base. Field names are those of the exports of the system this bot
 * replaces, so that its files import unchanged.
 */
export interface Atom {
  /** `manufacturer:product:topic-slug`; may contain spaces and upper case. */
  atom_id: string;
  atom_type: AtomType;
  title: string;
  summary: string;
  content: string;
  /** Lower snake case, e.g. `allen_bradley`. */
  manufacturer: string;
  product_family?: string;
  product_version?: string;
  difficulty?: Difficulty;
  prerequisites: string[];
  related_atoms: string[];
  source_document?: string;
  source_pages: (number | string)[];
  source_url?: string;
  /** 0..1 */
  quality_score?: number;
  safety_level: SafetyLevel;
  safety_notes?: string;
  keywords: string[];
  /** ISO 8601 */
  created_at?: string;
  /** ISO 8601 */
  last_validated_at?: string;
  /** Fields this version does not know, kept so that an export gives back what was imported. */
  extra?: Record<string, unknown>;
}
