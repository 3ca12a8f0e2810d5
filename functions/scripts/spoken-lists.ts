import { type Casing, lowerFirst, upperFirst } from './casing.ts';
import { countWords } from './script.ts';
import { isWholeSentence, leansOnPrevious, splitSentences } from './sentences.ts';
import { speakable } from './speech.ts';
import { IMPERATIVES } from './vocabulary.ts';

const MIDDLE = ['Next,', 'Then', 'After that,'] as const;
const MAX_LIST_ITEMS = 7;
const MAX_ITEM_WORDS = 12;

/** Longer procedures have a short form as well. */
const MAX_SHORT_WORDS = 140;
/** A first sentence of no more words, "First, prepare." say, announces what the next one tells. */
const ANNOUNCING_WORDS = 4;
const WARNS =
  /\b(?:never|always|must|no|nobody|not|nothing|danger|dangerous|hazard|warning|caution|careful|lock|locked|lockout|isolat\w+|de-energi[sz]e|discharge|dead|only)\b|n't\b/i;

/** A step is its sentences. */
export interface SpokenSteps {
  steps: string[][];
  /** The same steps with fewer sentences; `undefined` where they are short enough. */
  short?: string[][];
}

/**
 * Numbered steps as they are spoken: "First, ...", "Next, ...", "Finally, ...". All of them or, where one cannot be
 * spoken, none: a procedure with a hole in it is worse than no procedure.
 */
export function spokenSteps(items: readonly string[], casing: Casing): SpokenSteps | undefined {
  const instructions = [...items.keys()].filter((position) => isInstruction(items[position] ?? ''));
  const areInstructions = instructions.length * 2 >= items.length;
  const steps = items.map((item, position) => {
    const [first = '', ...rest] = splitSentences(ended(item));
    const opening = areInstructions
      ? openingOf(instructions.indexOf(position), instructions.length, first)
      : pointOf(position, items.length);
    const body = opening === '' ? upperFirst(first) : `${opening} ${lowerFirst(first, casing)}`;
    return [speakable(body), ...rest.map((sentence) => upperFirst(speakable(sentence)))];
  });
  if (steps.length === 0 || !steps.flat().every(isWholeSentence)) return undefined;
  const short = shortened(steps);
  return { steps, ...(short !== undefined && { short }) };
}

/** What each step is and what warns, and of the rest as much as there is room for. */
function shortened(steps: readonly string[][]): string[][] | undefined {
  if (wordsOf(steps.flat()) <= MAX_SHORT_WORDS) return undefined;
  const kept = steps.map(essentialsOf);
  const told = () => steps.map((step, position) => step.filter((_, place) => kept[position]?.[place]));
  steps.forEach((step, position) => {
    const marks = kept[position] ?? [];
    step.forEach((sentence, place) => {
      if (marks[place] === true || marks[place - 1] !== true) return;
      marks[place] = wordsOf([...told().flat(), sentence]) <= MAX_SHORT_WORDS;
    });
  });
  return kept.flat().every(Boolean) ? undefined : told();
}

/** For each sentence of a step whether it must be told. */
function essentialsOf(step: readonly string[]): boolean[] {
  const [first = ''] = step;
  const kept = step.map(
    (sentence, place) =>
      place === 0 || (place === 1 && countWords(first) <= ANNOUNCING_WORDS) || WARNS.test(sentence),
  );
  // What is told must not point at what is not.
  for (let place = step.length - 1; place > 0; place--)
    if (kept[place] === true && leansOnPrevious(step[place] ?? '')) kept[place - 1] = true;
  return kept;
}

function wordsOf(sentences: readonly string[]): number {
  return countWords(sentences.join(' '));
}

const POINTS = 'one two three four five six seven eight nine ten eleven twelve'.split(' ');

/** Numbered cases, causes and mistakes are no steps that follow each other. */
function pointOf(position: number, count: number): string {
  return count === 1 ? '' : `Point ${POINTS[position] ?? String(position + 1)},`;
}

/** Begins with a verb, perhaps behind a condition or a place: "If it trips, look for ...", "In the tree select ...". */
function isInstruction(item: string): boolean {
  const [first = '', ...rest] = /^[^.:;?!]*/.exec(item.toLowerCase())?.[0].split(' ') ?? [];
  if (IMPERATIVES.has(bare(first)) || first === 'have' || first === 'be') return true;
  if (!SETTING.test(first)) return false;
  return rest.some((word, place) => {
    const before = place === 0 ? first : (rest[place - 1] ?? '');
    return IMPERATIVES.has(bare(word)) && (before.endsWith(',') || !NO_VERB_AFTER.test(before));
  });
}

const SETTING =
  /^(?:in|on|with|without|if|when|while|after|before|for|at|to|under|from|then|now|only|once|first|next|finally|as|where)$/;
/** Behind these a word is a noun or belongs to the condition: "the load", "to start", "it trips". */
const NO_VERB_AFTER =
  /^(?:an?|the|this|that|these|those|your|its|their|each|every|any|no|one|two|to|of|in|on|at|for|from|with|by|and|or|if|when|it|they|you|we|is|are|can|must|may|should|will|does|do|not|only|whose)$/;

function bare(word: string): string {
  return word.replace(/[^a-z-]/g, '');
}

/** What is seen or found on the way is no step, and opens with none of the words of order. */
function openingOf(order: number, count: number, step: string): string {
  if (order < 0 || count === 1) return '';
  if (/^(?:first|next|then|finally|after that|at last|lastly)\b/i.test(step)) return '';
  if (order === 0) return /\bfirst\b/i.test(step) ? 'To begin,' : 'First,';
  if (order === count - 1) return count === 2 ? 'Then' : 'Finally,';
  const opening = MIDDLE[(order - 1) % MIDDLE.length] ?? 'Next,';
  return opening === 'After that,' && /^after\b/i.test(step) ? 'Then' : opening;
}

/**
 * A bulleted list as it is spoken: items that are sentences one after the other, short ones in one sentence behind
 * the words that introduce them ("Common causes: a loose wire, a blown fuse and low supply voltage."); others not.
 */
export function spokenList(items: readonly string[], lead: string | undefined, casing: Casing): string[] {
  if (items.every((item) => /[.!?]$/.test(item)))
    return items.flatMap((item) => splitSentences(item).map(speakable)).filter(isWholeSentence);
  const parts = items.map((item) => lowerFirst(item.replace(/[.;,]$/, ''), casing));
  const areShort = parts.every(
    (part) => countWords(part) <= MAX_ITEM_WORDS && !/[.;:!?|](?:\s|$)|^$/.test(part),
  );
  if (lead === undefined || !areShort || parts.length > MAX_LIST_ITEMS) return [];
  const last = parts.at(-1) ?? '';
  const series = parts.length === 1 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`;
  const sentence = speakable(`${upperFirst(lead.replace(/[\s:.]+$/, ''))}: ${series}.`);
  return isWholeSentence(sentence) ? [sentence] : [];
}

/** Closes an item that was written without a full stop; one that is plainly cut off stays open. */
export function ended(item: string): string {
  const text = item.trim();
  return /[.!?:,;(–-]["')]?$/.test(text) || text.endsWith('…') ? text : `${text}.`;
}
