/** Spoken pace that every duration and timestamp is computed with. */
const WORDS_PER_MINUTE = 150;
/** A script on a smaller subject is shorter than the aim. */
export const WORDS = { min: 225, target: 450, max: 495 } as const;
export const SCRIPT_MINUTES = WORDS.target / WORDS_PER_MINUTE;
/** Sections of the main part. */
export const SECTIONS = { min: 2, max: 5 } as const;
/** A longer topic is no topic. */
export const MAX_TOPIC_CHARACTERS = 120;
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
  /** That of the article which the script tells, so that it promises nothing else. */
  title: string;
  hook: string;
  intro: string;
  sections: ScriptSection[];
  /** An example of the articles, or else a point of theirs for practice. Empty where they have neither. */
  example: string;
  /** `false` of a point for practice. Absent in scripts of earlier versions. */
  isExample?: boolean;
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
  | TooLittle;

export interface TooLittle {
  reason: 'too-little-material';
  /** Words of the longest script that the atoms make; 0 where nothing of them can be spoken. */
  words: number;
  wordsNeeded: number;
  /** Titles of the atoms, all of them about the topic. */
  titles: string[];
}

export type ScriptResult = { ok: true; script: Script } | { ok: false; missing: Missing };

/** Words as they are counted and timed: runs of non-space characters with a letter or digit in them. */
export function countWords(text: string): number {
  return text.match(/[\p{L}\p{N}]\S*/gu)?.length ?? 0;
}

export function secondsOf(words: number): number {
  return Math.round((words * 60) / WORDS_PER_MINUTE);
}

/** Everything that is spoken, in order. */
export function narrationOf({
  hook,
  intro,
  sections,
  example,
  recap,
  outro,
}: Pick<Script, 'hook' | 'intro' | 'example' | 'recap' | 'outro'> & {
  sections: readonly { narration: string }[];
}): string[] {
  const narrations = [hook, intro, ...sections.map(({ narration }) => narration), example, recap, outro];
  return narrations.filter((narration) => narration !== '');
}
