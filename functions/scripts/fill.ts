import type { Casing } from './casing.ts';
import { type Draft, draftOf, type Example, type Part, roleOf } from './draft.ts';
import { EXAMPLE, type Material, type Passage } from './material.ts';
import { countWords, WORDS } from './script.ts';
import type { Topic } from './topic.ts';

/** How many atoms carry the sections, in the order tried. */
const LEADING = [3, 4, 2, 1] as const;
/** Filling stops here: another passage would mostly overshoot the target. */
const ENOUGH_WORDS = WORDS.target - 15;
const MAX_EXAMPLE_WORDS = 75;
const MIN_POINT_WORDS = 12;
/** A script of several atoms tells more than two halves of one. */
const ONE_ATOM_FLAW = 40;
/** A section of fewer words than this is hardly worth its heading. */
const THIN_WORDS = 40;
/** A procedure is reached early if it and what leads to it are not longer than this. */
const MAX_OPENING_WORDS = 240;
/** Longer procedures cannot be told within three minutes, and half of one must not be. */
const MAX_PASSAGE_WORDS = 240;
/** Steps that are not told at all, and a word of them that the short form leaves out. */
const UNTOLD_FLAW = 40;
const OMITTED_FLAW = 0.3;
/** What is not about the topic stays beside it: of each such atom at most so many words, ... */
const MAX_COMPANION_WORDS = 90;
/** ... and of all of them together at most this for each word about the topic. */
const MAX_COMPANION_SHARE = 0.6;
/** A word that is not about the topic is as bad as missing the target by one and a half. */
const COMPANION_FLAW = 0.5;
/** So is a word that another section has more than the one that is most about the topic, nearly. */
const OVERSHADOWED_FLAW = 0.3;

/**
 * Takes passages from the atoms until the script is three minutes long: first from those about the topic, and from
 * their companions only what is missing then. Several ways are tried, and the best balanced script is taken.
 * @returns the script, or the longest that could be made where all are too short
 */
export function fill(
  materials: readonly Material[],
  topic: Topic,
  casing: Casing,
): { draft: Draft | undefined; isLongEnough: boolean } {
  const drafts = tellings(materials)
    .flatMap((told) => waysOf(told).map((way) => new Filling(way, topic, casing).draft()))
    .filter((draft) => draft !== undefined);
  const fitting = drafts.filter(({ words }) => words >= WORDS.min);
  const areMany = materials.filter(isSubject).length > 1;
  if (fitting.length > 0)
    return { draft: least(fitting, (draft) => flawsOf(draft, areMany)), isLongEnough: true };
  return { draft: least(drafts, ({ words }) => -words), isLongEnough: false };
}

/** With long procedures in full, and with their short forms. */
function tellings(materials: readonly Material[]): (readonly Material[])[] {
  const short = materials.map((material) => ({
    ...material,
    passages: material.passages.map((passage) => passage.short ?? passage),
  }));
  const isShorter = materials.some(({ passages }) => passages.some((passage) => passage.short !== undefined));
  return isShorter ? [materials, short] : [materials];
}

interface Way {
  leaders: Material[];
  others: Material[];
  example: Example;
}

function waysOf(materials: readonly Material[]): Way[] {
  const subjects = materials.filter(isSubject);
  return LEADING.filter((leading) => leading <= subjects.length).flatMap((leading) => {
    const rich = subjects.filter(({ passages }) => wordsOf({ passages }) >= THIN_WORDS * 1.5);
    const leaders = diverse(rich.length >= leading ? rich : subjects, leading);
    const others = materials.filter((material) => !leaders.includes(material));
    return examplesOf(leaders, others).map((example) => ({ leaders, others, example }));
  });
}

function least(drafts: readonly Draft[], cost: (draft: Draft) => number): Draft | undefined {
  return drafts.reduce<Draft | undefined>(
    (best, draft) => (best === undefined || cost(draft) < cost(best) ? draft : best),
    undefined,
  );
}

/**
 * In words, about: sections too thin to stand alone, a procedure announced and not told, what is beside the topic,
 * distance from the target.
 */
function flawsOf({ parts, example, exampleMaterial, words }: Draft, areMany: boolean): number {
  const thin = parts.reduce((sum, part) => sum + Math.max(0, THIN_WORDS - wordsOf(part)), 0);
  const untold = parts.filter(
    ({ material, passages }) =>
      isSubject(material) &&
      material.passages.some(({ isSteps }) => isSteps) &&
      !passages.some(({ isSteps }) => isSteps),
  );
  const omitted = parts
    .flatMap(({ passages }) => passages)
    .reduce((sum, { omittedWords }) => sum + omittedWords, 0);
  const [first, ...others] = [...parts]
    .sort((a, b) => b.material.closeness - a.material.closeness)
    .map(wordsOf);
  const overshadowed = Math.max(0, Math.max(...others) - (first ?? 0));
  const isOneAtom = areMany && parts.length === 1 ? ONE_ATOM_FLAW : 0;
  const beside = companionWordsOf(parts) + (isSubject(exampleMaterial) ? 0 : countWords(example));
  return (
    thin +
    untold.length * UNTOLD_FLAW +
    omitted * OMITTED_FLAW +
    isOneAtom +
    beside * COMPANION_FLAW +
    overshadowed * OVERSHADOWED_FLAW +
    Math.abs(words - WORDS.target) / 3
  );
}

function isSubject({ standing }: Material): boolean {
  return standing === 'subject';
}

function companionWordsOf(parts: readonly Part[]): number {
  return parts.reduce((sum, part) => sum + (isSubject(part.material) ? 0 : spokenWordsOf(part)), 0);
}

class Filling {
  readonly #topic: Topic;
  readonly #casing: Casing;
  readonly #parts: Part[];
  readonly #others: Material[];
  readonly #example: Example;
  /** Passages of a material that were taken or passed over. */
  readonly #seen = new Map<Material, number>();

  constructor({ leaders, others, example }: Way, topic: Topic, casing: Casing) {
    this.#topic = topic;
    this.#casing = casing;
    this.#others = others;
    this.#example = example;
    this.#parts = leaders.map((material) => ({ material, passages: [] }));
  }

  draft(): Draft | undefined {
    for (const part of this.#parts) this.#open(part);
    this.#fillEvenly(this.#parts);
    for (const material of this.#others) {
      // A companion helps a script that would be too short, and no other.
      if (this.#words() >= (isSubject(material) ? ENOUGH_WORDS : WORDS.min)) break;
      if (material === this.#example.material) continue;
      const part: Part = { material, passages: [] };
      this.#parts.push(part);
      this.#fillEvenly([part]);
    }
    return this.#isExampleClear() ? this.#current() : undefined;
  }

  /** An example that points back needs what it points at, right before it in its atom. */
  #isExampleClear(): boolean {
    const { material, passages } = this.#example;
    const [first] = passages;
    if (first?.leans !== true || EXAMPLE.test(first.sentences[0] ?? '')) return true;
    const before = material.passages[material.passages.indexOf(first) - 1];
    return this.#parts.some((part) => before !== undefined && part.passages.at(-1) === before);
  }

  /** A part begins with its first passage; a procedure or fault goes on to its steps. */
  #open(part: Part): void {
    this.#grow(part);
    const { material, passages } = part;
    if (roleOf(material) !== 'steps' && roleOf(material) !== 'fault') return;
    const steps = material.passages.findIndex(({ isSteps }) => isSteps);
    const words = material.passages.slice(0, steps + 1).reduce((sum, passage) => sum + passage.words, 0);
    if (steps < 0 || words > MAX_OPENING_WORDS) return;
    while (!passages.some(({ isSteps }) => isSteps) && this.#grow(part));
  }

  /** The shortest part grows first, so that no section is starved by another. */
  #fillEvenly(parts: readonly Part[]): void {
    let growing = [...parts];
    while (growing.length > 0 && this.#words() < ENOUGH_WORDS) {
      const shortest = growing.reduce((a, b) => (wordsOf(b) < wordsOf(a) ? b : a));
      if (!this.#grow(shortest)) growing = growing.filter((part) => part !== shortest);
    }
  }

  /** Adds the next passage that fits; what leans on a passage that was passed over is passed over too. */
  #grow(part: Part): boolean {
    const { material, passages } = part;
    let next = this.#seen.get(material) ?? 0;
    let isGapBefore = next === 0 || passages.at(-1) !== material.passages[next - 1];
    for (; next < material.passages.length; next++) {
      const passage = material.passages[next];
      if (passage === undefined) break;
      if (!(passage.leans && isGapBefore) && this.#fits(part, passage)) {
        passages.push(passage);
        this.#seen.set(material, next + 1);
        return true;
      }
      isGapBefore = true;
    }
    this.#seen.set(material, next);
    return false;
  }

  #fits(part: Part, passage: Passage): boolean {
    if (this.#example.passages.includes(passage) || passage.words > MAX_PASSAGE_WORDS) return false;
    part.passages.push(passage);
    const isWithin = this.#words() <= WORDS.max && (isSubject(part.material) || this.#staysBeside(part));
    part.passages.pop();
    return isWithin;
  }

  #staysBeside(companion: Part): boolean {
    const parts = [...this.#parts, this.#example];
    const all = parts.reduce((sum, part) => sum + spokenWordsOf(part), 0);
    const beside = companionWordsOf(parts);
    return spokenWordsOf(companion) <= MAX_COMPANION_WORDS && beside <= (all - beside) * MAX_COMPANION_SHARE;
  }

  #words(): number {
    return this.#current()?.words ?? 0;
  }

  #current(): Draft | undefined {
    const parts = this.#parts.filter(({ passages }) => passages.length > 0);
    return draftOf(parts, this.#example, this.#topic, this.#casing);
  }
}

/** With the notes that come along. */
function spokenWordsOf({ material, passages }: Pick<Part, 'material' | 'passages'>): number {
  return passages.length === 0 ? 0 : wordsOf({ passages }) + countWords(material.safety.join(' '));
}

function wordsOf({ passages }: Pick<Part, 'passages'>): number {
  return passages.reduce((sum, { words }) => sum + words, 0);
}

/** The best atoms, where an atom of a kind not yet there goes before the next best of a kind that is. */
function diverse(materials: readonly Material[], count: number): Material[] {
  const chosen: Material[] = [];
  while (chosen.length < count) {
    const left = materials.filter((material) => !chosen.includes(material));
    const roles = new Set(chosen.map(roleOf));
    const next = left.slice(0, 3).find((material) => !roles.has(roleOf(material))) ?? left[0];
    if (next === undefined) break;
    chosen.push(next);
  }
  return chosen;
}

/**
 * What can be the example, best first: words that say "for example"; a pattern or fault that no section is about; one
 * point of an atom.
 */
function examplesOf(leaders: readonly Material[], others: readonly Material[]): Example[] {
  const subjects = others.filter(isSubject);
  const own = [...leaders, ...subjects.slice(0, 2)].flatMap((material) => {
    const passage = material.passages.find(
      ({ isExample, leans, words, sentences }, position) =>
        isExample &&
        position > 0 &&
        words <= MAX_EXAMPLE_WORDS &&
        // "For example" points back at what the sections have told.
        (!leans || EXAMPLE.test(sentences[0] ?? '')),
    );
    return passage === undefined ? [] : [{ material, passages: [passage], kind: 'example' as const }];
  });
  const cases = [...subjects.slice(0, 3), ...others.filter((other) => !isSubject(other)).slice(0, 3)].flatMap(
    (material) => {
      const passages = opening(material);
      const isCase = roleOf(material) === 'pattern' || roleOf(material) === 'fault';
      return isCase && passages.length > 0 ? [{ material, passages, kind: 'case' as const }] : [];
    },
  );
  const points = [...leaders]
    .sort((a, b) => b.passages.length - a.passages.length)
    .flatMap((material) => {
      const { passages } = material;
      const fit = passages.filter(
        ({ isSteps, words }, place) =>
          place > 0 &&
          !isSteps &&
          words >= MIN_POINT_WORDS &&
          words <= MAX_EXAMPLE_WORDS &&
          // Taken out, it must not leave a gap that the next one points at.
          passages[place + 1]?.leans !== true,
      );
      const passage = fit.findLast(({ leans }) => !leans) ?? fit.at(-1);
      return passage === undefined ? [] : [{ material, passages: [passage], kind: 'point' as const }];
    });
  const [subjectCase] = cases.filter(({ material }) => isSubject(material));
  const [example] = own;
  if (example !== undefined) return [example];
  if (subjectCase !== undefined) return [subjectCase];
  return [...cases.slice(0, 1), ...points.slice(0, 1)];
}

function opening({ passages, safety }: Material): Passage[] {
  const taken: Passage[] = [];
  let words = countWords(safety.join(' '));
  for (const passage of passages) {
    if ((taken.length === 0 && passage.leans) || words + passage.words > MAX_EXAMPLE_WORDS) break;
    taken.push(passage);
    words += passage.words;
  }
  return taken;
}
