/** The names that exports give to the list of their records. */
const LISTS = new Set([
  ...[
    'atoms',
    'knowledge_atoms',
    'data',
    'items',
    'results',
    'result',
    'rows',
    'records',
    'documents',
    'docs',
  ],
  ...[
    'points',
    'nodes',
    'chunks',
    'entries',
    'articles',
    'matches',
    'hits',
    'objects',
    'vectors',
    'passages',
  ],
  ...['faq', 'faqs', 'questions', 'pages', 'value', 'list', 'edges', 'samples', 'examples'],
]);
/** The names of objects that may stand around that list. */
const FRAMES = new Set([
  'export',
  'result',
  'response',
  'data',
  'd',
  'payload',
  'body',
  'hits',
  'knowledge_base',
  'kb',
]);
/** An object that has one of these is a record itself, or columns, whatever lists it has. */
const KEYS_OF_RECORDS = new Set(['atom_id', 'id', 'title', 'content', 'page_content', 'ids', 'columns']);
const MAX_DEPTH = 4;

/** Whether an object of this name may stand around a list of records. */
export function isFrame(key: string): boolean {
  return FRAMES.has(key.toLowerCase());
}

export function isKeyOfRecord(key: string): boolean {
  return KEYS_OF_RECORDS.has(key);
}

/**
 * @param keys the names of the objects around the list, the outermost first; the last is its own
 * @param how.empty a list without an entry, which only its name tells from others
 */
export function isListOfRecords(keys: readonly string[], { empty = false } = {}): boolean {
  // `aws dynamodb scan` says `Items`.
  const [own = '', ...around] = [...keys].reverse().map((key) => key.toLowerCase());
  if (empty) return own === 'atoms' && around.length === 0;
  return LISTS.has(own) && around.length < MAX_DEPTH && around.every((key) => FRAMES.has(key));
}

/** The name of a second list of records beside one that was taken out of its frame. */
export function anotherListIn(frame: unknown): string | undefined {
  if (typeof frame !== 'object' || frame === null) return undefined;
  return Object.entries(frame).find(([key, value]) => isListOfRecords([key]) && isListOfObjects(value))?.[0];
}

export function isListOfObjects(value: unknown): value is object[] {
  return Array.isArray(value) && value.length > 0 && value.every(isObject);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
