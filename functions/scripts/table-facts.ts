import { countWords } from './script.ts';
import { type Casing, lowerFirst } from './casing.ts';
import { isWholeSentence } from './sentences.ts';
import { IMPERATIVES } from './vocabulary.ts';

/** Cells that say nothing on their own. */
const EMPTY = /^(?:|[-–—.*?/x✓✗]+|none|null|nan|n\/?a|yes|no|true|false|undefined|unknown|tbd)$/i;
const KIND = /^(?:type|kind|design|version)$/i;
const RATING = /^(?:rating|rated (?:value|current|voltage|power)|max(?:imum)? (?:current|load))$/i;
const VALUE =
  /^(?:value|setting|specification|data|description|meaning|function|default|typical(?: value)?|use|purpose)$/i;
const ACTION = /^(?:remedy|remedies|action|measure|solution|what to do|corrective action|response|check)$/i;
const ADJECTIVE = /(?:al|og|ogue|ed|ive|ic|ble|less)$/i;
const UNIT = /^units?$/i;
const MAX_CELL_WORDS = 16;
const MAX_SUBJECT_WORDS = 6;

interface Table {
  header?: string[];
  rows: string[][];
}

interface Cell {
  name: string;
  value: string;
}

/**
 * A table as facts that can be spoken, one a row: `| Output | Relay | 2 A |` under Item, Type and Rating becomes "The
 * output is a relay rated 2 A." Rows that make no sense aloud (empty, yes/no, bare figures) are left out, and so is
 * a table whose columns have no names, unless it is pairs of name and value.
 */
export function tableFacts({ header, rows }: Table, casing: Casing): string[] {
  const columns = header ?? rows[0]?.map((_, column) => (column === 1 ? 'Value' : '')) ?? [];
  if (header === undefined && columns.length !== 2) return [];
  return rows
    .filter((row) => row.length === columns.length)
    .map((row) => factOf(columns, row, casing))
    .filter((fact): fact is string => fact !== undefined && isWholeSentence(fact));
}

function factOf(columns: readonly string[], row: readonly string[], casing: Casing): string | undefined {
  const subject = row[0] ?? '';
  if (EMPTY.test(subject) || !/^[A-Za-z][\w /+-]*$/.test(subject) || !/[a-z]{3}/i.test(subject))
    return undefined;
  if (countWords(subject) > MAX_SUBJECT_WORDS) return undefined;
  const cells = columns
    .slice(1)
    .map((name, position) => ({ name: name.trim(), value: (row[position + 1] ?? '').trim() }));
  const unit = cells.find(({ name }) => UNIT.test(name))?.value;
  const told = cells.filter(({ name, value }) => !UNIT.test(name) && name !== '' && canBeSaid(value));
  if (told.length === 0) return undefined;
  const the = `The ${lowerFirst(subject, casing)}`;
  const kind = told.find(({ name }) => KIND.test(name));
  const rating = told.find(({ name }) => RATING.test(name));
  if (kind !== undefined && !ADJECTIVE.test(kind.value) && /^[A-Za-z][a-z]+(?: [a-z]+)*$/.test(kind.value)) {
    const rated = rating === undefined ? '' : ` rated ${rating.value}`;
    return `${the} is ${withArticle(lowerFirst(kind.value, casing))}${rated}.`;
  }
  const [only] = told;
  if (told.length === 1 && only !== undefined && VALUE.test(only.name))
    return `${the} is ${valueOf(only, unit, casing)}.`;
  const clauses = told.map(
    (cell) => `the ${lowerFirst(cell.name, casing)} is ${valueOf(cell, unit, casing)}`,
  );
  return `For the ${lowerFirst(subject, casing)}, ${joined(clauses)}.`;
}

function canBeSaid(value: string): boolean {
  return !EMPTY.test(value) && !/[|.!?;](?:\s|$)/.test(value) && countWords(value) <= MAX_CELL_WORDS;
}

function valueOf({ name, value }: Cell, unit: string | undefined, casing: Casing): string {
  const withUnit =
    unit !== undefined && /^[\d.,+-]+$/.test(value) && !EMPTY.test(unit) ? `${value} ${unit}` : value;
  const first = /^[A-Za-z-]+/.exec(withUnit)?.[0].toLowerCase() ?? '';
  return `${ACTION.test(name) && IMPERATIVES.has(first) ? 'to ' : ''}${lowerFirst(withUnit, casing)}`;
}

function withArticle(noun: string): string {
  if (/s$/.test(noun) && !/ss$/.test(noun)) return noun;
  return `${/^[aeiou]/i.test(noun) ? 'an' : 'a'} ${noun}`;
}

function joined(clauses: readonly string[]): string {
  return clauses.length < 2
    ? clauses.join('')
    : `${clauses.slice(0, -1).join(', ')}, and ${clauses.at(-1) ?? ''}`;
}
