import { sameNames } from '../field-names.ts';
import { NestedFields } from '../nested-fields.ts';
import { plainName } from '../plain-name.ts';
import { isFrame, isObject } from './wrappers.ts';

type Fields = Record<string, unknown>;

/** Fields that an object may say once for all records in it; its own title, date, address or version says nothing of them. */
const DECLARED = new Set(
  ['language', 'manufacturer', 'author']
    .flatMap(sameNames)
    .concat(
      ...['source', 'source_document', 'source_file', 'manual', 'quelle'],
      ...['product', 'product_family', 'product_line', 'series', 'produkt', 'produktfamilie', 'baureihe'],
    ),
);
/** Objects in which a file says such things, in the form of `plainName`. */
const NESTS = new Set(['metadata', 'meta', 'info', 'header', 'metadaten', 'kopf']);
/** All fields of such an object are meant for the records. */
const DEFAULTS = new Set(['default', 'defaults', 'common']);
const MAX_CHARACTERS = 200;
/** Each costs a look at each record. */
const MAX_FIELDS = 20;
const MAX_DEPTH = 4;

/** The fields that an object around records declares for all of them, 20 at most; the nearest to them wins. */
export function defaultsIn(envelope: unknown, depth = 0): Fields {
  if (!isObject(envelope) || depth > MAX_DEPTH) return {};
  const outer: Fields = {};
  const inner: Fields = {};
  for (const [name, value] of Object.entries(envelope)) {
    const plain = plainName(name);
    if (isShort(value) && DECLARED.has(plain)) outer[name] = value;
    else if (!isObject(value)) continue;
    else if (DEFAULTS.has(plain)) Object.assign(inner, shortOf(value));
    else if (NESTS.has(plain) || isFrame(name)) Object.assign(inner, defaultsIn(value, depth + 1));
  }
  return Object.fromEntries(Object.entries({ ...outer, ...inner }).slice(-MAX_FIELDS));
}

/** A record with those of the fields that it does not have itself, and their names. */
export function inheriting(record: unknown, defaults: Fields): { record: unknown; inherited: string[] } {
  if (!isObject(record) || Object.keys(defaults).length === 0) return { record, inherited: [] };
  const names = Object.keys(record).map(plainName);
  const taken = Object.entries(defaults).filter(([name]) => {
    const same = sameNames(name);
    return (
      !names.some((own) => same.includes(own)) &&
      new NestedFields(new Map(Object.entries(record))).take(same, () => true) === undefined
    );
  });
  return { record: { ...record, ...Object.fromEntries(taken) }, inherited: taken.map(([name]) => name) };
}

function shortOf(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).filter(([name, value]) => isShort(value) && name !== '__proto__'),
  );
}

function isShort(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0 && value.length < 10 && value.every(isShort);
  return typeof value === 'string' && value.trim() !== '' && value.length <= MAX_CHARACTERS;
}
