import type { Atom } from '../knowledge/atom.ts';
import { type Block, blocksOf } from './blocks.ts';
import { cleanText } from './clean-text.ts';
import { MAX_CONTENT_CHARACTERS } from './script.ts';
import { ended, isReadable, splitSentences, upperFirst } from './sentences.ts';
import { speakable } from './speech.ts';

const LABEL = /^(?:warning|danger|caution|attention|note|important|notice)\s?[:!.–-]+\s*/i;

/**
 * The safety notes of an atom as they are spoken ("Danger: ..."), or `undefined` when they cannot be: such an atom
 * must not be used, since its notes would be lost. Empty for atoms of level info.
 */
export function spokenSafety({ safety_level: level, safety_notes: notes = '' }: Atom): string[] | undefined {
  if (level === 'info') return [];
  const label = upperFirst(level);
  const [first, ...rest] = blocksOf(cleanText(notes, MAX_CONTENT_CHARACTERS)).flatMap(sentencesOf);
  if (first === undefined) {
    if (notes.trim() !== '') return undefined;
    if (level === 'caution') return [];
    return [`${label}: the source marks this subject as a hazard, so follow the safety rules of your site.`];
  }
  const spoken = [`${label}: ${first}`, ...rest];
  return [first, ...rest, ...spoken].every(isReadable) ? spoken : undefined;
}

function sentencesOf(block: Block): string[] {
  switch (block.kind) {
    case 'heading':
    case 'prose':
      return spoken(block.text);
    case 'list':
    case 'steps':
      return block.items.flatMap(spoken);
    case 'code':
    case 'table':
      // Not readable, so that the atom is left out rather than its warning.
      return [''];
  }
}

function spoken(text: string): string[] {
  return splitSentences(ended(text.replace(LABEL, ''))).map((sentence) => upperFirst(speakable(sentence)));
}
