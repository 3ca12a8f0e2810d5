import { isObject } from './wrappers.ts';

type Fields = Record<string, unknown>;

/** As deep as Firestore lets maps be nested. */
const MAX_DEPTH = 20;

/**
 * A document as Firestore's REST interface writes it, alone or in the answer to a query, with plain values:
 * `{"name": "...", "fields": {"title": {"stringValue": "Belt slips"}}}`. `undefined` for any other record.
 */
export function firestoreDocument(value: Fields): Fields | undefined {
  const document = isObject(value.document) ? value.document : value;
  if (!isObject(document.fields)) return undefined;
  const entries = Object.entries(document.fields);
  if (entries.length === 0 || !entries.every(([, typed]) => isTyped(typed))) return undefined;
  const id = typeof document.name === 'string' ? document.name.split('/').at(-1) : undefined;
  return { ...(id !== undefined && id !== '' && { id }), ...mapOf(document.fields, 0) };
}

function isTyped(value: unknown): boolean {
  if (!isObject(value)) return false;
  const names = Object.keys(value);
  return names.length === 1 && /^[a-z]+(?:Point)?Value$/.test(names[0]!);
}

function mapOf(fields: Fields, depth: number): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, typed]) => [name, plainOf(typed, depth)]));
}

/** A value that is none of Firestore's stays as it is. */
function plainOf(typed: unknown, depth: number): unknown {
  if (!isTyped(typed) || depth > MAX_DEPTH) return typed;
  const [[type, value] = ['', undefined]] = Object.entries(typed as Fields);
  if (type === 'integerValue') return Number(value);
  if (type === 'mapValue')
    return isObject(value) && isObject(value.fields) ? mapOf(value.fields, depth + 1) : {};
  if (type !== 'arrayValue') return value;
  return isObject(value) && Array.isArray(value.values)
    ? value.values.map((entry) => plainOf(entry, depth + 1))
    : [];
}
