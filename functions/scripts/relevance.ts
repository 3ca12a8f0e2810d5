import { stem } from 'porter2';
import type { Atom, AtomType } from '../knowledge/atom.ts';
import { TRADE_TERMS } from '../search/trade-terms.ts';
import { cleanText } from './clean-text.ts';
import { MAX_CONTENT_CHARACTERS } from './script.ts';
import type { Topic } from './topic.ts';

/** Words that ask for a kind of atom rather than for a subject. */
const ASKS_FOR: Partial<Record<AtomType, RegExp>> = {
  fault: /^(?:troubleshoot\w*|faults?|failures?|diagnos\w+|problems?|errors?|debug\w*)$/,
  procedure: /^(?:procedures?|instructions?)$/,
  pattern: /^patterns?$/,
};
/** How well a kind carries a narration: tables of specifications hardly do. */
const TYPE_WEIGHT: Record<AtomType, number> = {
  concept: 1,
  procedure: 1,
  pattern: 1,
  fault: 1,
  reference: 0.8,
  specification: 0.35,
};
/** What a word of the topic counts for by where it is found. */
const IN_TITLE = 1;
const IN_SUMMARY = 0.7;
const IN_CONTENT = 0.3;
/** From here on an atom is about the topic; below, it only mentions it. */
const ABOUT = 0.7;
/** An atom that is linked with one about the topic may join it. */
const LINKED = 0.4;

export interface Relevance {
  atom: Atom;
  /** Higher is better; for comparison only. */
  score: number;
}

/**
 * The atoms that a script on the topic may be made of, best first: those about it, and those linked with one of them.
 * An atom that merely mentions the topic would make a script that is about something else.
 */
export function relevantAtoms(atoms: readonly Atom[], topic: Topic): Relevance[] {
  const coverages = atoms.map((atom) => coverageOf(atom, topic));
  const about = new Set(atoms.filter((_, place) => (coverages[place] ?? 0) >= ABOUT));
  const linkedFromAbout = new Set([...about].flatMap(linksOf));
  return atoms
    .map((atom, place) => {
      const isLinked =
        linkedFromAbout.has(atom.atom_id) ||
        linksOf(atom).some((id) => [...about].some((other) => other.atom_id === id));
      const coverage = Math.max(coverages[place] ?? 0, isLinked ? LINKED : 0);
      const relevance = coverage < LINKED || about.size === 0 ? 0 : coverage;
      return { atom, score: (TYPE_WEIGHT[atom.atom_type] * relevance) / (1 + place / 10), place };
    })
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.place - b.place);
}

function linksOf(atom: Atom): string[] {
  return [...atom.related_atoms.slice(0, 50), ...atom.prerequisites.slice(0, 50)];
}

/** 0..1: how much of the topic the atom is about. */
function coverageOf(atom: Atom, topic: Topic): number {
  const wanted = wordsOf(topic.words.join(' '));
  const fields = [
    {
      weight: IN_TITLE,
      text: `${atom.title.slice(0, 500)} , ${atom.keywords.slice(0, 50).join(' , ').slice(0, 2000)}`,
    },
    { weight: IN_SUMMARY, text: atom.summary.slice(0, 2000) },
    { weight: IN_CONTENT, text: cleanText(atom.content, MAX_CONTENT_CHARACTERS) },
  ].map(({ weight, text }) => {
    const words = wordsOf(text);
    return { weight, stems: new Set(words.map(stem)), joined: ` ${words.join(' ')} ` };
  });
  const asked = ` ${wanted.join(' ')} `;
  const synonyms = TRADE_TERMS.filter(({ forms }) => forms.some((form) => asked.includes(` ${form} `)));
  const covered = wanted.map((word) => {
    if (ASKS_FOR[atom.atom_type]?.test(word) === true) return IN_TITLE;
    const others = synonyms
      .filter(({ forms }) =>
        forms.some((form) => asked.includes(` ${form} `) && form.split(' ').includes(word)),
      )
      .flatMap(({ forms }) => forms);
    const found = fields.find(
      ({ stems, joined }) => stems.has(stem(word)) || others.some((form) => joined.includes(` ${form} `)),
    );
    return found?.weight ?? 0;
  });
  return wanted.length === 0 ? 0 : covered.reduce((sum, weight) => sum + weight, 0) / wanted.length;
}

/** "e-stop" and "4-20 mA" as the trade's synonyms are written: "e stop", "4 20 ma". */
function wordsOf(text: string): string[] {
  return (
    text
      .toLowerCase()
      .replace(/'/g, '')
      .match(/[\p{L}\p{N}]+/gu) ?? []
  );
}
