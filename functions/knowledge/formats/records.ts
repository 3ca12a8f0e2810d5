import { CONTENT_NAMES } from '../field-names.ts';
import { languageTagOf } from '../field-values.ts';
import { plainName } from '../plain-name.ts';
import { dialogueIn } from './dialogues.ts';
import { dynamoDbItem } from './dynamodb-json.ts';
import { defaultsIn, inheriting } from './envelope.ts';
import { firestoreDocument } from './firestore-json.ts';
import { isListOfObjects, isListOfRecords, isObject } from './wrappers.ts';

/** A record, and the kind of dump it is from where something shows that. */
export interface FoundRecord {
  record: unknown;
  as?: string;
  /** Names of the fields that it has from an object around it. */
  inherited?: readonly string[];
}

type Fields = Record<string, unknown>;

const MAX_DEPTH = 4;
const MAP_OF_TITLES = 'a map of titles';
/** A record that has text under one of these says what it has to say itself. */
const TITLES = new Set(['title', 'titel', 'post_title']);
const TEXTS = new Set([...CONTENT_NAMES, ...TITLES, 'content', 'problem', 'solution']);
/** Where vector stores and document frameworks keep the fields of a record, beside its text or around it. */
const NESTS: Readonly<Record<string, string>> = {
  payload: 'Qdrant points',
  _source: 'Elasticsearch hits',
  __data__: 'LlamaIndex nodes',
  node: 'LlamaIndex nodes',
  kwargs: 'LangChain documents',
  properties: 'Weaviate objects',
  fields: 'Airtable records',
  metadata: 'documents with metadata',
  attributes: 'documents with attributes',
  data: 'documents with data',
  doc: 'documents with data',
  entity: 'documents with data',
};

/** The records of a JSON value: of a list, a wrapper, a map by id, columns, or the value itself. */
export function recordsIn(document: unknown): FoundRecord[] {
  const found = recordsOf(document);
  if (found.every(({ as }) => as === MAP_OF_TITLES)) return found;
  const defaults = defaultsIn(document);
  return found.map((each) => ({ ...each, ...inheriting(each.record, defaults) }));
}

function recordsOf(document: unknown, depth = 0): FoundRecord[] {
  if (!isObject(document) || depth > MAX_DEPTH) return [shapeOf(document)];
  const columns = columnsIn(document);
  if (columns !== undefined) return columns;
  const shaped = shapeOf(document);
  const entries = Object.entries(document);
  if (shaped.as !== undefined || (hasText(document) && !isEnvelope(entries))) return [shaped];
  const lists = entries.filter(
    ([, value]) => isListOfObjects(value) && value.some((entry) => isRecord(entry)),
  );
  const named = lists.filter(([key]) => isListOfRecords([key]));
  const chosen = named.length > 0 ? named : lists;
  if (chosen.length > 0) return chosen.flatMap(([, list]) => (list as unknown[]).map(shapeOf));
  const grouped = entries.flatMap(([, list]) => (isListOfObjects(list) ? list.flatMap(recordsOfEntry) : []));
  if (grouped.some(({ record }) => isRecord(record))) return grouped.filter(({ record }) => isRecord(record));
  const objects = entries.filter((entry): entry is [string, Fields] => isObject(entry[1]));
  const byId = objects.filter(([, value]) => isRecord(value));
  if (byId.length > 0 && byId.length === objects.length)
    return byId.map(([key, value]) => shapeOf({ ...namedBy(key), ...value }));
  if (isMapOfTexts(document))
    return entries.map(([title, content]) => ({ record: { title, content }, as: MAP_OF_TITLES }));
  for (const [, value] of objects) {
    const inside = recordsOf(value, depth + 1);
    if (inside.length > 0 && inside.every(({ record }) => isRecord(record))) return inside;
  }
  return [shaped];
}

/** A title and a few words about a list of records, which is what there is to take. */
function isEnvelope(entries: readonly [string, unknown][]): boolean {
  const isAbout = ([name]: [string, unknown]): boolean =>
    isTitleName(name) || ['description', 'beschreibung', 'summary', 'notes'].includes(plainName(name));
  const texts = entries.filter(([name, value]) => isTextName(name) && isText(value));
  return (
    texts.every(isAbout) &&
    entries.some(([name, list]) => isListOfRecords([name]) && isListOfObjects(list) && list.every(isRecord))
  );
}

/** The key of a map is a title where it has spaces, and nothing where it is a number, for those repeat. */
function namedBy(key: string): Fields {
  return /^\d+$/.test(key) ? {} : /\S\s\S/.test(key) ? { title: key } : { id: key };
}

/** `{"Belt slips": "Lock out, then ..."}`: sentences under what they are about. */
function isMapOfTexts(document: Fields): boolean {
  const values = Object.values(document);
  return (
    values.length > 1 && values.every((text) => typeof text === 'string' && /(?:\S+\s+){3}\S/.test(text))
  );
}

/**
 * The records of an entry of a list, or of a line: mostly itself, but several where it is a page of an answer, as
 * `{"page": 2, "items": [...]}`, or a list.
 */
export function recordsOfEntry(value: unknown): FoundRecord[] {
  const whole = shapeOf(value);
  if (tells(whole)) return [whole];
  const lists = isObject(value)
    ? Object.entries(value).flatMap(([key, list]) => (isListOfRecords([key]) ? [list] : []))
    : [value];
  if (isBulkAction(value)) return [];
  const records = lists.flatMap((list) =>
    isListOfObjects(list) && list.some(isRecord) ? list.map((entry) => shapeOf(entry)) : [],
  );
  return records.length > 0 ? records : [whole];
}

/** A line of an Elasticsearch bulk file that says what to do with the next one. */
function isBulkAction(value: unknown): boolean {
  if (!isObject(value)) return false;
  const [[action, target] = ['', undefined], ...others] = Object.entries(value);
  return (
    others.length === 0 &&
    ['index', 'create', 'update', 'delete'].includes(action) &&
    isObject(target) &&
    Object.keys(target).every((name) => name.startsWith('_'))
  );
}

function isRecord(value: unknown): boolean {
  return tells(shapeOf(value));
}

function tells({ record, as }: FoundRecord): boolean {
  return isObject(record) && (as !== undefined || hasText(record));
}

function hasText(record: Fields): boolean {
  return Object.entries(record).some(([name, value]) => isTextName(name) && isText(value));
}

/** A text, its parts, or an object around it; a list of titled records is none. */
function isText(value: unknown): boolean {
  if (isListOfObjects(value)) return !value.some((entry) => Object.keys(entry).some(isTitleName));
  if (typeof value === 'string' || Array.isArray(value)) return true;
  return isObject(value) && (typeof value.text === 'string' || languageTagOf(value) !== undefined);
}

function isTitleName(name: string): boolean {
  return TITLES.has(plainName(name));
}

/** Whether a field of this name holds a title or a text. */
export function isTextName(name: string): boolean {
  return TEXTS.has(plainName(name));
}

/** A record of a known kind of dump with its fields beside one another. */
function shapeOf(value: unknown, depth = 0): FoundRecord {
  if (!isObject(value) || depth > MAX_DEPTH) return { record: value };
  const said = dialogueIn(value);
  if (said !== undefined) return said;
  const item = dynamoDbItem(value);
  if (item !== undefined) return { record: item, as: 'DynamoDB items' };
  const document = firestoreDocument(value);
  if (document !== undefined) return { record: document, as: 'Firestore documents' };
  if (typeof value._node_content === 'string') return llamaIndexRow(value);
  const name = Object.keys(NESTS).find((key) => isObject(value[key]) && nests(value, key, depth));
  if (name === undefined) return { record: value };
  const { [name]: nested, ...own } = value;
  const inside = shapeOf(nested, depth + 1);
  const record = { ...withoutBookkeeping(own), ...(inside.record as Fields) };
  return { record: withId(record, value), as: kindOf(value, name, inside.as) };
}

/** Whether this field holds what a record of such a dump says about itself, rather than more objects around it. */
function nests(value: Fields, key: string, depth: number): boolean {
  const isFrame = Object.values(value[key] as Fields).every(
    (inside) => isObject(inside) && languageTagOf(inside) === undefined,
  );
  if (isFrame && shapeOf(value[key], depth + 1).as === undefined) return false;
  const nested = value[key] as Fields;
  // Records may stand in what is called so, too.
  if (NESTS[key] === 'documents with data')
    return !hasText(value) && hasText(nested) && !Object.values(nested).some(isListOfObjects);
  if (key !== 'metadata' && key !== 'attributes') return !hasText(value) || key === '__data__';
  const isChunk = 'page_content' in value || 'pageContent' in value || !('title' in value);
  return isChunk && (hasText(value) || hasText(nested));
}

function kindOf(value: Fields, name: string, inside: string | undefined): string {
  if ('page_content' in value || 'pageContent' in value) return 'LangChain documents';
  if (name === 'node' && !('score' in value)) return 'GraphQL edges';
  if ('id_' in value || 'text_resource' in value || value.class_name === 'TextNode')
    return 'LlamaIndex nodes';
  return NESTS[name] === 'documents with metadata' && inside !== undefined ? inside : NESTS[name]!;
}

function withoutBookkeeping(own: Fields): Fields {
  const kept = Object.entries(own).filter(
    ([name]) =>
      !/^(type|lc|id|id_|_id|score|_score|_index|_type|class|class_name|class_name|vector|values|version|shard_key|order_value|hash|hash_|relationships|excluded_\w+|\w+_template|metadata_seperator|start_char_idx|end_char_idx|mimetype|createdTime|__type__)$/.test(
        name,
      ),
  );
  const fields = Object.fromEntries(kept);
  const { text_resource: resource } = own;
  return isObject(resource) && typeof resource.text === 'string'
    ? { ...fields, text: resource.text }
    : fields;
}

/** The id around a record, where the record has none. */
function withId(record: Fields, around: Fields): Fields {
  const id = around.id ?? around.id_ ?? around._id;
  const hasOwn = Object.keys(record).some((name) => ['atom_id', 'id'].includes(plainName(name)));
  return hasOwn || (typeof id !== 'string' && typeof id !== 'number') ? record : { ...record, id };
}

/** A row of a vector store that LlamaIndex filled: the node is JSON text in one of its fields. */
function llamaIndexRow({ _node_content: text, ...row }: Fields): FoundRecord {
  try {
    const { record } = shapeOf(JSON.parse(text as string));
    return { record: { ...withoutBookkeeping(row), ...(record as Fields) }, as: 'LlamaIndex nodes' };
  } catch {
    return { record: row };
  }
}

/** Columns side by side, as Chroma, pandas and Hugging Face write them, as records. */
function columnsIn(document: Fields): FoundRecord[] | undefined {
  const { ids, documents, metadatas, columns, data } = document;
  if (Array.isArray(ids) && (Array.isArray(documents) || Array.isArray(metadatas))) {
    const [texts, fields] = [flat(documents), flat(metadatas)];
    return flat(ids).map((id, at) => ({
      record: { id, ...(isObject(fields[at]) && fields[at]), ...textOr(texts[at], fields[at]) },
      as: 'a Chroma dump',
    }));
  }
  if (Array.isArray(columns) && Array.isArray(data) && data.every(Array.isArray)) {
    return data.map((row: unknown[]) => ({
      record: Object.fromEntries(columns.map((name, at) => [String(name), row[at]])),
      as: 'a table of pandas',
    }));
  }
  return namedColumns(document);
}

function namedColumns(document: Fields): FoundRecord[] | undefined {
  const columns = Object.entries(document);
  if (columns.length < 2 || !hasText(Object.fromEntries(columns.map(([name]) => [name, '']))))
    return undefined;
  const isColumn = (value: unknown): boolean =>
    Array.isArray(value) || (isObject(value) && Object.keys(value).every((key) => /^\d+$/.test(key)));
  if (!columns.every(([, value]) => isColumn(value))) return undefined;
  const lengths = new Set(columns.map(([, value]) => Object.keys(value as object).length));
  const [length = 0] = lengths;
  if (lengths.size !== 1 || length === 0) return undefined;
  const cells = columns.map(([name, value]) => [name, Object.values(value as object) as unknown[]] as const);
  return Array.from({ length }, (_, at) => ({
    record: Object.fromEntries(cells.map(([name, values]) => [name, values[at]])),
    as: 'a table of columns',
  }));
}

/** Metadata that hold the text themselves win: the document is what was embedded, often the title with the text. */
function textOr(text: unknown, fields: unknown): Fields {
  return typeof text !== 'string' || (isObject(fields) && 'content' in fields) ? {} : { text };
}

/** Answers to several queries at once are lists of lists. */
function flat(column: unknown): unknown[] {
  return Array.isArray(column) ? column.flat() : [];
}
