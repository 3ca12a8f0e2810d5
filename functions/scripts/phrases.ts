import type { AtomType } from '../knowledge/atom.ts';
import { countedOf } from './outline.ts';
import { upperFirst } from './sentences.ts';
import { speakable } from './speech.ts';
import { type Material, numberWord } from './spoken.ts';

/** Every sentence of a script that does not come from an atom. None promises more than the script has. */

export const RECAP = 'Let us sum up.';
export const OTHERS = { heading: 'What belongs to it', announcement: 'what belongs to it' };

/** The title inside a sentence, without what stands behind its colon. */
export function spokenTitle({ title }: Material): string {
  const [before = ''] = title.split(/: | [-–] /);
  const phrase = /\p{L}{3}/u.test(before) ? before : title;
  return speakable(phrase).replace(/[\s.,:;!?]+$/, '');
}

const TODAY: Record<AtomType, string> = {
  concept: "Today's subject",
  reference: "Today's subject",
  pattern: "Today's pattern",
  // Not a job: the part of a title before its colon may be what is wrong.
  procedure: "Today's subject",
  fault: "Today's fault",
  specification: "Today's subject",
};

/** None promises more than that the script tells the article. */
const PROMISES = {
  steps: ['# steps, one after the other', '# steps, from the first to the last', '# steps, in their order'],
  points: ['# points to go through', '# points, one by one', '# points, one after the other'],
  prose: [
    'These are the main points',
    'This is what it is about',
    'This is what to know of it at the machine',
  ],
};

/** One of them, always the same for the same article. */
function turn(text: string, ways: readonly string[]): string {
  const sum = [...text].reduce((total, character) => total + character.charCodeAt(0), 0);
  return ways[sum % ways.length]!;
}

/** A number of steps is a promise that the script keeps: it tells all of them, or none. */
export function hook(leading: Material): string[] {
  const { atom, passages } = leading;
  const { count, word } = countedOf(passages);
  const isDangerous = atom.safety_level === 'danger' || atom.safety_level === 'warning';
  const kind = count < 2 ? 'prose' : word === 'Step' ? 'steps' : 'points';
  const promise = upperFirst(turn(atom.atom_id, PROMISES[kind]).replace('#', numberWord(count)));
  const [title, today] = [spokenTitle(leading), TODAY[atom.atom_type]];
  const titleLast = `${today}: ${title}.`;
  const titleFirst = `${title}: ${today.replace('T', 't')}.`;
  // A sentence begins with a capital letter.
  const opening = /^[\p{Lu}\p{N}]/u.test(title) ? turn(atom.title, [titleLast, titleFirst]) : titleLast;
  return [opening, `${promise}.`, ...(isDangerous ? ['A mistake here can hurt you or somebody else.'] : [])];
}

/** @param parts the parts that the script tells, in order; empty ones are not announced */
export function intro(parts: readonly string[], articles: number): string[] {
  const [first = '', ...rest] = parts.filter((part) => part !== '');
  const last = rest.at(-1);
  const between = rest.slice(0, -1).join(' and ');
  const source =
    articles === 1
      ? 'The article that it is taken from is listed with this script.'
      : `The ${numberWord(articles)} articles that it is taken from are listed with this script.`;
  const middle = between === '' ? '' : `, go on with ${between},`;
  const way =
    last === undefined ? `We go through ${first}.` : `We start with ${first}${middle} and end with ${last}.`;
  return [way, source];
}

/** After other articles. */
export function backTo(leading: Material): string {
  return `Back to ${TODAY[leading.atom.atom_type].toLowerCase()}.`;
}

/** Each stands behind the last sentence of another article, and must not go on with that. */
const RELATED = ['This belongs to it', 'This belongs to it as well', 'And this belongs to it too'] as const;

export function related(title: string, place: number): string {
  return `${RELATED[place] ?? 'One more'}: ${title}.`;
}

export function outro(type: AtomType, articles: number): string {
  const article = articles === 1 ? 'the article' : 'the articles';
  switch (type) {
    case 'procedure':
      return `Before you do this yourself, read ${article} in full, and follow the rules of your site. Work safely.`;
    case 'fault':
      return `When you meet this fault, have ${article} at hand. Work safely.`;
    default:
      return `Before you work on it, read ${article} in full. Work safely.`;
  }
}
