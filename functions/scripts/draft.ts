import type { Casing } from './casing.ts';
import { EXAMPLE, type Material, type Passage } from './material.ts';
import {
  companionLead,
  exampleLead,
  hook,
  intro,
  lead,
  OUTRO,
  POINT_LEAD,
  RECAP_LEAD,
  recapOfHeadings,
  type Role,
  ROLE_OF,
  ROLE_ORDER,
  SECOND_HALF,
  SECOND_HALF_HEADING,
  SECTION_HEADINGS,
} from './phrases.ts';
import { countWords, SECTIONS } from './script.ts';
import { leansOnPrevious } from './sentences.ts';
import { spokenPhrase, type Topic } from './topic.ts';

/** What a script takes from one atom. */
export interface Part {
  material: Material;
  passages: Passage[];
}

export interface Example {
  material: Material;
  passages: Passage[];
  /** A case is led in by its atom's title, a passage that says "for example" is not, anything else is a point. */
  kind: 'case' | 'example' | 'point';
}

export interface SpokenSection {
  heading: string;
  narration: string;
  sources: string[];
}

/** The spoken text of a script. */
export interface Draft {
  hook: string;
  intro: string;
  sections: SpokenSection[];
  example: string;
  /** What it is taken from. */
  exampleMaterial: Material;
  recap: string;
  outro: string;
  /** What the sections are made of. */
  parts: readonly Part[];
  /** In order of appearance. */
  used: Material[];
  words: number;
}

const MAX_RECAP_WORDS = 75;
const MAX_RECAP_SENTENCES = 3;
/** The part that no other comes nearer to than this is what the script is about. */
const CLEARLY = 0.85;

/** Puts the parts in order and words around them. `undefined` where they do not make two sections. */
export function draftOf(
  parts: readonly Part[],
  example: Example,
  topic: Topic,
  casing: Casing,
): Draft | undefined {
  const ordered = inOrder(parts);
  const groups = grouped(ordered);
  if (groups.length < SECTIONS.min) return undefined;
  const headings = headingsOf(groups);
  const said = new Set<string>();
  const safety = ({ safety: notes }: Material) => notes.filter((note) => !said.has(note) && said.add(note));
  const nth: Partial<Record<Role | 'companion', number>> = {};
  let previous: Material | undefined;
  const sections = groups.map((group, position): SpokenSection => {
    const sentences = group.flatMap((part, place) => {
      const role = roleOfPart(part);
      const kind = part.material.standing === 'companion' ? 'companion' : role;
      const isSecondHalf = part.material === previous;
      previous = part.material;
      const count = isSecondHalf ? (nth[kind] ?? 0) : (nth[kind] ?? -1) + 1;
      nth[kind] = count;
      const opening = isSecondHalf
        ? SECOND_HALF
        : kind === 'companion'
          ? companionLead(count, part.material.phrase)
          : lead(role, count, position === 0 && place === 0);
      return [opening, ...safety(part.material), ...part.passages.flatMap((passage) => passage.sentences)];
    });
    return {
      heading: headings[position]?.heading ?? '',
      narration: joined(sentences),
      sources: [...new Set(group.map(({ material }) => material.atom.atom_id))],
    };
  });
  const used = [...new Set([...ordered.map(({ material }) => material), example.material])];
  const spoken = spokenPhrase(topic, casing);
  const phrases = headings.map(({ phrase }) => phrase);
  const isHazardous = used.some(
    ({ atom }) => atom.safety_level === 'danger' || atom.safety_level === 'warning',
  );
  const draft = {
    hook: hook(topic, spoken, {
      hasFault: used.some((material) => roleOf(material) === 'fault'),
      isDangerous: ordered[0]?.material.atom.safety_level === 'danger',
    }),
    intro: intro(phrases, used.length, isHazardous),
    sections,
    example: joined([
      leadOf(example),
      ...safety(example.material),
      ...example.passages.flatMap((passage) => passage.sentences),
    ]),
    exampleMaterial: example.material,
    recap: recapOf(ordered, phrases),
    outro: OUTRO,
    parts: ordered.map(({ material, passages }) => ({ material, passages: [...passages] })),
    used,
  };
  return { ...draft, words: countWords(narrationOf(draft).join(' ')) };
}

/** What is most about the topic, where one part clearly is; then from the idea to the faults; then what is beside it. */
function inOrder(parts: readonly Part[]): Part[] {
  const closest = Math.max(...parts.map(({ material }) => material.closeness));
  const rivals = parts.filter(({ material }) => material.closeness > closest * CLEARLY);
  const groups = [
    rivals.length === 1 ? rivals : [],
    parts.filter(({ material }) => material.standing === 'subject'),
    parts,
  ];
  return [
    ...new Set(
      groups.flatMap((group) =>
        ROLE_ORDER.flatMap((role) => group.filter((part) => roleOfPart(part) === role)),
      ),
    ),
  ];
}

/** Everything that is spoken, in order. */
export function narrationOf(
  script: Pick<Draft, 'hook' | 'intro' | 'example' | 'recap' | 'outro'> & {
    sections: readonly { narration: string }[];
  },
): string[] {
  const { hook, intro, sections, example, recap, outro } = script;
  return [hook, intro, ...sections.map(({ narration }) => narration), example, recap, outro];
}

/**
 * A procedure whose steps cannot be spoken tells what is around them, and is led in like an idea. So is a specification
 * that is written in sentences.
 */
export function roleOf({ atom, isTable, passages }: Pick<Material, 'atom' | 'isTable' | 'passages'>): Role {
  const role = ROLE_OF[atom.atom_type];
  if (role === 'figures' && !isTable) return 'idea';
  return role === 'steps' && !passages.some(({ isSteps }) => isSteps) ? 'idea' : role;
}

function roleOfPart({ material, passages }: Part): Role {
  return roleOf({ ...material, passages });
}

function joined(sentences: readonly string[]): string {
  return sentences.filter((sentence) => sentence !== '').join(' ');
}

function leadOf({ kind, material, passages }: Example): string {
  if (kind === 'point') return POINT_LEAD;
  if (kind === 'example' && EXAMPLE.test(passages[0]?.sentences[0] ?? '')) return '';
  return exampleLead(kind === 'case' ? material.phrase : undefined);
}

/** One section a part where that makes two to four; one part is halved, and of many those of a kind share one. */
function grouped(parts: readonly Part[]): Part[][] {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return halved(only);
  const groups = parts.map((part) => [part]);
  while (groups.length > SECTIONS.max) {
    const pairs = groups.slice(1).map((group, position) => ({
      position,
      // Neighbours of one role first, then the shortest.
      cost: wordsOf(groups[position] ?? []) + wordsOf(group) + (sameRole(groups[position], group) ? 0 : 1e6),
    }));
    const { position } = pairs.reduce((best, pair) => (pair.cost < best.cost ? pair : best));
    groups.splice(position, 2, [...(groups[position] ?? []), ...(groups[position + 1] ?? [])]);
  }
  return groups;
}

function sameRole(a: readonly Part[] | undefined, b: readonly Part[]): boolean {
  const [first] = a ?? [];
  const [second] = b;
  return first !== undefined && second !== undefined && roleOfPart(first) === roleOfPart(second);
}

function wordsOf(parts: readonly Part[]): number {
  return parts.flatMap(({ passages }) => passages).reduce((sum, { words }) => sum + words, 0);
}

function halved({ material, passages }: Part): Part[][] {
  const total = wordsOf([{ material, passages }]);
  const cuts = passages.slice(1).map((passage, position) => ({
    at: position + 1,
    cost:
      Math.abs(total / 2 - wordsOf([{ material, passages: passages.slice(0, position + 1) }])) +
      (passage.leans ? total : 0),
  }));
  const cut = cuts.sort((a, b) => a.cost - b.cost)[0];
  if (cut === undefined) return [];
  return [
    [{ material, passages: passages.slice(0, cut.at) }],
    [{ material, passages: passages.slice(cut.at) }],
  ];
}

/** A section of one atom is called as the atom; no heading comes twice. */
function headingsOf(groups: readonly (readonly Part[])[]): { heading: string; phrase: string }[] {
  const taken = new Set<string>();
  return groups.map((group, position) => {
    const [first] = group;
    const role = first === undefined ? 'idea' : roleOfPart(first);
    const isSecondHalf = position > 0 && groups[position - 1]?.[0]?.material === first?.material;
    const common = [
      isSecondHalf ? SECOND_HALF_HEADING : SECTION_HEADINGS[role],
      SECOND_HALF_HEADING,
      ...Object.values(SECTION_HEADINGS),
    ].map((heading) => ({
      heading,
      phrase: heading.charAt(0).toLowerCase() + heading.slice(1),
    }));
    const own =
      first === undefined || !/\p{L}{3}/u.test(first.material.title)
        ? []
        : [{ heading: first.material.title, phrase: first.material.phrase }];
    const choices = group.length === 1 ? [...own, ...common] : [...common, ...own];
    const choice = choices.find(({ heading }) => !taken.has(heading.toLowerCase())) ?? {
      heading: '',
      phrase: '',
    };
    taken.add(choice.heading.toLowerCase());
    return choice;
  });
}

/** The atoms' own summaries say best what was said; where there are none, the headings do. */
function recapOf(parts: readonly Part[], phrases: readonly string[]): string {
  const materials = [...new Set(parts.map(({ material }) => material))].filter(
    ({ summary }) => !leansOnPrevious(summary[0] ?? 'It'),
  );
  const subjects = materials.filter(({ standing }) => standing === 'subject');
  const [first] = subjects;
  const companions = materials.filter((material) => !subjects.includes(material));
  // One sentence of each subject, and of the first as many as there is room for.
  const turns = [...subjects, ...(first === undefined ? [] : [first, first]), ...companions];
  const taken = new Map(materials.map((material) => [material, 0]));
  let words = 0;
  let sentences = 0;
  for (const material of turns) {
    const count = taken.get(material) ?? 0;
    const sentence = material.summary[count];
    if (sentence === undefined || sentences === MAX_RECAP_SENTENCES) continue;
    if (words + countWords(sentence) > MAX_RECAP_WORDS) continue;
    taken.set(material, count + 1);
    words += countWords(sentence);
    sentences++;
  }
  const chosen = [...taken].flatMap(([{ summary }, count]) => summary.slice(0, count));
  return joined([RECAP_LEAD, ...(chosen.length > 0 ? chosen : [recapOfHeadings(phrases)])]);
}
