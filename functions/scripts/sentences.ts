import { stem } from 'porter2';
import { countWords } from './script.ts';
import { ABBREVIATIONS, FUNCTION_WORDS, IMPERATIVES } from './vocabulary.ts';

const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });
const MAX_WORDS = 60;
/** So short a sentence needs no small words: `"Exact Match" demands identity.` */
const MAX_BARE_WORDS = 5;
const MAX_WORD_CHARACTERS = 40;

/**
 * The sentences of one paragraph, in order. `Intl.Segmenter` breaks after every full stop before a capital; what
 * belongs together ("e.g. Siemens", "No. 5", the number of a step) is joined again.
 */
export function splitSentences(paragraph: string): string[] {
  const sentences: string[] = [];
  let open = '';
  const segments = [...segmenter.segment(paragraph.replace(/\s+/g, ' ').trim())].map(
    ({ segment }) => segment,
  );
  segments.forEach((segment, position) => {
    open += segment;
    const next = segments[position + 1];
    // A full stop without a space is part of a name: DB1.DBX0.0.
    if (next !== undefined && (!segment.endsWith(' ') || runsOn(open.trimEnd(), next))) return;
    if (open.trim() !== '') sentences.push(open.trim());
    open = '';
  });
  return sentences;
}

/** Whether the sentence that ends here, if only in a quotation (`asks "who is there?" and waits`), goes on with `next`. */
function runsOn(sentence: string, next: string): boolean {
  if (/^["'(]?\p{Ll}|^[,;]/u.test(next)) return true;
  if (!sentence.endsWith('.')) return false;
  if (/^\(?\d{1,2}\.$/.test(sentence)) return true;
  // The pattern would begin at each word of a long sentence.
  const lastWord = sentence.slice(sentence.lastIndexOf(' ') + 1);
  const last = /(?:^|[(["'])([a-z]+(?:\.[a-z]+)?)\.$/i.exec(lastWord)?.[1]?.toLowerCase();
  if (last === undefined || !ABBREVIATIONS.has(last)) return false;
  if (last === 'e.g' || last === 'i.e') return true;
  // "Is it on? No. Check the fuse." against "see No. 5", "Rockwell Inc. The drive" against "max. 5 A".
  return /^[\d(]/.test(next);
}

/** Words that point back, so that the sentence makes no sense without the one before. */
export function leansOnPrevious(sentence: string): boolean {
  return opensBackwards(sentence) || pointsBackWithin(sentence);
}

/** An article that speaks of itself. */
const OF_ITSELF = /^This (procedure|article|guide|method|overview|checklist|fault|pattern|circuit)\b/;

/** `This procedure` as a script on another article calls it. */
export function seenFromOutside(sentence: string): string {
  return sentence.replace(OF_ITSELF, 'The $1');
}

function opensBackwards(sentence: string): boolean {
  if (OF_ITSELF.test(sentence)) return false;
  return /^(?:This|That|These|Those|It|Its|It's|They|Their|Them|He|She|Such|However|Therefore|Thus|Hence|Otherwise|Instead|But|And|Or|So|Then|Only then|Also|Additionally|Furthermore|Moreover|Conversely|Meanwhile|Nevertheless|Consequently|Similarly|Likewise|Both|Neither|Either|Here|Afterwards|In (?:this|that|these|those|such|both|either|contrast|addition)|As a result|At (?:this|that)|For (?:this|that|example|instance)|Because of (?:this|that)|After (?:this|that)|On the other hand|The (?:former|latter|same|other|second|third|reason|result)|Once (?:this|that)|If (?:it|this|that|so|not|they)|When (?:it|this|that|they)|One (?:of them|is)|The result)\b/.test(
    sentence,
  );
}

/** "Put this logic into a block": the thing was named before, unless this sentence names it itself. */
function pointsBackWithin(sentence: string): boolean {
  for (const match of sentence.matchAll(/\b(?:this|these|those|such an?) ([a-z][a-z-]+)/gi)) {
    const named = stem((match[1] ?? '').toLowerCase());
    const before =
      sentence
        .slice(0, match.index)
        .toLowerCase()
        .match(/[a-z][a-z-]*/g) ?? [];
    if (!NAMES_ITSELF.has(named) && !before.some((word) => stem(word) === named)) return true;
  }
  return false;
}

const NAMES_ITSELF: ReadonlySet<string> = new Set(
  'procedure article guide method overview checklist fault pattern circuit point step order question rule'
    .split(' ')
    .map(stem),
);

/** Sentences about a page that a listener cannot see. */
function pointsAtThePage(sentence: string): boolean {
  return /\b(?:(?:see|refer to|shown|listed|given|described|illustrated) (?:the )?(?:in |on |at )?(?:the )?(?:following|above|below|next|preceding|figure|fig\b|table|page|section|chapter)|(?:following|above|below|preceding|next) (?:table|figure|diagram|illustration|graphic|screenshot|example|section|code|listing)|(?:figure|fig\.|table|page|section|chapter|appendix) \d)/i.test(
    sentence,
  );
}

/**
 * Whether this can be read out as it stands: a capital or digit to an end mark, brackets and quotes closed, nothing
 * cut off, no remains of tables, code or links.
 */
export function isReadable(sentence: string): boolean {
  return (
    countWords(sentence) <= MAX_WORDS &&
    /^["'(]?[\p{Lu}\p{N}]/u.test(sentence) &&
    /[^\s.!?,;:([-][.!?]["')]{0,2}$/u.test(sentence) &&
    !/(?:^|[\s(])(?:e\.g|i\.e|approx|vs|and|or|the|a|an)\.$/.test(sentence) &&
    !/[|\\{}^~`<>*□■]|__|https?:|www\.|\S@\S|={2}|:=|-{3}|\.{3}|…|#{2}|\]\(/.test(sentence) &&
    !/\b(?:TBD|TODO|N\/A|None,? None|null,? null)\b/.test(sentence) &&
    isBalanced(sentence) &&
    sentence.split(' ').every((word) => word.length <= MAX_WORD_CHARACTERS)
  );
}

/** Whether this is a readable sentence of language rather than a list of values, about nothing that must be seen. */
export function isWholeSentence(sentence: string): boolean {
  const words = countWords(sentence);
  return (
    words >= 2 &&
    // "1. Open the valve." was an item of a list.
    !/^\(?\d{1,2}\. /.test(sentence) &&
    isReadable(sentence) &&
    isLanguage(sentence) &&
    !pointsAtThePage(sentence)
  );
}

function isBalanced(sentence: string): boolean {
  let round = 0;
  let square = 0;
  for (const character of sentence) {
    if (character === '(') round++;
    else if (character === ')') round--;
    else if (character === '[') square++;
    else if (character === ']') square--;
    if (round < 0 || square < 0) return false;
  }
  return round === 0 && square === 0 && (sentence.match(/"/g)?.length ?? 0) % 2 === 0;
}

function isLanguage(sentence: string): boolean {
  const words = sentence.toLowerCase().match(/\p{L}[\p{L}'-]*/gu) ?? [];
  const letters = words.join('').length;
  if (letters < sentence.replace(/\s/g, '').length * 0.45) return false;
  if (!/\p{Ll}{2}/u.test(sentence)) return false;
  if (words.length <= MAX_BARE_WORDS && !/\d/.test(sentence)) return true;
  const functionWords = words.filter((word) => FUNCTION_WORDS.has(word)).length;
  if (IMPERATIVES.has(words[0] ?? '')) return functionWords > 0 || words.length <= 8;
  return functionWords > 0 && functionWords * 9 >= words.length;
}

/** Closes an item that was written without a full stop; one that is plainly cut off stays open. */
export function ended(item: string): string {
  const text = item.trim();
  return /[.!?:,;(–-]["')]?$/.test(text) || text.endsWith('…') ? text : `${text}.`;
}

export function upperFirst(text: string): string {
  return text.replace(/^["'(]?\p{Ll}/u, (start) => start.toUpperCase());
}
