import type { Draft, Part } from './draft.ts';
import { isSubject } from './relevance.ts';
import { countWords, WORDS } from './script.ts';

/** A section of fewer words than this is hardly worth its heading. */
export const THIN_WORDS = 40;
/** A script of several atoms tells more than two halves of one. */
const ONE_ATOM_FLAW = 40;
/** A word that is not about the topic is as bad as missing the target by one and a half. */
const COMPANION_FLAW = 0.5;
/** So is a word that another section has more than the one that is most about the topic, nearly. */
const OVERSHADOWED_FLAW = 0.3;
/** Steps that are not told at all, and a word of them that the short form leaves out. */
const UNTOLD_FLAW = 40;
const OMITTED_FLAW = 0.3;

export function least(drafts: readonly Draft[], cost: (draft: Draft) => number): Draft | undefined {
  return drafts.reduce<Draft | undefined>(
    (best, draft) => (best === undefined || cost(draft) < cost(best) ? draft : best),
    undefined,
  );
}

/**
 * In words, about: sections too thin to stand alone, a procedure announced and not told, what is beside the topic,
 * distance from the target.
 */
export function flawsOf({ parts, example, exampleMaterial, words }: Draft, areMany: boolean): number {
  const thin = parts.reduce((sum, part) => sum + Math.max(0, THIN_WORDS - wordsOf(part)), 0);
  const untold = parts.filter(
    ({ material, passages }) =>
      isSubject(material) &&
      material.passages.some(({ isSteps }) => isSteps) &&
      !passages.some(({ isSteps }) => isSteps),
  );
  const omitted = parts
    .flatMap(({ passages }) => passages)
    .reduce((sum, { omittedWords }) => sum + omittedWords, 0);
  const [first, ...others] = [...parts]
    .sort((a, b) => b.material.closeness - a.material.closeness)
    .map(wordsOf);
  const overshadowed = Math.max(0, Math.max(...others) - (first ?? 0));
  const isOneAtom = areMany && parts.length === 1 ? ONE_ATOM_FLAW : 0;
  const beside = companionWordsOf(parts) + (isSubject(exampleMaterial) ? 0 : countWords(example));
  return (
    thin +
    untold.length * UNTOLD_FLAW +
    omitted * OMITTED_FLAW +
    isOneAtom +
    beside * COMPANION_FLAW +
    overshadowed * OVERSHADOWED_FLAW +
    Math.abs(words - WORDS.target) / 3
  );
}

export function companionWordsOf(parts: readonly Part[]): number {
  return parts.reduce((sum, part) => sum + (isSubject(part.material) ? 0 : spokenWordsOf(part)), 0);
}

/** With the notes that come along. */
export function spokenWordsOf({ material, passages }: Pick<Part, 'material' | 'passages'>): number {
  return passages.length === 0 ? 0 : wordsOf({ passages }) + countWords(material.safety.join(' '));
}

export function wordsOf({ passages }: Pick<Part, 'passages'>): number {
  return passages.reduce((sum, { words }) => sum + words, 0);
}
