import type { Atom } from '../knowledge/atom.ts';
import { citationOf, keywordsOf } from './citations.ts';
import { outlineOf } from './outline.ts';
import { backTo, hook, intro, OTHERS, outro, RECAP, related, spokenTitle } from './phrases.ts';
import {
  countWords,
  narrationOf,
  type Script,
  type ScriptResult,
  SECTIONS,
  secondsOf,
  WORDS,
} from './script.ts';
import { seenFromOutside } from './sentences.ts';
import { type Material, materialOf, type Passage, wordsOf } from './spoken.ts';
import { topicOf } from './topic.ts';

export interface ComposeOptions {
  /** As the user typed it. */
  topic: string;
  /** All of them about the topic, the one that the script tells first; see ./choose.ts. */
  atoms: readonly Atom[];
  /** See `scriptIdOf` in ./store.ts. */
  id: string;
  createdAtMs: number;
  userId?: number;
}

/** An article with fewer words stands beside others, and has no script of its own name. */
const MIN_LEADING_WORDS = 60;
/** Another article may still begin below this. */
const ENOUGH_WORDS = WORDS.target - 15;

/** One article beside the leading one: whole, or by its summary. */
interface Beside {
  material: Material;
  told: Passage[];
}

/**
 * Writes a video script of up to about three minutes, by rules alone: the same input gives the same script. It tells the
 * first fitting article as a whole and in its own order, and then as much of the others as there is time for.
 */
export function composeScript(options: ComposeOptions): ScriptResult {
  const read = topicOf(options.topic);
  if (!read.ok) return read;
  const materials = options.atoms.flatMap((atom) => materialOf(atom) ?? []);
  const scripts = materials.flatMap((material) => {
    const named = { ...options, topic: read.topic.text };
    const leading = shortened(named, material);
    const others = materials.filter((other) => other !== material);
    return isTold(leading) ? [filled(named, leading, others)] : [];
  });
  const script = scripts.find(
    ({ wordCount, sections }) => wordCount >= WORDS.min && sections.length >= SECTIONS.min,
  );
  if (script !== undefined) return { ok: true, script };
  const longest = Math.max(0, ...scripts.map(({ wordCount }) => wordCount));
  return {
    ok: false,
    missing: {
      reason: 'too-little-material',
      words: Math.min(longest, WORDS.min - 1),
      wordsNeeded: WORDS.min,
      titles: options.atoms.map(({ title }) => title),
    },
  };
}

/** A job whose steps cannot be spoken, or do not fit, is not told: the title would promise them. */
function isTold({ atom, passages, lacksSteps }: Material): boolean {
  return !(lacksSteps && atom.atom_type === 'procedure') && wordsOf(passages) >= MIN_LEADING_WORDS;
}

/** The leading article, and of the others what fits: all of those that are short, else their summaries, and then how they begin. */
function filled(options: ComposeOptions, leading: Material, others: readonly Material[]): Script {
  let beside: Beside[] = [];
  let script = scriptOf(options, leading, beside);
  const take = (next: Beside[]): boolean => {
    const longer = scriptOf(options, leading, next);
    if (script.wordCount >= ENOUGH_WORDS || longer.wordCount > WORDS.max) return false;
    beside = next;
    script = longer;
    return true;
  };
  for (const material of others) {
    const isWhole = material.passages.length > 0 && !material.lacksSteps;
    if (isWhole && take([...beside, { material, told: material.passages }])) continue;
    if (material.summary.length > 0) take([...beside, { material, told: [summaryOf(material)] }]);
  }
  for (const { material, told } of [...beside])
    for (let end = 1; told.length === 1 && end < material.passages.length; end++) {
      // A numbered list stays with its article or is left out.
      if (material.passages[end - 1]?.items !== undefined) break;
      const opening = openingOf(material.passages, end);
      const longer = { material, told: [summaryOf(material), ...opening] };
      if (!take(beside.map((one) => (one.material === material ? longer : one)))) break;
    }
  return script;
}

function summaryOf({ summary }: Material): Passage {
  return { sentences: summary, isExample: false };
}

/** `Four kinds of timer cover nearly every task.` */
const ANNOUNCES =
  /^(?:there are )?(?:two|three|four|five|six|seven|several|some) (?:\w+ )?(?:kinds|types|ways|things|rules|habits|mistakes|points|parts|reasons|causes|cases|groups)\b/i;

/** The first passages of an article, without what announces a number of things: nobody knows whether they are all among these. */
function openingOf(passages: readonly Passage[], end: number): Passage[] {
  return passages.slice(0, end).map((passage, at) => {
    // A sentence that leads to a numbered list goes with it.
    const isLead = at === end - 1 && passages[end]?.items !== undefined;
    const told = isLead ? passage.sentences.slice(0, -1) : passage.sentences;
    return { ...passage, sentences: told.filter((sentence) => !ANNOUNCES.test(sentence)) };
  });
}

/** The script tells an article of more than three minutes from its beginning, as far as whole passages fit. */
function shortened(options: ComposeOptions, material: Material): Material {
  let short = material;
  for (let end = material.passages.length; end > 0; end--) {
    const lacksSteps =
      material.lacksSteps || material.passages.slice(end).some(({ items }) => items !== undefined);
    short = { ...material, passages: material.passages.slice(0, end), lacksSteps };
    if (wordsOf(short.passages) <= WORDS.max && scriptOf(options, short, []).wordCount <= WORDS.max) break;
  }
  return short;
}

function scriptOf(options: ComposeOptions, leading: Material, beside: readonly Beside[]): Script {
  const said = new Set([RECAP.toLowerCase()]);
  /** No sentence is spoken twice; the recap alone may say again what an article said. */
  const fresh = (sentences: readonly string[]): string[] =>
    sentences.filter((sentence) => {
      const key = sentence.toLowerCase();
      return !said.has(key) && said.add(key);
    });
  /** But a step keeps its answer, even where two have the same. */
  const tell = (passages: readonly Passage[]): string[] =>
    passages.flatMap(({ sentences, items }) => (items === undefined ? fresh(sentences) : sentences));
  const outline = outlineOf(leading);
  const used = [leading, ...beside.map(({ material }) => material)];
  const parts = outline.sections.map(({ announcement }) => announcement);
  const frame = {
    hook: fresh(hook(leading)).join(' '),
    intro: fresh([
      ...intro([...parts, ...(beside.length > 0 ? [OTHERS.announcement] : [])], used.length),
      ...leading.safety,
    ]).join(' '),
  };
  const sections = outline.sections.map(({ heading, passages }) => ({
    heading,
    narration: tell(passages).join(' '),
    sources: [leading.atom.atom_id],
  }));
  if (beside.length > 0)
    sections.push({
      heading: OTHERS.heading,
      narration: beside
        .flatMap(({ material, told }, place) => [
          ...fresh([related(spokenTitle(material), place)]),
          ...fresh(material.safety),
          ...tell(told).map(seenFromOutside),
        ])
        .join(' '),
      sources: beside.map(({ material }) => material.atom.atom_id),
    });
  const point = fresh(outline.example?.sentences ?? []);
  const example = (point.length > 0 && beside.length > 0 ? [backTo(leading), ...point] : point).join(' ');
  const recap = fresh(leading.summary);
  const narration = {
    ...frame,
    sections: sections.filter((section) => section.narration !== ''),
    example,
    recap: [RECAP, ...(recap.length > 0 ? recap : [`We looked at this: ${spokenTitle(leading)}.`])].join(' '),
    outro: outro(leading.atom.atom_type, used.length),
  };
  return timed({
    id: options.id,
    topic: options.topic,
    title: leading.title,
    ...narration,
    isExample: outline.example?.isExample === true,
    exampleSources: example === '' ? [] : [leading.atom.atom_id],
    keywords: keywordsOf(options.topic, used),
    citations: used.map(citationOf),
    createdAtMs: options.createdAtMs,
    ...(options.userId !== undefined && { userId: options.userId }),
  });
}

type Untimed = Omit<Script, 'sections' | 'wordCount' | 'durationSeconds'> & {
  sections: Omit<Script['sections'][number], 'startSeconds'>[];
};

function timed(script: Untimed): Script {
  let spoken = countWords(`${script.hook} ${script.intro}`);
  const sections = script.sections.map(({ heading, narration, sources }) => {
    const startSeconds = secondsOf(spoken);
    spoken += countWords(narration);
    return { heading, startSeconds, narration, sources };
  });
  const wordCount = countWords(narrationOf(script).join(' '));
  return { ...script, sections, wordCount, durationSeconds: secondsOf(wordCount) };
}
