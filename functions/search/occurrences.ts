import { joinedFrom } from './part-numbers.ts';
import { TRADE_TERMS } from './trade-terms.ts';
import { tokenise, type Token } from './tokens.ts';

/** An index term in a text: the stem of one token, or a term that stands for several. */
export interface Occurrence {
  term: string;
  kind: 'word' | 'joined' | 'concept';
  /** Index of its first token, and how many tokens it covers. */
  position: number;
  count: number;
}

/** Starts the terms of `TRADE_TERMS`; no word can contain it. */
export const CONCEPT_MARK = '#';

interface Form {
  keys: readonly string[];
  term: string;
  /** For a form that is an ordinary word too: the words beside which it is not. */
  beside?: readonly string[];
}

const FORMS_BY_FIRST_KEY: ReadonlyMap<string, readonly Form[]> = indexForms();

/** Every term that the index holds, or a query asks for, in a tokenised text; in order of position. */
export function occurrencesOf(tokens: readonly Token[]): Occurrence[] {
  const found: Occurrence[] = [];
  tokens.forEach((token, position) => {
    if (token.term !== '') found.push({ term: token.term, kind: 'word', position, count: 1 });
    for (const { joined, count } of joinedFrom(tokens, position)) {
      found.push({ term: joined, kind: 'joined', position, count });
    }
    const concepts = new Set<string>();
    for (const form of FORMS_BY_FIRST_KEY.get(keyOf(token)) ?? []) {
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
  }
  return form.beside === undefined || isAbbreviation(tokens, position, form.beside);
}

function isAbbreviation(tokens: readonly Token[], position: number, beside: readonly string[]): boolean {
  const neighbours = [tokens[position - 1], tokens[position + 1]].filter((token) => token !== undefined);
  if (neighbours.some((token) => beside.includes(token.word))) return true;
  const raw = tokens[position]?.raw ?? '';
  // Capitals tell nothing inside a sentence in capitals: "DO NOT OPEN".
  return raw === raw.toUpperCase() && neighbours.every((token) => !isShouted(token.raw));
}

function isShouted(raw: string): boolean {
  return raw.length > 2 && /^\p{Lu}+$/u.test(raw);
}

/** Stopwords have no term, but are part of some forms: `I/O`. */
function keyOf(token: Token): string {
  return token.term === '' ? token.word : token.term;
}

function indexForms(): Map<string, Form[]> {
  const byFirst = new Map<string, Form[]>();
  const add = (text: string, id: string, beside?: readonly string[]): void => {
    const keys = tokenise(text).map(keyOf);
    const first = keys[0];
    if (first === undefined) return;
    const forms = byFirst.get(first) ?? [];
    forms.push({ keys, term: CONCEPT_MARK + id, ...(beside && { beside }) });
    byFirst.set(first, forms);
  };
  for (const { id, forms, ambiguous } of TRADE_TERMS) {
    for (const form of forms) add(form, id);
    if (ambiguous !== undefined) add(ambiguous.form, id, ambiguous.beside);
  }
  // Longest first: "ladder logic" is one mention, not two.
  for (const forms of byFirst.values()) forms.sort((a, b) => b.keys.length - a.keys.length);
  return byFirst;
}
