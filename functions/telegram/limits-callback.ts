import { byteLength, LIMITS } from './limits.ts';

/** The form of all callback data; a keyboard of another version is answered softly, never misread. */
export const CALLBACK_VERSION = 'v1';

const SEPARATOR = ':';

/**
 * `v1:<op>:<field>:...`, at most 64 bytes. Only the last field may contain a colon.
 * @throws RangeError when it does not fit: give a long value by a short id
 */
export function packCallback(op: string, fields: readonly (string | number)[]): string {
  const head = fields.slice(0, -1).map(String);
  if (head.some((field) => field.includes(SEPARATOR)))
    throw new RangeError('only the last field may hold a colon');
  const data = [CALLBACK_VERSION, op, ...fields].join(SEPARATOR);
  if (byteLength(data) > LIMITS.callbackDataBytes) {
    throw new RangeError(`callback data of ${byteLength(data)} bytes for ${op}`);
  }
  return data;
}

/**
 * The operation and its fields; `undefined` for data of another version.
 * @param fieldCount how many fields an operation has; `undefined` for an operation that is none of ours
 */
export function unpackCallback(
  data: string,
  fieldCount: (op: string) => number | undefined,
): { op: string; fields: string[] } | undefined {
  const [version, op = '', ...rest] = data.split(SEPARATOR);
  const count = fieldCount(op);
  if (version !== CALLBACK_VERSION || count === undefined || rest.length < count) return undefined;
  const fields = count === 0 ? [] : [...rest.slice(0, count - 1), rest.slice(count - 1).join(SEPARATOR)];
  if (count === 0 && rest.length > 0) return undefined;
  return { op, fields };
}
