import { isObject } from './wrappers.ts';

type Fields = Record<string, unknown>;

/** The limit of DynamoDB. */
const MAX_DEPTH = 32;

/**
 * An item as `aws dynamodb scan` and DynamoDB's export to S3 write it, each value under the name of its type, with
 * plain values: `{"title": {"S": "Belt slips"}}`. Fields that a program added stay as they are. `undefined` for any other record.
 */
export function dynamoDbItem(value: Fields): Fields | undefined {
  const item = isObject(value.Item) ? value.Item : value;
  const entries = Object.entries(item).map(([name, typed]) => ({ name, typed, plain: plainOf(typed, 1) }));
  const texts = entries.filter(({ typed }) => isObject(typed) && typeof typed.S === 'string');
  const isForeign = ({ typed, plain }: { typed: unknown; plain: unknown }): boolean =>
    plain === undefined && isObject(typed);
  if (texts.length === 0 || entries.some(isForeign)) return undefined;
  return Object.fromEntries(
    entries.map(({ name, typed, plain }) => [name, plain === undefined ? typed : plain]),
  );
}

/** `undefined` where it is no typed value. */
function plainOf(typed: unknown, depth: number): unknown {
  if (!isObject(typed) || depth > MAX_DEPTH) return undefined;
  const [[type, value] = [], ...others] = Object.entries(typed);
  if (type === undefined || others.length > 0) return undefined;
  switch (type) {
    case 'S':
      return typeof value === 'string' ? value : undefined;
    case 'N':
      return Number.isFinite(Number(value)) ? Number(value) : undefined;
    case 'BOOL':
      return typeof value === 'boolean' ? value : undefined;
    case 'NULL':
      return null;
    case 'B':
    case 'SS':
    case 'BS':
      return value;
    case 'NS':
      return Array.isArray(value) ? value.map(Number) : undefined;
    case 'L':
      return Array.isArray(value) ? value.map((entry) => plainOf(entry, depth + 1)) : undefined;
    case 'M':
      return isObject(value) ? mapOf(value, depth + 1) : undefined;
    default:
      return undefined;
  }
}

function mapOf(value: Fields, depth: number): Fields {
  return Object.fromEntries(Object.entries(value).map(([name, typed]) => [name, plainOf(typed, depth)]));
}
