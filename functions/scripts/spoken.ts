import type { Atom } from '../knowledge/atom.ts';
import { type Block, blocksOf } from './blocks.ts';
import { cleanText, plainInline } from './clean-text.ts';
import { spokenSafety } from './safety.ts';
import { countWords, MAX_CONTENT_CHARACTERS } from './script.ts';
import { ended, isWholeSentence, leansOnPrevious, splitSentences, upperFirst } from './sentences.ts';
import { speakable } from './speech.ts';

/** A paragraph, a list or a procedure: spoken whole, its sentences as the article has them. */
export interface Passage {
  sentences: string[];
  /** The items of a numbered list, each with its sentences. */
  items?: string[][];
  /** Whether the article gives them an order; else they are causes, cases, habits. */
  areSteps?: boolean;
  isExample: boolean;
}

/** The spoken parts of one atom. */
export interface Material {
  atom: Atom;
  /** Plain text, for headings and citations. */
  title: string;
  /** Spoken wherever the atom is used. */
  safety: string[];
  passages: Passage[];
  /** Whether a numbered list was left out, since a part of it cannot be spoken. */
  lacksSteps: boolean;
  summary: string[];
}

const MAX_TITLE_CHARACTERS = 90;
/** Longer paragraphs are divided. */
const PASSAGE_WORDS = 70;
const MAX_LIST_ITEMS = 7;
const MAX_ITEM_WORDS = 12;
const PAGE_REFERENCE = / ?\((?:see|refer|cf\.|fig|table|page|p\.|section|chapter)[^()]{0,120}\)/gi;
const EXAMPLE = /^(?:For example|For instance|An? example|Example|As an example|Suppose)\b/;
/** Beginnings of clauses that are no sentence when the list they introduce is taken away. */
const SUBORDINATE =
  /^(?:If|When|While|With|Without|At|For|In|On|After|Before|To|During|Once|As|Where|Unless|Until|Since)\b/;
/** Words before a numbered list that make steps of it. Things to do without them may be habits or remedies in any order. */
const IN_ORDER = /\bsteps\b|\bin (?:this|that|the following) (?:order|sequence)\b/i;
const STEP_ONE = /\bstep 1[.):]/i;
const NUMBERS = 'one two three four five six seven eight nine ten eleven twelve'.split(' ');

export function numberWord(count: number): string {
  return NUMBERS[count - 1] ?? String(count);
}

/** `undefined` for an atom whose warnings cannot be spoken: it must not be used without them. */
export function materialOf(atom: Atom): Material | undefined {
  const safety = spokenSafety(atom);
  if (safety === undefined) return undefined;
  const summary = plainInline(cleanText(atom.summary, MAX_CONTENT_CHARACTERS).replace(/\n/g, ' '));
  const { passages, lacksSteps } = passagesOf(atom);
  return {
    atom,
    title: titleOf(atom),
    safety,
    passages,
    lacksSteps,
    summary: wholeSentences(summary.replace(PAGE_REFERENCE, ''), false).sentences,
  };
}

export function wordsOf(passages: readonly Passage[]): number {
  return passages.reduce((sum, { sentences }) => sum + countWords(sentences.join(' ')), 0);
}

function titleOf(atom: Atom): string {
  const whole = plainInline(cleanText(atom.title, 500).replace(/\n/g, ' '))
    .replace(/[|\\<>{}`*~^]/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/[\s.:;,…-]+$/, '')
    .trim();
  if (whole.length <= MAX_TITLE_CHARACTERS) return whole;
  return whole
    .slice(0, MAX_TITLE_CHARACTERS)
    .replace(/\s+\S*$/, '')
    .replace(/[\s.:;,(-]+$/, '');
}

function passagesOf(atom: Atom): Pick<Material, 'passages' | 'lacksSteps'> {
  const blocks = blocksOf(cleanText(atom.content, MAX_CONTENT_CHARACTERS).replace(PAGE_REFERENCE, ''));
  const passages: Passage[] = [];
  let lacksSteps = false;
  let heading: string | undefined;
  let isAfterGap = false;
  blocks.forEach((block, position) => {
    if (block.kind === 'heading') {
      heading = block.text;
      return;
    }
    const before = blocks[position - 1];
    const lead = before?.kind === 'prose' ? splitSentences(before.text).at(-1) : undefined;
    const { isBroken, ...told } = toldOf(block, { atom, isAfterGap, lead, heading });
    if (block.kind === 'steps' && told.sentences.length === 0) lacksSteps = true;
    const isExample =
      block.kind === 'prose' && (/\bexample\b/i.test(heading ?? '') || EXAMPLE.test(told.sentences[0] ?? ''));
    const chunks = block.kind === 'steps' ? [told.sentences] : chunksOf(told.sentences);
    for (const sentences of chunks.filter(({ length }) => length > 0))
      passages.push({ ...told, sentences, isExample });
    isAfterGap = isBroken;
    if (block.kind !== 'prose') heading = undefined;
  });
  return { passages, lacksSteps };
}

/** A paragraph of many sentences is several passages, divided where no sentence points back. */
function chunksOf(sentences: readonly string[]): string[][] {
  const chunks: string[][] = [[]];
  for (const sentence of sentences) {
    const isFull = countWords(chunks.at(-1)?.join(' ') ?? '') >= PASSAGE_WORDS;
    if (isFull && !leansOnPrevious(sentence)) chunks.push([]);
    chunks.at(-1)?.push(sentence);
  }
  return chunks;
}

interface Surroundings {
  atom: Atom;
  /** Whether the end of what stands right before the block was left out, so that nothing may point back at it. */
  isAfterGap: boolean;
  /** The sentence right before the block. */
  lead: string | undefined;
  heading: string | undefined;
}

type Told = Pick<Passage, 'sentences' | 'items' | 'areSteps'> & { isBroken: boolean };

function toldOf(block: Exclude<Block, { kind: 'heading' }>, around: Surroundings): Told {
  const introduction = around.lead?.endsWith(':') === true ? around.lead.slice(0, -1) : undefined;
  switch (block.kind) {
    // Nobody can listen to them.
    case 'code':
    case 'table':
      return { sentences: [], isBroken: true };
    case 'prose':
      return wholeSentences(block.text, around.isAfterGap);
    case 'list': {
      const sentences = spokenList(block.items, introduction ?? around.heading, around.atom);
      return { sentences, isBroken: sentences.length === 0 };
    }
    case 'steps': {
      const { atom, lead = '', heading = '' } = around;
      const areSteps =
        atom.atom_type === 'procedure' ||
        IN_ORDER.test(`${heading} ${lead}`) ||
        STEP_ONE.test(atom.content.slice(0, MAX_CONTENT_CHARACTERS));
      const word = areSteps ? 'Step' : 'Point';
      const items = spokenItems(block.items, word);
      if (items === undefined) return { sentences: [], isBroken: true };
      const rest =
        SUBORDINATE.test(lead) && !IN_ORDER.test(lead) ? `, go through these ${word.toLowerCase()}s` : '';
      const opening = introduction === undefined ? '' : speakable(`${introduction}${rest}.`);
      return {
        sentences: [...(isWholeSentence(opening) ? [opening] : []), ...items.flat()],
        items,
        areSteps,
        isBroken: false,
      };
    }
  }
}

/**
 * All of the items or, where one cannot be spoken, none: a procedure with a hole in it is worse than no procedure. Each keeps its
 * number, so that a listener who counts along never loses one.
 */
function spokenItems(items: readonly string[], word: 'Step' | 'Point'): string[][] | undefined {
  const steps = items.map((item, position) => {
    const [first = '', ...rest] = splitSentences(ended(item));
    const opening = items.length === 1 ? '' : `${word} ${numberWord(position + 1)}: `;
    return [
      `${opening}${upperFirst(speakable(first))}`,
      ...rest.map((sentence) => upperFirst(speakable(sentence))),
    ];
  });
  return steps.flat().every(isWholeSentence) ? steps : undefined;
}

/** Items that are sentences one after the other, short ones in one sentence behind the words that introduce them; others not. */
function spokenList(items: readonly string[], introduction: string | undefined, atom: Atom): string[] {
  if (items.every((item) => /[.!?]$/.test(item)))
    return items.flatMap((item) => splitSentences(item).map(speakable)).filter(isWholeSentence);
  const parts = items.map((item) => lowerFirst(item.replace(/[.;,]$/, ''), atom));
  const areShort = parts.every(
    (part) => countWords(part) <= MAX_ITEM_WORDS && !/[.;:!?|](?:\s|$)|^$/.test(part),
  );
  if (introduction === undefined || !areShort || parts.length > MAX_LIST_ITEMS) return [];
  const last = parts.at(-1) ?? '';
  const series = parts.length === 1 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`;
  const sentence = speakable(`${upperFirst(introduction.replace(/[\s:.]+$/, ''))}: ${series}.`);
  return isWholeSentence(sentence) ? [sentence] : [];
}

/** Names that the article writes with a capital inside its sentences keep theirs. */
function lowerFirst(text: string, { content, manufacturer }: Atom): string {
  const word = /^[A-Z][a-z]+(?=[\s,/-]|$)/.exec(text)?.[0];
  if (word === undefined || word.toLowerCase() === manufacturer.toLowerCase()) return text;
  const isName = content.slice(0, MAX_CONTENT_CHARACTERS).search(new RegExp(`[a-z,] ${word}\\b`)) >= 0;
  return isName ? text : word.toLowerCase() + text.slice(word.length);
}

function wholeSentences(paragraph: string, isAfterGap: boolean): { sentences: string[]; isBroken: boolean } {
  const sentences: string[] = [];
  let isBroken = isAfterGap;
  for (const raw of splitSentences(paragraph)) {
    const sentence = upperFirst(speakable(raw));
    if (isBroken && leansOnPrevious(sentence)) continue;
    isBroken = !/^["'(]?[\p{Lu}\p{N}]/u.test(raw) || !isWholeSentence(sentence);
    if (!isBroken) sentences.push(sentence);
  }
  return { sentences, isBroken };
}
