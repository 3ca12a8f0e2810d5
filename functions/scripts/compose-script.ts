import type { Atom, AtomType } from '../knowledge/atom.ts';
import { casingOf } from './casing.ts';
import { cleanText, plainInline } from './clean-text.ts';
import { type Draft, narrationOf } from './draft.ts';
import { fill } from './fill.ts';
import { type Material, materialOf, withSummary } from './material.ts';
import { FIXED_SENTENCES } from './phrases.ts';
import { isSubject, type Relevance, relevantAtoms } from './relevance.ts';
import { Repetition } from './repetition.ts';
import { spokenSafety } from './safety.ts';
import {
  type Citation,
  countWords,
  MAX_ATOMS,
  MAX_CONTENT_CHARACTERS,
  type Missing,
  type Script,
  type ScriptResult,
  secondsOf,
  WORDS,
} from './script.ts';
import { type Topic, titleOf, topicOf } from './topic.ts';

export interface ComposeOptions {
  /** As the user typed it. */
  topic: string;
  /** Most relevant first; the first {@link MAX_ATOMS} are looked at. */
  atoms: readonly Atom[];
  /** See `scriptIdOf` in ./store.ts. */
  id: string;
  createdAtMs: number;
  userId?: number;
}

/** Kinds that a narration is best made of. */
const TELLING_TYPES: readonly AtomType[] = ['concept', 'procedure', 'pattern', 'fault'];
/** Words of a script that no atom gives, about: hook, intro, leads, outro. */
const FRAME_WORDS = 150;
const MAX_KEYWORDS = 12;
const MAX_PAGES = 20;

/**
 * Writes a three-minute video script about a topic from atoms, by rules alone: the same input gives the same script.
 * Where the atoms hold too little that can be spoken it says so instead of padding.
 */
export function composeScript(options: ComposeOptions): ScriptResult {
  const read = topicOf(options.topic);
  if (!read.ok) return read;
  const { topic } = read;
  const atoms = distinct(options.atoms).slice(0, MAX_ATOMS);
  const casing = casingOf(atoms.filter(({ atom_type }) => atom_type !== 'specification').map(proseOf));
  const relevant = relevantAtoms(atoms, topic);
  const materials = materialsOf(relevant, casing);
  const { draft, isLongEnough } = fill(materials, topic, casing);
  if (draft === undefined || !isLongEnough)
    return {
      ok: false,
      missing: missingOf({ atoms, relevant: relevant.map(({ atom }) => atom), materials, longest: draft }),
    };
  return { ok: true, script: scriptOf(options, topic, titleOf(topic, casing), draft) };
}

/** Without tables, whose cells begin with capitals. */
function proseOf({ summary, content }: Atom): string {
  return cleanText(`${summary.slice(0, 2000)}\n${content}`, MAX_CONTENT_CHARACTERS).replace(/^.*\|.*$/gm, '');
}

function distinct(atoms: readonly Atom[]): Atom[] {
  const seen = new Set<string>();
  return atoms.slice(0, MAX_ATOMS * 4).filter(({ atom_id }) => !seen.has(atom_id) && seen.add(atom_id));
}

function materialsOf(relevant: readonly Relevance[], casing: ReturnType<typeof casingOf>): Material[] {
  const repetition = new Repetition();
  for (const sentence of FIXED_SENTENCES) repetition.add(sentence);
  const safe = relevant.flatMap((one) => {
    const safety = spokenSafety(one.atom);
    return safety === undefined ? [] : [{ ...one, safety }];
  });
  // Notes first: what a note says is not told again, while a note is spoken whatever an article says.
  for (const { safety } of safe) for (const note of safety) repetition.add(note);
  return safe
    .map((source) => materialOf(source, repetition, casing))
    .map((material) => withSummary(material, repetition))
    .filter(({ passages }) => passages.length > 0);
}

interface Shortage {
  atoms: readonly Atom[];
  relevant: readonly Atom[];
  materials: readonly Material[];
  /** The longest script that could be made, if any. */
  longest: Draft | undefined;
}

function missingOf({ atoms, relevant, materials, longest }: Shortage): Missing {
  const usable = new Set(materials.map(({ atom }) => atom));
  const subjects = materials.filter(isSubject);
  const types = new Set(subjects.map(({ atom }) => atom.atom_type));
  const available = materials.flatMap(({ passages }) => passages).reduce((sum, { words }) => sum + words, 0);
  const frame = longest === undefined ? FRAME_WORDS : frameWordsOf(longest, materials);
  const wordsNeeded = WORDS.min - frame;
  return {
    reason: 'too-little-material',
    words: longest === undefined ? Math.min(available, wordsNeeded - 1) : longest.words - frame,
    wordsNeeded,
    atoms: atoms.length,
    usableAtoms: subjects.length,
    missingTypes: TELLING_TYPES.filter((type) => !types.has(type)),
    offTopicAtoms: atoms.filter((atom) => !relevant.includes(atom)).map(({ atom_id }) => atom_id),
    unusableAtoms: relevant.filter((atom) => !usable.has(atom)).map(({ atom_id }) => atom_id),
  };
}

function frameWordsOf(draft: Draft, materials: readonly Material[]): number {
  const narration = narrationOf(draft).join(' ');
  const told = materials.flatMap(({ passages, safety, summary }) => [
    ...safety,
    ...summary,
    ...passages.flatMap(({ sentences }) => sentences),
  ]);
  return (
    draft.words -
    told
      .filter((sentence) => narration.includes(sentence))
      .reduce((sum, sentence) => sum + countWords(sentence), 0)
  );
}

function scriptOf(
  { id, createdAtMs, userId }: ComposeOptions,
  topic: Topic,
  title: string,
  draft: Draft,
): Script {
  const { hook, intro, example, exampleMaterial, recap, outro, used, words } = draft;
  let spoken = countWords(hook) + countWords(intro);
  const sections = draft.sections.map((section) => {
    const startSeconds = secondsOf(spoken);
    spoken += countWords(section.narration);
    return { heading: section.heading, startSeconds, narration: section.narration, sources: section.sources };
  });
  return {
    id,
    topic: topic.text,
    title,
    hook,
    intro,
    sections,
    example,
    exampleSources: [exampleMaterial.atom.atom_id],
    recap,
    outro,
    keywords: keywordsOf(topic, used),
    citations: used.map(citationOf),
    wordCount: words,
    durationSeconds: secondsOf(words),
    createdAtMs,
    ...(userId !== undefined && { userId }),
  };
}

function oneLine(text: string, maxCharacters: number): string {
  return plainInline(cleanText(text, maxCharacters).replace(/\n/g, ' '));
}

function citationOf({ atom, title }: Material): Citation {
  const document = oneLine(atom.source_document ?? '', 200);
  const url = webAddress(atom.source_url);
  return {
    atomId: atom.atom_id,
    title,
    ...(document !== '' && { document }),
    pages: atom.source_pages
      .slice(0, MAX_PAGES)
      .map((page) => oneLine(String(page), 20))
      .filter((page) => page !== ''),
    ...(url !== undefined && { url }),
  };
}

function webAddress(address: string | undefined): string | undefined {
  if (address === undefined || address.length > 2000 || !URL.canParse(address)) return undefined;
  const { protocol, href } = new URL(address);
  return protocol === 'https:' || protocol === 'http:' ? href : undefined;
}

/** The topic's words, then the atoms' keywords in turn, so that each atom is found by its first ones. */
function keywordsOf(topic: Topic, used: readonly Material[]): string[] {
  const lists = used.map(({ atom }) =>
    atom.keywords.slice(0, MAX_KEYWORDS).map((keyword) => oneLine(keyword, 40)),
  );
  const inTurn = Array.from({ length: MAX_KEYWORDS }, (_, turn) =>
    lists.flatMap((list) => list.slice(turn, turn + 1)),
  ).flat();
  const byFold = new Map<string, string>();
  for (const keyword of [...topic.words, ...inTurn])
    if (keyword !== '' && !byFold.has(keyword.toLowerCase())) byFold.set(keyword.toLowerCase(), keyword);
  return [...byFold.values()].slice(0, MAX_KEYWORDS);
}
