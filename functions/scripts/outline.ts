import { SECTIONS } from './script.ts';
import { leansOnPrevious } from './sentences.ts';
import { type Material, numberWord, type Passage, wordsOf } from './spoken.ts';

/** One section of the article that a script tells, with what it is called before it comes. */
export interface OutlineSection {
  heading: string;
  /** Behind "first", "then" or "at the end". */
  announcement: string;
  passages: Passage[];
}

export interface Outline {
  sections: OutlineSection[];
  /** Taken out of the sections, to stand behind them. */
  example?: Passage;
}

/** A procedure of more items is divided, so that each part has its time in the video. */
const MAX_ITEMS = 5;
/** Sections that numbered lists make, so that there is room for what comes behind them. */
const MAX_PARTS = 3;

/** The parts that the article itself has: what comes before its numbered lists, the lists, and what comes after them. */
export function outlineOf({ atom, passages }: Pick<Material, 'atom' | 'passages'>): Outline {
  const example = exampleOf(passages);
  const before = atom.atom_type === 'procedure' || atom.atom_type === 'fault' ? FIRST : IDEA;
  const sections = sectionsOf(
    passages.filter((passage) => passage !== example),
    before,
  );
  if (example !== undefined && sections.length >= SECTIONS.min) return { sections, example };
  return { sections: sectionsOf(passages, before) };
}

/** Words of an example, or else the last thing that the article says for practice; nothing may point at it or back from it. */
function exampleOf(passages: readonly Passage[]): Passage | undefined {
  const fit = passages.filter(
    ({ items, sentences, isExample }, place) =>
      place > 0 &&
      items === undefined &&
      (isExample || !leansOnPrevious(sentences[0] ?? '')) &&
      !leansOnPrevious(passages[place + 1]?.sentences[0] ?? ''),
  );
  return fit.find(({ isExample }) => isExample) ?? fit.find((passage) => passage === passages.at(-1));
}

function sectionsOf(passages: readonly Passage[], before: Name): OutlineSection[] {
  const lists = passages.flatMap(({ items }, at) => (items === undefined ? [] : [at]));
  const sections = lists.length === 0 ? halves(passages, before) : around(passages, lists, before);
  return sections.filter((section) => section.passages.length > 0);
}

/** Prose alone is divided near its middle, where no sentence points back. */
function halves(passages: readonly Passage[], before: Name): OutlineSection[] {
  const cuts = passages
    .map((passage, at) => ({ at, passage }))
    .filter(({ at, passage }) => at > 0 && !leansOnPrevious(passage.sentences[0] ?? ''));
  const unevenness = (at: number): number =>
    Math.abs(wordsOf(passages.slice(0, at)) - wordsOf(passages.slice(at)));
  const [cut] = cuts.sort((a, b) => unevenness(a.at) - unevenness(b.at));
  if (cut === undefined) return [{ ...before, passages: [...passages] }];
  return [
    { ...before, passages: passages.slice(0, cut.at) },
    { ...DETAILS, passages: passages.slice(cut.at) },
  ];
}

type Name = Pick<OutlineSection, 'heading' | 'announcement'>;
const IDEA = { heading: 'The idea', announcement: 'the idea behind it' };
const FIRST = { heading: 'To begin with', announcement: 'what to know first' };
const DETAILS = { heading: 'In detail', announcement: 'the details' };
const AFTER = { heading: 'Good to know', announcement: 'what else is good to know' };

function around(passages: readonly Passage[], lists: readonly number[], name: Name): OutlineSection[] {
  const [first = 0] = lists;
  const last = lists.at(-1) ?? first;
  const after = { ...AFTER, passages: passages.slice(last + 1) };
  const { count, word } = countedOf(passages);
  const announcement = `${numberWord(count)} ${word.toLowerCase()}${count === 1 ? '' : 's'}`;
  if (lists.length > 1) {
    // Each list goes with what leads to it, and the last part has the rest of them.
    const ends = [...lists.slice(0, -1).slice(0, MAX_PARTS - 1), last];
    const parts = ends.map((end, part) => ({
      heading: `Part ${numberWord(part + 1)}`,
      announcement: part === 0 ? `${announcement} in ${numberWord(ends.length)} parts` : '',
      passages: passages.slice(part === 0 ? 0 : ends[part - 1]! + 1, end + 1),
    }));
    return [...parts, after];
  }
  return [
    { ...name, passages: passages.slice(0, first) },
    ...divided(passages[first]!, word, announcement),
    after,
  ];
}

/** A numbered list: one section, or two if it is long. */
function divided(list: Passage, word: string, announcement: string): OutlineSection[] {
  const { items = [] } = list;
  if (items.length <= MAX_ITEMS)
    return [{ heading: `${word} by ${word.toLowerCase()}`, announcement, passages: [list] }];
  const half = Math.ceil(items.length / 2);
  const lead = list.sentences.slice(0, list.sentences.length - items.flat().length);
  const part = (from: number, to: number): OutlineSection => ({
    heading: from + 1 === to ? `${word} ${to}` : `${word}s ${from + 1} to ${to}`,
    announcement: from === 0 ? announcement : '',
    passages: [{ ...list, sentences: [...(from === 0 ? lead : []), ...items.slice(from, to).flat()] }],
  });
  return [part(0, half), part(half, items.length)];
}

/** How many numbered items an article has, and what they are called. */
export function countedOf(passages: readonly Passage[]): { count: number; word: 'Step' | 'Point' } {
  const lists = passages.filter(({ items }) => items !== undefined);
  const count = lists.reduce((sum, { items = [] }) => sum + items.length, 0);
  return { count, word: lists.every(({ areSteps }) => areSteps) ? 'Step' : 'Point' };
}
