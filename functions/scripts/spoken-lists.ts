import { type Casing, lowerFirst, upperFirst } from './casing.ts';
import { countWords } from './script.ts';
import { isWholeSentence, splitSentences } from './sentences.ts';
import { speakable } from './speech.ts';
import { IMPERATIVES } from './vocabulary.ts';

const MIDDLE = ['Next,', 'Then', 'After that,'] as const;
const MAX_LIST_ITEMS = 7;
const MAX_ITEM_WORDS = 12;

/** From here on a step is told by its first sentence, and by those of its others that warn. */
const MAX_STEPS_WORDS = 120;
const WARNS =
  /\b(?:never|always|must|do not|don't|danger|dangerous|hazard|warning|caution|careful|lock|locked|lockout|isolate|de-energi[sz]e|discharge|dead|only)\b/i;

/**
 * Numbered steps as they are spoken: "First, ...", "Next, ...", "Finally, ...". All of them or, where one cannot be
 * spoken, none: a procedure with a hole in it is worse than no procedure.
 */
export function spokenSteps(items: readonly string[], casing: Casing): string[] | undefined {
  const areInstructions = items.filter(isInstruction).length * 2 >= items.length;
  const steps = items.map((item, position) => {
    const [first = '', ...rest] = splitSentences(ended(item));
    const opening = areInstructions
      ? openingOf(position, items.length, first)
      : pointOf(position, items.length);
    const body = opening === '' ? upperFirst(first) : `${opening} ${lowerFirst(first, casing)}`;
    return [speakable(body), ...rest.map((sentence) => upperFirst(speakable(sentence)))];
  });
  if (steps.length === 0 || !steps.flat().every(isWholeSentence)) return undefined;
  if (countWords(steps.flat().join(' ')) <= MAX_STEPS_WORDS) return steps.flat();
  return steps.flatMap(([first = '', ...rest]) => [
    first,
    ...rest.filter((sentence) => WARNS.test(sentence)),
  ]);
}

const POINTS = 'one two three four five six seven eight nine ten eleven twelve'.split(' ');

/** Numbered cases, causes and mistakes are no steps that follow each other. */
function pointOf(position: number, count: number): string {
  return count === 1 ? '' : `Point ${POINTS[position] ?? String(position + 1)},`;
}

function isInstruction(item: string): boolean {
  const first = /^[A-Za-z-]+/.exec(item)?.[0].toLowerCase() ?? '';
  return (
    IMPERATIVES.has(first) ||
    /^(?:in|on|with|if|when|after|before|for|at|to|under|from|then|now|only|once|first|next|finally)$/.test(
      first,
    )
  );
}

function openingOf(position: number, count: number, step: string): string {
  if (count === 1 || /^(?:first|next|then|finally|after that|at last|lastly)\b/i.test(step)) return '';
  if (position === 0) return /\bfirst\b/i.test(step) ? 'To begin,' : 'First,';
  if (position === count - 1) return count === 2 ? 'Then' : 'Finally,';
  return MIDDLE[(position - 1) % MIDDLE.length] ?? 'Next,';
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
