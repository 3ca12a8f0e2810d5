import { joinedFrom } from './part-numbers.ts';
import { type AmbiguousForm, TRADE_TERMS } from './trade-terms.ts';
import { tokenise, type Token } from './tokens.ts';

/** An index term in a text: the stem of one token, or a term that stands for several. */
export interface Occurrence {
  term: string;
  /** `character`: one of a script without spaces, so that it is found alone. */
  kind: 'word' | 'joined' | 'concept' | 'character';
  /** Index of its first token, and how many tokens it covers. */
  position: number;
  count: number;
}

/** Starts the terms of `TRADE_TERMS`; no word can contain it. */
export const CONCEPT_MARK = '#';

interface Form {
  keys: readonly string[];
  /** Whether a hyphen has to stand before each key: `AS-i` is a bus, `as I` is not. */
  hyphens: readonly boolean[];
  term: string;
  ambiguous?: AmbiguousForm;
}

const PLACES: ReadonlySet<string> = new Set(
  TRADE_TERMS.filter((term) => term.isPlace).map(({ id }) => CONCEPT_MARK + id),
);

/** Whether a term stands for a maker or a program. */
export function isPlace(term: string): boolean {
  return PLACES.has(term);
}

/** Made when the first text is read: a cold start that answers `/help` needs none. */
let formsByFirstKey: ReadonlyMap<string, readonly Form[]> | undefined;

/** Every term that the index holds, or a query asks for, in a tokenised text; in order of position. */
export function occurrencesOf(tokens: readonly Token[]): Occurrence[] {
  const found: Occurrence[] = [];
  formsByFirstKey ??= indexForms();
  const forms = formsByFirstKey;
  tokens.forEach((token, position) => {
    if (token.term !== '') found.push({ term: token.term, kind: 'word', position, count: 1 });
    for (const { joined, count } of joinedFrom(tokens, position)) {
      found.push({ term: joined, kind: 'joined', position, count });
    }
    for (const term of token.characters ?? []) found.push({ term, kind: 'character', position, count: 1 });
    const concepts = new Set<string>();
    for (const form of forms.get(keyOf(token)) ?? []) {
      if (concepts.has(form.term) || !matchesForm(tokens, position, form)) continue;
      concepts.add(form.term);
      found.push({ term: form.term, kind: 'concept', position, count: form.keys.length });
    }
  });
  return found;
}

function matchesForm(tokens: readonly Token[], position: number, form: Form): boolean {
  for (let i = 1; i < form.keys.length; i++) {
    const token = tokens[position + i];
    if (token === undefined || keyOf(token) !== form.keys[i]) return false;
    if (form.hyphens[i] === true && token.gap !== 'hyphen') return false;
  }
  return form.ambiguous === undefined || isAbbreviation(tokens, position, form.ambiguous);
}

/** Capitals alone tell nothing: people stress words. In `NO voltage` nothing is normally open, in `NO contact` it is. */
function isAbbreviation(
  tokens: readonly Token[],
  position: number,
  { beside, inCapitalsBeside }: AmbiguousForm,
): boolean {
  const near = (reach: number): Token[] =>
    tokens
      .slice(Math.max(0, position - reach), position + reach + 1)
      .filter((_, i) => i !== Math.min(position, reach));
  if (near(1).some(({ word }) => beside.includes(word))) return true;
  const raw = tokens[position]?.raw ?? '';
  return raw === raw.toUpperCase() && near(2).some(({ word }) => inCapitalsBeside.includes(word));
}

/** Stopwords have no term, but are part of some forms: `I/O`. */
function keyOf(token: Token): string {
  return token.term === '' ? token.word : token.term;
}

function indexForms(): Map<string, Form[]> {
  const byFirst = new Map<string, Form[]>();
  const add = (text: string, id: string, ambiguous?: AmbiguousForm): void => {
    const tokens = tokenise(text);
    const keys = tokens.map(keyOf);
    const first = keys[0];
    if (first === undefined) return;
    const hyphens = tokens.map(({ gap }, i) => i > 0 && gap === 'hyphen');
    const forms = byFirst.get(first) ?? [];
    forms.push({ keys, hyphens, term: CONCEPT_MARK + id, ...(ambiguous && { ambiguous }) });
    byFirst.set(first, forms);
  };
  for (const { id, forms, ambiguous } of TRADE_TERMS) {
    for (const form of forms) add(form, id);
    if (ambiguous !== undefined) add(ambiguous.form, id, ambiguous);
  }
  // Longest first: "ladder logic" is one mention, not two.
  for (const forms of byFirst.values()) forms.sort((a, b) => b.keys.length - a.keys.length);
  return byFirst;
}
