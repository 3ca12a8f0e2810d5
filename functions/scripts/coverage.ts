import { stem } from 'porter2';
import type { Atom, AtomType } from '../knowledge/atom.ts';
import { TRADE_TERMS } from '../search/trade-terms.ts';
import { cleanText } from './clean-text.ts';
import { MAX_CONTENT_CHARACTERS } from './script.ts';
import type { Topic } from './topic.ts';
import { IMPERATIVES } from './vocabulary.ts';
import { formOf, type Kinship, kinshipOf, plainWords, type WordForm } from './word-forms.ts';

/** Words that ask for a kind of atom rather than for a subject. */
const ASKS_FOR: Partial<Record<AtomType, RegExp>> = {
  fault: /^(?:troubleshoot\w*|faults?|fail(?:s|ed|ing|ures?)?|diagnos\w+|problems?|errors?|debug\w*)$/,
  procedure: /^procedures?$/,
  pattern: /^patterns?$/,
};

/** What a word of the topic counts for by where it is found. */
const IN_TITLE = 1;
const IN_KEYWORD = 1;
/** A product or maker narrows a subject down and is none itself, unless nothing else is asked for. */
const IN_FACETS = 0.8;
const IN_SUMMARY = 0.5;
const IN_CONTENT = 0.3;
/** What a keyword of several words counts for even if the topic has but one of them ("phase" of "phase rotation"). */
const PART_OF_KEYWORD = 0.3;
/** What is left of it when the word is another one of the same meaning, or of the same root. */
const SYNONYM = 0.9;
const DERIVED = 0.5;
/** What is left where the parts of a compound are found, but not side by side. */
const SCATTERED = 0.5;
/** What a verb counts for in a question, task or complaint. */
const VERB = 0.5;
const VERB_STEMS: ReadonlySet<string> = new Set([...IMPERATIVES].map((verb) => stem(verb)));
/** "Analog input reads zero: wire-break diagnosis" is about a wire break, nearly as if it began with it. */
const AFTER_COLON = 0.8;
/** In a list of keywords a synonym often names another thing of the same name: a drive has an operator panel too. */
const SYNONYM_IN_KEYWORD = 0.65;

export interface Coverage {
  /** 0..1: how much of the topic the atom is about. */
  coverage: number;
  /** 0..1: how much of the atom's title, before or after its colon, the topic is. */
  focus: number;
  /** Whether the atom names a part of what is asked, done or complained about, of several words, as its subject. */
  isNamed: boolean;
}

interface Field {
  /** What the word itself counts for here, a synonym of it, and a word made from it or the other way round. */
  weights: Record<Kinship | 'synonym', number>;
  forms: WordForm[];
  /** Between spaces, to find synonyms of several words. */
  joined: string;
}

export function coverageOf(atom: Atom, topic: Topic): Coverage {
  const things = topic.words.map(plainWords).filter((words) => words.length > 0);
  const asked = things.flat();
  const forms = new Map(asked.map((word) => [word, formOf(word)]));
  const fields = fieldsOf(atom, [...forms.values()]);
  const synonyms = synonymsOf(asked);
  const weightOf = (word: string): number => {
    if (ASKS_FOR[atom.atom_type]?.test(word) === true) return IN_TITLE;
    const form = forms.get(word) ?? formOf(word);
    return Math.max(0, ...fields.map((field) => weightIn(field, form, synonyms.get(word) ?? [])));
  };
  const weights = things.map((words) => {
    const parts = words.map(weightOf);
    if (words.length === 1) return mean(parts);
    // "S7-1500" and "add-on" are one thing, and not one that an "add" here and an "on" there are about.
    const others = (synonyms.get(words[0] ?? '') ?? []).filter((other) =>
      words.every((word) => synonyms.get(word)?.includes(other)),
    );
    const whole = fields.map(({ weights: { same, synonym }, joined }) =>
      joined.includes(` ${words.join(' ')}`)
        ? same
        : others.some((other) => joined.includes(` ${other} `))
          ? synonym
          : 0,
    );
    return Math.max(...whole, mean(parts) * SCATTERED);
  });
  const named = new Set([...synonyms.values()].flat().flatMap((synonym) => synonym.split(' ')));
  const focuses = atom.title
    .slice(0, 500)
    .split(/: /)
    .map((part, place) => {
      const title = plainWords(part).map(formOf);
      const told = title.filter(
        (form) => named.has(form.word) || [...forms.values()].some((one) => kinshipOf(one, form) === 'same'),
      );
      return title.length === 0 ? 0 : (told.length / title.length) * (place === 0 ? 1 : AFTER_COLON);
    });
  const importance = things.map((words) => importanceOf(words, topic));
  const total = importance.reduce((sum, one) => sum + one, 0);
  const covered = weights.reduce((sum, weight, place) => sum + weight * (importance[place] ?? 0), 0);
  return {
    coverage: total === 0 ? 0 : covered / total,
    focus: Math.max(0, ...focuses),
    isNamed: isNamed(atom, topic, [...forms.values()]),
  };
}

/** In "how to start a pump" the pump is the thing, and starting what is done with it. */
function importanceOf(words: readonly string[], { kind }: Topic): number {
  const [word = ''] = words;
  const isVerb = words.length === 1 && VERB_STEMS.has(stem(word));
  return kind !== 'thing' && isVerb ? VERB : 1;
}

/** Whether a keyword of several words is in the topic as a whole: "sensor wiring" in "how to wire a proximity sensor". */
function isNamed({ keywords }: Atom, { kind }: Topic, asked: readonly WordForm[]): boolean {
  return (
    kind !== 'thing' &&
    keywords.slice(0, 50).some((keyword) => {
      const words = plainWords(keyword.slice(0, 200)).map(formOf);
      return words.length > 1 && words.every((word) => asked.some((one) => kinshipOf(one, word) === 'same'));
    })
  );
}

function fieldsOf(atom: Atom, asked: readonly WordForm[]): Field[] {
  const keywords = atom.keywords.slice(0, 50).map((keyword) => {
    const field = fieldOf(keyword.slice(0, 200), IN_KEYWORD);
    const hit = field.forms.filter((form) => asked.some((one) => kinshipOf(one, form) === 'same'));
    const share = field.forms.length === 0 ? 0 : hit.length / field.forms.length;
    const same = PART_OF_KEYWORD + (IN_KEYWORD - PART_OF_KEYWORD) * share;
    return { ...field, weights: { same, synonym: SYNONYM_IN_KEYWORD, derived: PART_OF_KEYWORD } };
  });
  return [
    fieldOf(atom.title.slice(0, 500), IN_TITLE),
    ...keywords,
    fieldOf(`${atom.manufacturer.slice(0, 100)} , ${(atom.product_family ?? '').slice(0, 100)}`, IN_FACETS),
    fieldOf(atom.summary.slice(0, 2000), IN_SUMMARY),
    fieldOf(cleanText(atom.content, MAX_CONTENT_CHARACTERS), IN_CONTENT),
  ];
}

function fieldOf(text: string, weight: number): Field {
  const words = plainWords(text);
  return {
    weights: { same: weight, synonym: weight * SYNONYM, derived: weight * DERIVED },
    forms: [...new Set(words)].map(formOf),
    joined: ` ${words.join(' ')} `,
  };
}

function weightIn({ weights, forms, joined }: Field, asked: WordForm, synonyms: readonly string[]): number {
  const kinships = forms.map((form) => kinshipOf(asked, form));
  if (kinships.includes('same')) return weights.same;
  if (synonyms.some((other) => joined.includes(` ${other} `))) return weights.synonym;
  return kinships.includes('derived') ? weights.derived : 0;
}

/** Of each word of the topic that belongs to a term of the trade: the term's other forms. */
function synonymsOf(asked: readonly string[]): Map<string, string[]> {
  const text = ` ${asked.join(' ')} `;
  const found = new Map<string, string[]>();
  for (const { forms, ambiguous } of TRADE_TERMS) {
    const all = ambiguous === undefined ? forms : [...forms, ambiguous.form];
    const written = all.filter((form) => text.includes(` ${form} `));
    for (const word of new Set(written.flatMap((form) => form.split(' '))))
      found.set(word, [...(found.get(word) ?? []), ...forms]);
  }
  return found;
}

function mean(numbers: readonly number[]): number {
  return numbers.length === 0 ? 0 : numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}
