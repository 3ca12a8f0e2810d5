import { companionWordsOf, flawsOf, least, spokenWordsOf, THIN_WORDS, wordsOf } from './balance.ts';
import type { Casing } from './casing.ts';
import { type Draft, draftOf, type Example, type Part, roleOf } from './draft.ts';
import { examplesOf } from './examples.ts';
import { EXAMPLE, type Material, type Passage } from './material.ts';
import { isSubject } from './relevance.ts';
import { WORDS } from './script.ts';
import type { Topic } from './topic.ts';

/** How many atoms carry the sections, in the order tried. */
const LEADING = [3, 4, 2, 1] as const;
/** Filling stops here: another passage would mostly overshoot the target. */
const ENOUGH_WORDS = WORDS.target - 15;
/** A procedure is reached early if it and what leads to it are not longer than this. */
const MAX_OPENING_WORDS = 240;
/** Longer procedures leave no room for anything else within three minutes, and half of one must not be told. */
const MAX_PASSAGE_WORDS = 240;
/** Less of a companion is not worth a section. */
const MIN_COMPANION_WORDS = 25;
/** What is not about the topic stays beside it: of each such atom at most so many words, ... */
const MAX_COMPANION_WORDS = 90;
/** ... and of all of them together at most this for each word about the topic. */
const MAX_COMPANION_SHARE = 0.6;

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

class Filling {
  readonly #topic: Topic;
  readonly #casing: Casing;
  readonly #parts: Part[];
  readonly #others: Material[];
  readonly #example: Example;
  /** Passages of a material that were taken or passed over. */
  readonly #seen = new Map<Material, number>();
  /** What the parts make now, since to put them together takes most of the time. */
  #current: Draft | undefined;

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
      const before = this.#current;
      const part: Part = { material, passages: [] };
      this.#parts.push(part);
      this.#fillEvenly([part]);
      if (isSubject(material) || spokenWordsOf(part) >= MIN_COMPANION_WORDS) continue;
      this.#parts.pop();
      this.#current = before;
    }
    return this.#isExampleClear() ? this.#current : undefined;
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
      if (!(passage.leans && isGapBefore) && this.#take(part, passage)) {
        this.#seen.set(material, next + 1);
        return true;
      }
      isGapBefore = true;
      // What comes after the work makes no sense without it.
      if (passage.isSteps && material.atom.atom_type === 'procedure') next = material.passages.length;
    }
    this.#seen.set(material, next);
    return false;
  }

  /** Adds the passage if there is room for it. */
  #take(part: Part, passage: Passage): boolean {
    if (this.#example.passages.includes(passage) || passage.words > MAX_PASSAGE_WORDS) return false;
    part.passages.push(passage);
    const parts = this.#parts.filter(({ passages }) => passages.length > 0);
    const draft = draftOf(parts, this.#example, this.#topic, this.#casing);
    const isWithin =
      (draft?.words ?? 0) <= WORDS.max && (isSubject(part.material) || this.#staysBeside(part));
    if (isWithin) this.#current = draft;
    else part.passages.pop();
    return isWithin;
  }

  #staysBeside(companion: Part): boolean {
    const parts = [...this.#parts, this.#example];
    const all = parts.reduce((sum, part) => sum + spokenWordsOf(part), 0);
    const beside = companionWordsOf(parts);
    return spokenWordsOf(companion) <= MAX_COMPANION_WORDS && beside <= (all - beside) * MAX_COMPANION_SHARE;
  }

  #words(): number {
    return this.#current?.words ?? 0;
  }
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
