import type { AtomType } from '../knowledge/atom.ts';

/** Spoken pace that every duration and timestamp is computed with. */
const WORDS_PER_MINUTE = 150;
/** A script aims at three minutes and never leaves 450 words by more than a tenth. */
export const WORDS = { min: 405, target: 450, max: 495 } as const;
/** Sections of the main part. */
export const SECTIONS = { min: 2, max: 4 } as const;
/** Longer topics are refused; a spoken title is no longer than this. */
export const MAX_TOPIC_CHARACTERS = 120;
/** Atoms beyond this many are not looked at: give the most relevant ones first. */
export const MAX_ATOMS = 16;
/** Characters of one atom's content that are looked at. */
export const MAX_CONTENT_CHARACTERS = 20_000;

export interface ScriptSection {
  heading: string;
  /** Seconds from the start of the video. */
  startSeconds: number;
  /** Whole sentences, as they are spoken. */
  narration: string;
  /** Ids of the atoms it is taken from. */
  sources: string[];
}

export interface Citation {
  atomId: string;
  title: string;
  document?: string;
  pages: string[];
  /** Always http or https. */
  url?: string;
}

/** A video script. Everything but `title`, headings, `keywords` and `citations` is narration. */
export interface Script {
  id: string;
  /** As asked for, cleaned. */
  topic: string;
  title: string;
  hook: string;
  intro: string;
  sections: ScriptSection[];
  example: string;
  /** Ids of the atoms that the example is taken from. */
  exampleSources: string[];
  recap: string;
  outro: string;
  keywords: string[];
  /** Every atom used, in order of appearance. */
  citations: Citation[];
  /** Words of the whole narration, within {@link WORDS}. */
  wordCount: number;
  /** At {@link WORDS_PER_MINUTE}. */
  durationSeconds: number;
  createdAtMs: number;
  userId?: number;
}

/** Why there is no script: facts for the caller to put in words. */
export type Missing =
  | { reason: 'topic-empty' }
  | { reason: 'topic-too-long'; characters: number; maxCharacters: number }
  | MissingMaterial;

export interface MissingMaterial {
  reason: 'too-little-material';
  /** Words that can be spoken: of the atoms on the topic, and as many of those they are linked with as may be. */
  words: number;
  /** Words that a script needs from atoms. */
  wordsNeeded: number;
  /** Atoms given, and how many of them are on the topic and hold whole sentences or steps that can be spoken. */
  atoms: number;
  usableAtoms: number;
  /** Kinds that carry a narration and are not among the usable atoms. */
  missingTypes: AtomType[];
  /** Ids of atoms that mention the topic at most. */
  offTopicAtoms: string[];
  /** Ids of atoms on the topic that hold nothing but tables, fragments or code. */
  unusableAtoms: string[];
}

export type ScriptResult = { ok: true; script: Script } | { ok: false; missing: Missing };

/** Words as they are counted and timed: runs of non-space characters with a letter or digit in them. */
export function countWords(text: string): number {
  let words = 0;
  for (const run of text.split(/\s+/)) if (/[\p{L}\p{N}]/u.test(run)) words++;
  return words;
}

export function secondsOf(words: number): number {
  return Math.round((words * 60) / WORDS_PER_MINUTE);
}
