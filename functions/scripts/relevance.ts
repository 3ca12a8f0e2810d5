import type { Atom } from '../knowledge/atom.ts';
import { blocksOf } from './blocks.ts';
import { cleanText } from './clean-text.ts';
import { type Coverage, coverageOf } from './coverage.ts';
import { MAX_CONTENT_CHARACTERS } from './script.ts';
import type { Topic } from './topic.ts';

/** From here on an atom is about a thing; below, it only mentions it. */
const ABOUT_THING = 0.78;
/** A question, task or complaint is told in the words of the one who asks, of which no title has all. */
const ABOUT_OTHERS = 0.66;
/** Of two atoms that are about the topic alike, the one of which the topic is the title goes first by this much. */
const FOCUS = 0.3;
/** How slowly the order in which the atoms were given counts. */
const PLACES = 25;
/** A companion counts for something even if it has no word of the topic. */
const MENTIONED = 0.5;
/** Tables carry hardly any narration. */
const TABLE = 0.35;

/** `subject`: about the topic. `companion`: linked with one that is, so that it may say a little beside it. */
export type Standing = 'subject' | 'companion';

export interface Relevance {
  atom: Atom;
  standing: Standing;
  /** 0..1, the best subject's being 1. */
  closeness: number;
  /** A specification without a paragraph. */
  isTable: boolean;
}

export function isSubject({ standing }: Pick<Relevance, 'standing'>): boolean {
  return standing === 'subject';
}

/**
 * The atoms that a script on the topic may be made of, subjects first, each kind best first. An atom that merely
 * mentions the topic would make a script that is about something else; so there are companions only where there is a
 * subject.
 */
export function relevantAtoms(atoms: readonly Atom[], topic: Topic): Relevance[] {
  const judged = atoms.map((atom, place) => ({
    atom,
    place,
    isTable: isTable(atom),
    ...coverageOf(atom, topic),
  }));
  const needed = topic.kind === 'thing' ? ABOUT_THING : ABOUT_OTHERS;
  const isAbout = ({ coverage, isNamed }: Coverage) => coverage >= needed || isNamed;
  const scored = judged
    .filter(isAbout)
    .map(({ atom, isTable, place, coverage, focus }) => ({
      atom,
      isTable,
      score: (coverage * (1 - FOCUS + FOCUS * focus) * (isTable ? TABLE : 1)) / (1 + place / PLACES),
    }))
    .sort((a, b) => b.score - a.score);
  const best = scored[0]?.score ?? 0;
  const subjects = scored.map(({ score, ...one }) => ({
    ...one,
    standing: 'subject' as const,
    closeness: score / best,
  }));
  const companions = judged
    .filter((one) => !isAbout(one))
    .map(({ atom, isTable, coverage }) => ({
      atom,
      isTable,
      standing: 'companion' as const,
      closeness: ((coverage + MENTIONED) / (1 + MENTIONED)) * linkOf(atom, subjects) * (isTable ? TABLE : 1),
    }))
    .filter(({ closeness }) => closeness > 0)
    .sort((a, b) => b.closeness - a.closeness);
  return [...subjects, ...companions];
}

/** 0..1 by how early the best subjects name the atom; one that only names a subject itself is linked half as well. */
function linkOf(atom: Atom, subjects: readonly Relevance[]): number {
  const strengths = subjects.map((subject) => {
    const place = linksOf(subject.atom).indexOf(atom.atom_id);
    if (place >= 0) return subject.closeness / (1 + place / 10);
    return linksOf(atom).includes(subject.atom.atom_id) ? subject.closeness / 2 : 0;
  });
  return Math.max(0, ...strengths);
}

function linksOf(atom: Atom): string[] {
  return [...atom.related_atoms.slice(0, 50), ...atom.prerequisites.slice(0, 50)];
}

function isTable({ atom_type, content }: Atom): boolean {
  return (
    atom_type === 'specification' &&
    !blocksOf(cleanText(content, MAX_CONTENT_CHARACTERS)).some(
      ({ kind }) => kind === 'prose' || kind === 'steps',
    )
  );
}
