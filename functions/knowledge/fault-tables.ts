import type { AtomField } from './atom.ts';
import { isAbsent, textIn } from './field-values.ts';
import { titleOf } from './made-titles.ts';

/** Names of the code of a fault, in the form of `plainName`. */
const CODES =
  `code fault_code error_code alarm_code event_code fault_number error_number alarm_number message_number fault_no
  error_no alarm_no fehlercode fehlernummer störcode störungscode störungsnummer alarmnummer alarmcode meldungsnummer`.split(
    /\s+/,
  );
const CODE = /^(?=\S*\d)\S{1,24}(?: \S{1,12})?$/;
/** Names of a title that nobody gave as one. */
const GIVEN = new Set(['title', 'titel', 'headline', 'heading', 'question', 'frage']);

interface Row {
  /** The values beside the known ones, by their names. */
  rest: ReadonlyMap<string, unknown>;
  /** These names by their plain form. */
  plain: ReadonlyMap<string, string>;
  notes: { field: string; message: string }[];
}

/** A row of a table of faults is called by its code, which nobody would see otherwise: `F0001: Overcurrent`. */
export function nameByCode(known: Map<AtomField, { name: string; value: unknown }>, record: Row): void {
  const name = CODES.map((code) => record.plain.get(code)).find(
    (own) => !isAbsent(record.rest.get(own ?? '')),
  );
  const code = name === undefined ? undefined : textIn(record.rest.get(name), ' ')?.trim();
  if (name === undefined || code === undefined || !CODE.test(code)) return;
  const text = (field: AtomField): string => textIn(known.get(field)?.value, ' ')?.trim() ?? '';
  const title = known.get('title');
  if (title !== undefined && GIVEN.has(title.name.toLowerCase())) return;
  const called = title === undefined ? titleOf(text('summary') || text('content')) : text('title');
  if (called.toLowerCase().includes(code.toLowerCase()) && title !== undefined) return;
  known.set('title', { name: title?.name ?? name, value: called === '' ? code : `${code}: ${called}` });
  record.notes.push({ field: name, message: 'was put before the title' });
}
