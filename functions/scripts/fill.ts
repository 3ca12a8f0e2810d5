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
const MAX_OPENING_WORDS = 150;
/** Longer procedures cannot be told within three minutes, and half of one must not be. */
const MAX_PASSAGE_WORDS = 190;

/**
 * Takes passages from the atoms, best first, until the script is three minutes long. Several numbers of sections are
 * tried, and the best balanced script is taken.
 * @returns the script, or the longest that could be made where all are too short
 */
export function fill(
  materials: readonly Material[],
  topic: Topic,
  casing: Casing,
): { draft: Draft | undefined; isLongEnough: boolean } {
  const drafts = LEADING.filter((leading) => leading <= materials.length)
    .map((leading) => new Filling(materials, leading, topic, casing).draft())
    .filter((draft) => draft !== undefined);
  const fitting = drafts.filter(({ words }) => words >= WORDS.min);
  if (fitting.length > 0) return { draft: least(fitting, flawsOf), isLongEnough: true };
  return { draft: least(drafts, ({ words }) => -words), isLongEnough: false };
}

function least(drafts: readonly Draft[], cost: (draft: Draft) => number): Draft | undefined {
  return drafts.reduce<Draft | undefined>(
    (best, draft) => (best === undefined || cost(draft) < cost(best) ? draft : best),
    undefined,
  );
}

/** In words, about: sections too thin to stand alone, a procedure announced and not told, distance from the target. */
function flawsOf({ parts, words }: Draft): number {
  const thin = parts.reduce((sum, part) => sum + Math.max(0, THIN_WORDS - wordsOf(part)), 0);
  const untold = parts.filter(
    ({ material, passages }) => roleOf(material) === 'steps' && !passages.some(({ isSteps }) => isSteps),
  );
  const isOneAtom = parts.length === 1 ? ONE_ATOM_FLAW : 0;
  return thin + untold.length * 40 + isOneAtom + Math.abs(words - WORDS.target) / 3;
}

class Filling {
  readonly #topic: Topic;
  readonly #casing: Casing;
  readonly #parts: Part[];
  readonly #others: Material[];
  readonly #example: Example | undefined;
  /** Passages of a material that were taken or passed over. */
  readonly #seen = new Map<Material, number>();

  constructor(materials: readonly Material[], leading: number, topic: Topic, casing: Casing) {
    this.#topic = topic;
    this.#casing = casing;
    const rich = materials.filter(({ passages }) => wordsOf({ passages }) >= THIN_WORDS * 1.5);
    const leaders = diverse(rich.length >= leading ? rich : materials, leading);
    this.#others = materials.filter((material) => !leaders.includes(material));
    this.#example = exampleOf(leaders, this.#others);
    this.#parts = leaders.map((material) => ({ material, passages: [] }));
  }

  draft(): Draft | undefined {
    for (const part of this.#parts) this.#open(part);
    this.#fillEvenly(this.#parts);
    for (const material of this.#others) {
      if (this.#isEnough()) break;
      if (material === this.#example?.material) continue;
      const part: Part = { material, passages: [] };
      this.#parts.push(part);
      this.#fillEvenly([part]);
    }
    return this.#current();
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

  #isEnough(): boolean {
    return (this.#current()?.words ?? 0) >= ENOUGH_WORDS;
  }

  /** The shortest part grows first, so that no section is starved by another. */
  #fillEvenly(parts: readonly Part[]): void {
    let growing = [...parts];
    while (growing.length > 0 && !this.#isEnough()) {
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
    if (this.#example?.passages.includes(passage) === true || passage.words > MAX_PASSAGE_WORDS) return false;
    part.passages.push(passage);
    const words = this.#current()?.words ?? 0;
    part.passages.pop();
    return words <= WORDS.max;
  }

  #current(): Draft | undefined {
    const parts = this.#parts.filter(({ passages }) => passages.length > 0);
    return this.#example === undefined ? undefined : draftOf(parts, this.#example, this.#topic, this.#casing);
  }
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
    const next = left.slice(0, 2).find((material) => !roles.has(roleOf(material))) ?? left[0];
    if (next === undefined) break;
    chosen.push(next);
  }
  return chosen;
}

/** Words that say "for example", or a pattern or fault that no section is about, or one point of an atom. */
function exampleOf(leaders: readonly Material[], others: readonly Material[]): Example | undefined {
  for (const material of [...leaders, ...others.slice(0, 2)]) {
    const passage = material.passages.find(
      ({ isExample, leans, words, sentences }, position) =>
        isExample &&
        position > 0 &&
        words <= MAX_EXAMPLE_WORDS &&
        // "For example" points back at what the sections have told.
        (!leans || EXAMPLE.test(sentences[0] ?? '')),
    );
    if (passage !== undefined) return { material, passages: [passage], kind: 'example' };
  }
  for (const material of others.slice(0, 3)) {
    const passages = opening(material);
    if ((roleOf(material) === 'pattern' || roleOf(material) === 'fault') && passages.length > 0)
      return { material, passages, kind: 'case' };
  }
  for (const material of [...leaders].sort((a, b) => b.passages.length - a.passages.length)) {
    const passage = material.passages.findLast(
      ({ leans, isSteps, words }, position) =>
        position > 0 && !leans && !isSteps && words >= MIN_POINT_WORDS && words <= MAX_EXAMPLE_WORDS,
    );
    if (passage !== undefined) return { material, passages: [passage], kind: 'point' };
  }
  return undefined;
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
