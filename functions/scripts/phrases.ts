import type { AtomType } from '../knowledge/atom.ts';
import type { Topic } from './topic.ts';
import { upperFirst } from './casing.ts';

/**
 * Every sentence of a script that does not come from an atom. A topic stands only where any noun phrase, question or
 * task can stand: behind or before a colon, on its own, or after "how to".
 */

/** What a part is about decides where it stands and how it is led in. */
export type Role = 'idea' | 'pattern' | 'steps' | 'fault' | 'figures';

export const ROLE_OF: Record<AtomType, Role> = {
  concept: 'idea',
  reference: 'idea',
  pattern: 'pattern',
  procedure: 'steps',
  fault: 'fault',
  specification: 'figures',
};

/** From the idea to what goes wrong. */
export const ROLE_ORDER: readonly Role[] = ['idea', 'pattern', 'steps', 'fault', 'figures'];

export function hook(
  { kind }: Topic,
  spoken: string,
  { hasFault, isDangerous }: { hasFault: boolean; isDangerous: boolean },
): string {
  const subject = upperFirst(spoken);
  switch (kind) {
    case 'question':
      return `${subject}? Stay for three minutes, and you can answer that at the machine.`;
    case 'task':
      return `Here is how to ${spoken}. Three minutes now can spare you a long search at the machine.`;
    case 'complaint':
      return `${subject}: if you meet this on the shop floor, you want to know where to look first. Here is where to begin.`;
    case 'thing':
      if (isDangerous)
        return `${subject}: a mistake here can hurt you or somebody else. So take three minutes now.`;
      return hasFault
        ? `${subject}: when the machine stands still, nobody has time to read a manual. So take three minutes now.`
        : `${subject}: three minutes now can spare you a long search at the machine.`;
  }
}

const NUMBERS = [
  'no',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
];

export function intro(headings: readonly string[], atoms: number, isHazardous: boolean): string {
  const parts = `We go through ${numberWord(headings.length)} parts: ${series(headings)}.`;
  const sources = `All of it comes from ${numberWord(atoms)} ${atoms === 1 ? 'article' : 'articles'} of the knowledge base, listed with this script.`;
  const safety = 'Some of this work can hurt people, so listen to the warnings.';
  return isHazardous ? `${parts} ${sources} ${safety}` : `${parts} ${sources}`;
}

/** Semicolons, since a heading may contain commas itself. */
function series(headings: readonly string[]): string {
  if (headings.every((heading) => !/[,;:]| and /.test(heading)) && headings.length <= 2)
    return headings.join(' and ');
  return `${headings.slice(0, -1).join('; ')}; and ${headings.at(-1) ?? ''}`;
}

function numberWord(count: number): string {
  return NUMBERS[count] ?? String(count);
}

const LEADS: Record<Role, readonly string[]> = {
  idea: [
    'Now to the idea behind it.',
    'A second idea belongs to it.',
    'One more idea completes the picture.',
    'A last idea rounds it off.',
  ],
  pattern: [
    'Here is a pattern that has proved itself.',
    'A related pattern is worth knowing.',
    'A third pattern builds on the same ground.',
    'And one more pattern helps in practice.',
  ],
  steps: [
    'Now to the work itself, step by step.',
    'Another job goes with it.',
    'A third job is part of it.',
    'One last job remains.',
  ],
  fault: [
    'Now to what goes wrong, and how you find it.',
    'A second fault looks different.',
    'A third fault is worth knowing.',
    'And one more fault to recognise.',
  ],
  figures: [
    'Some figures from the data sheets.',
    'Further figures matter here.',
    'More figures follow.',
    'A few last figures.',
  ],
};
const OPENINGS: Record<Role, string> = {
  idea: 'First, the idea behind it.',
  pattern: 'Let us begin with a pattern that has proved itself.',
  steps: 'Let us go straight to the work, step by step.',
  fault: 'Let us go straight to what goes wrong, and how you find it.',
  figures: 'Let us begin with the figures.',
};

/** The sentence that opens a section: the n-th of its role, and perhaps the first of all. */
export function lead(role: Role, nthOfRole: number, isFirst: boolean): string {
  return isFirst ? OPENINGS[role] : (LEADS[role][nthOfRole] ?? '');
}

const COMPANIONS = ['A related subject', 'Another related subject', 'One more related subject'] as const;

/** The sentence that opens what is not about the topic but belongs to it, so that nobody takes it for the topic. */
export function companionLead(nth: number, phrase: string): string {
  const related = COMPANIONS[nth] ?? 'And a related subject';
  return phrase === '' ? `${related} follows.` : `${related}: ${phrase}.`;
}

/** Where one atom holds a whole script, its second half opens with this. */
export const SECOND_HALF = 'Let us look closer.';

export const SECTION_HEADINGS: Record<Role, string> = {
  idea: 'How it works',
  pattern: 'Patterns that work',
  steps: 'Step by step',
  fault: 'When it goes wrong',
  figures: 'Figures to know',
};
export const SECOND_HALF_HEADING = 'A closer look';

export function exampleLead(phrase: string | undefined): string {
  return phrase === undefined ? 'Now an example.' : `Now a case from practice: ${phrase}.`;
}
export const POINT_LEAD = 'One concrete point to take with you.';

export const RECAP_LEAD = 'Let us sum up.';
export function recapOfHeadings(headings: readonly string[]): string {
  return `You have now met ${numberWord(headings.length)} things: ${series(headings)}.`;
}

export const OUTRO =
  'That was the short version. Before you start work, open the articles listed with this script and read the full text. Work safely, and see you in the next video.';

/** Registered as spoken before any atom, so that no atom's sentence repeats one. */
export const FIXED_SENTENCES: readonly string[] = [
  ...Object.values(LEADS).flat(),
  ...Object.values(OPENINGS),
  SECOND_HALF,
  exampleLead(undefined),
  POINT_LEAD,
  RECAP_LEAD,
  ...OUTRO.split(/(?<=\.) /),
];
