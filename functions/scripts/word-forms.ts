import { stem } from 'porter2';

/** A word in lower case, prepared for comparison with many others. */
export interface WordForm {
  word: string;
  stem: string;
  /** What is left without the ending that makes a noun of a verb. */
  root: string;
}

/** `same` word, perhaps inflected ("timer", "timers"), or a word made from it ("starting", "starter"). */
export type Kinship = 'same' | 'derived';

const NOUN_ENDING = /(?:ison|ation|ion|ing|er|or)$/;
const AGENT = /(?:er|or)s?$/;
/** Shorter roots are shared by words that have nothing to do with each other. */
const SHORTEST_ROOT = 5;

export function formOf(word: string): WordForm {
  const stemmed = stem(word);
  return { word, stem: stemmed, root: stemmed.replace(NOUN_ENDING, '') };
}

export function kinshipOf(a: WordForm, b: WordForm): Kinship | undefined {
  if (a.stem === b.stem) return isAgentOf(a.word, b.word) || isAgentOf(b.word, a.word) ? 'derived' : 'same';
  return a.root === b.root && a.root.length >= SHORTEST_ROOT ? 'derived' : undefined;
}

/** The stemmer takes a sequencer for a sequence and a controller for a control. */
function isAgentOf(agent: string, word: string): boolean {
  return AGENT.test(agent) && !word.startsWith(agent.replace(/s$/, ''));
}

/** "e-stop" and "4-20 mA" as the trade's synonyms are written: "e stop", "4 20 ma". */
export function plainWords(text: string): string[] {
  return (
    text
      .toLowerCase()
      .replace(/'/g, '')
      .match(/[\p{L}\p{N}]+/gu) ?? []
  );
}
