import type { AtomType, Difficulty, SafetyLevel } from './atom.ts';

export interface FieldWords {
  atom_type: AtomType;
  difficulty: Difficulty;
  safety_level: SafetyLevel;
}

export type EnumField = keyof FieldWords;

/** Words that other systems use for a value of ours, in the form of {@link plainWord}. */
const WORDS: { [Field in EnumField]: Partial<Record<FieldWords[Field], readonly string[]>> } = {
  atom_type: {
    concept: [
      'theory',
      'explanation',
      'overview',
      'introduction',
      'definition',
      'fundamentals',
      'grundlagen',
      'konzept',
    ],
    procedure: [
      'how to',
      'howto',
      'guide',
      'tutorial',
      'instruction',
      'instructions',
      'steps',
      'task',
      'sop',
      'anleitung',
      'verfahren',
    ],
    specification: [
      'spec',
      'specs',
      'specifications',
      'table',
      'datasheet',
      'data sheet',
      'parameter',
      'parameters',
      'datenblatt',
      'tabelle',
    ],
    pattern: ['example', 'template', 'code', 'recipe', 'beispiel', 'muster'],
    fault: [
      'troubleshooting',
      'fault code',
      'error',
      'error code',
      'alarm',
      'issue',
      'problem',
      'störung',
      'fehler',
    ],
    reference: [
      'best practice',
      'best practices',
      'tip',
      'tips',
      'hint',
      'note',
      'safety',
      'part',
      'parts',
      'faq',
      'article',
      'document',
      'referenz',
      'tipp',
    ],
  },
  difficulty: {
    beginner: ['easy', 'low', 'basic', 'simple', 'novice', 'einfach', 'leicht', 'anfänger'],
    intermediate: ['moderate', 'medium', 'mittel', 'normal'],
    advanced: ['hard', 'high', 'difficult', 'complex', 'schwer', 'schwierig', 'fortgeschritten'],
    expert: ['very hard', 'experte', 'specialist'],
  },
  safety_level: {
    info: [
      'none',
      'no',
      'safe',
      'low',
      'ok',
      'n a',
      'information',
      'informational',
      'note',
      'notice',
      'keine',
      'hinweis',
    ],
    caution: ['medium', 'moderate', 'attention', 'vorsicht'],
    warning: ['high', 'warn', 'warnung'],
    danger: ['critical', 'severe', 'lethal', 'deadly', 'extreme', 'high voltage', 'gefahr'],
  },
};

const KNOWN: Record<EnumField, ReadonlyMap<string, string>> = {
  atom_type: byWord(WORDS.atom_type),
  difficulty: byWord(WORDS.difficulty),
  safety_level: byWord(WORDS.safety_level),
};

/** The value of ours that another system's word stands for. */
export function meaningOf(field: EnumField, value: unknown): string | undefined {
  return typeof value === 'string' ? KNOWN[field].get(plainWord(value)) : undefined;
}

export function isKnownWord(field: EnumField, value: unknown): boolean {
  return meaningOf(field, value) !== undefined;
}

/** `Best-Practice` and `best_practice` are one word: `best practice`. */
function plainWord(word: string): string {
  return word
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

function byWord(words: Partial<Record<string, readonly string[]>>): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(words).flatMap(([value, others = []]) =>
      [value, ...others].map((word) => [word, value] as const),
    ),
  );
}
