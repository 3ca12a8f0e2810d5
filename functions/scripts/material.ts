import type { Atom } from '../knowledge/atom.ts';
import { type Block, blocksOf } from './blocks.ts';
import { type Casing, phraseOf, upperFirst } from './casing.ts';
import { cleanText, plainInline } from './clean-text.ts';
import type { Relevance } from './relevance.ts';
import type { Repetition } from './repetition.ts';
import { countWords, MAX_CONTENT_CHARACTERS } from './script.ts';
import { isWholeSentence, leansOnPrevious, splitSentences } from './sentences.ts';
import { speakable } from './speech.ts';
import { spokenList, spokenSteps } from './spoken-lists.ts';
import { tableFacts } from './table-facts.ts';

/** A passage that is spoken whole or not at all. */
export interface Passage {
  sentences: string[];
  words: number;
  /** Makes no sense without the passage before it. */
  leans: boolean;
  isExample: boolean;
  /** A numbered procedure, whole. */
  isSteps: boolean;
  /** A long procedure told shorter, where that loses no warning: the same steps, some of their sentences. */
  short?: Passage;
  /** Words that the short form leaves out. */
  omittedWords: number;
}

/** What one atom has to say. */
export interface Material extends Relevance {
  /** Plain text, for headings and citations. */
  title: string;
  /** The title for use inside a sentence. */
  phrase: string;
  /** Spoken wherever the atom is used. */
  safety: string[];
  passages: Passage[];
  /** Sentences that sum the atom up and are no repetition of its passages. */
  summary: string[];
}

const MAX_PASSAGE_WORDS = 70;
/** No script needs more of one atom. */
const MAX_ATOM_WORDS = 600;
const MAX_TITLE_CHARACTERS = 90;
const PAGE_REFERENCE = / ?\((?:see|refer|cf\.|fig|table|page|p\.|section|chapter)[^()]{0,120}\)/gi;
/** Beginnings of a passage that is an example. */
export const EXAMPLE = /^(?:For example|For instance|An? example|Example|As an example|Suppose|Consider)\b/;

export function titleOf(atom: Atom): string {
  const line = plainInline(cleanText(atom.title, 500).replace(/\n/g, ' '));
  const whole = line
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

interface Source extends Relevance {
  safety: string[];
}

export function materialOf(
  { safety, ...relevance }: Source,
  repetition: Repetition,
  casing: Casing,
): Material {
  const { atom } = relevance;
  const title = titleOf(atom);
  return {
    ...relevance,
    title,
    phrase: speakable(phraseOf(title, casing)),
    safety,
    passages: passagesOf(atom, repetition, casing),
    summary: [],
  };
}

/** Fills the summary; an atom without other words tells its summary. */
export function withSummary(material: Material, repetition: Repetition): Material {
  const text = plainInline(
    cleanText(material.atom.summary, MAX_CONTENT_CHARACTERS).replace(/\n/g, ' '),
  ).replace(PAGE_REFERENCE, '');
  const { sentences: summary } = wholeSentences(text, repetition, false);
  if (material.passages.length > 0) return { ...material, summary };
  return { ...material, passages: chunked(summary) };
}

function passagesOf({ content, safety_level }: Atom, repetition: Repetition, casing: Casing): Passage[] {
  const passages: Passage[] = [];
  const blocks = blocksOf(cleanText(content, MAX_CONTENT_CHARACTERS).replace(PAGE_REFERENCE, ''));
  let words = 0;
  let heading: string | undefined;
  let isBroken = false;
  blocks.forEach((block, position) => {
    if (words > MAX_ATOM_WORDS) return;
    if (block.kind === 'heading') {
      heading = block.text;
      return;
    }
    const before = blocks[position - 1];
    const lead = before?.kind === 'prose' ? splitSentences(before.text).at(-1) : undefined;
    const told = toldOf(block, {
      lead,
      heading,
      isBroken,
      last: passages.at(-1),
      mayBeShort: safety_level !== 'danger',
      repetition,
      casing,
    });
    for (const passage of told.passages) words += passage.words;
    if (heading !== undefined && /\bexample\b/i.test(heading))
      for (const passage of told.passages) passage.isExample = true;
    passages.push(...told.passages);
    isBroken = told.isBroken;
    if (block.kind !== 'prose') heading = undefined;
  });
  return passages.filter(({ sentences }) => sentences.length > 0);
}

interface Surroundings {
  /** The sentence right before the block. */
  lead: string | undefined;
  heading: string | undefined;
  /** Whether what stands right before the block was left out. */
  isBroken: boolean;
  last: Passage | undefined;
  /** Half of a dangerous procedure is not told. */
  mayBeShort: boolean;
  repetition: Repetition;
  casing: Casing;
}

interface Told {
  passages: Passage[];
  /** Whether the end of the block was left out, so that nothing may point back at it. */
  isBroken: boolean;
}

function toldOf(block: Exclude<Block, { kind: 'heading' }>, around: Surroundings): Told {
  const { repetition, casing, lead } = around;
  switch (block.kind) {
    case 'code':
      return { passages: [], isBroken: true };
    case 'prose': {
      const { sentences, isBroken } = wholeSentences(block.text, repetition, around.isBroken);
      return { passages: chunked(sentences), isBroken };
    }
    case 'table': {
      const facts = tableFacts(block, casing)
        .map(speakable)
        .filter((fact) => repetition.add(fact));
      return { passages: facts.map((fact) => passage([fact])), isBroken: facts.length === 0 };
    }
    case 'list': {
      const introduced = lead?.endsWith(':') === true ? lead : around.heading;
      const sentences = spokenList(block.items, introduced, casing).filter((sentence) =>
        repetition.add(sentence),
      );
      return { passages: chunked(sentences), isBroken: sentences.length === 0 };
    }
    case 'steps': {
      const steps = stepsOf(block.items, around);
      return { passages: steps === undefined ? [] : [steps], isBroken: steps === undefined };
    }
  }
}

function stepsOf(items: readonly string[], around: Surroundings): Passage | undefined {
  const spoken = spokenSteps(items, around.casing);
  const fresh = (spoken?.steps ?? []).map((step) =>
    step.filter((sentence) => around.repetition.add(sentence)),
  );
  const lead = takeLead(around);
  // Without its first sentence a step would be a hole.
  if (spoken === undefined || spoken.steps.some(([first], position) => fresh[position]?.[0] !== first))
    return undefined;
  const told = (steps: readonly string[][]): Passage => ({
    ...passage([...lead, ...steps.flat()]),
    isSteps: true,
  });
  const full = told(fresh);
  const { short } = spoken;
  if (short === undefined || !around.mayBeShort) return full;
  const shorter = told(
    fresh.map((step, position) => step.filter((sentence) => short[position]?.includes(sentence))),
  );
  return { ...full, short: { ...shorter, omittedWords: full.words - shorter.words } };
}

/** Beginnings of clauses that are no sentence when the list they introduce is taken away. */
const SUBORDINATE =
  /^(?:If|When|While|With|Without|At|For|In|On|After|Before|To|During|Once|As|Where|Unless|Until|Since)\b/;

/** The sentence that introduces steps belongs to them: both are spoken, or neither. */
function takeLead({ lead, last }: Surroundings): string[] {
  if (lead === undefined) return [];
  if (lead.endsWith(':')) {
    const bare = lead.slice(0, -1);
    const sentence = speakable(SUBORDINATE.test(bare) ? `${bare}, go through these points.` : `${bare}.`);
    return isWholeSentence(sentence) ? [sentence] : [];
  }
  if (last === undefined || last.sentences.at(-1) !== speakable(lead)) return [];
  const [taken = ''] = last.sentences.splice(-1);
  last.words -= countWords(taken);
  return [taken];
}

function wholeSentences(
  paragraph: string,
  repetition: Repetition,
  isAfterGap: boolean,
): { sentences: string[]; isBroken: boolean } {
  const sentences: string[] = [];
  let isBroken = isAfterGap;
  for (const raw of splitSentences(paragraph)) {
    const sentence = upperFirst(speakable(raw));
    const startsWell = /^["'(]?[\p{Lu}\p{N}]/u.test(raw);
    if (isBroken && leansOnPrevious(sentence)) continue;
    isBroken = !startsWell || !isWholeSentence(sentence) || !repetition.add(sentence);
    if (!isBroken) sentences.push(sentence);
  }
  return { sentences, isBroken };
}

function chunked(sentences: readonly string[]): Passage[] {
  const chunks: string[][] = [];
  let words = 0;
  for (const sentence of sentences) {
    const more = countWords(sentence);
    const last = chunks.at(-1);
    if (last === undefined || words + more > MAX_PASSAGE_WORDS) {
      chunks.push([sentence]);
      words = more;
    } else {
      last.push(sentence);
      words += more;
    }
  }
  return chunks.map(passage);
}

function passage(sentences: string[]): Passage {
  return {
    sentences,
    words: countWords(sentences.join(' ')),
    leans: leansOnPrevious(sentences[0] ?? ''),
    isExample: sentences.some((sentence) => EXAMPLE.test(sentence)),
    isSteps: false,
    omittedWords: 0,
  };
}
