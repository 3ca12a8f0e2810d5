import { ValidationException, type Tokens } from './expression-tokens.ts';
import { RESERVED_WORDS } from './reserved-words.ts';

export type Value = unknown;
export type Item = Record<string, Value>;

/** The values that an expression can name: the item as it was, and the request's placeholders. */
export interface Scope {
  item: Item;
  names: Record<string, string>;
  values: Record<string, Value>;
  /** Placeholders met, since DynamoDB refuses a request that has any to spare. */
  used: Set<string>;
}

export type Operand = (scope: Scope) => Value;

const NAME = /^#?[A-Za-z_][A-Za-z0-9_]*$/;

/** A top-level attribute; nested paths are not needed here. */
export function parsePath(tokens: Tokens): (scope: Scope) => string {
  const token = tokens.take();
  assertName(token);
  return (scope) => resolveName(token, scope);
}

function assertName(token: string): void {
  if (!NAME.test(token)) throw new ValidationException(`"${token}" is not an attribute`);
  if (RESERVED_WORDS.has(token.toUpperCase())) throw new ValidationException(`${token} is a reserved word`);
}

function resolveName(token: string, scope: Scope): string {
  if (!token.startsWith('#')) return token;
  const name = scope.names[token];
  if (name === undefined) throw new ValidationException(`${token} is not defined`);
  scope.used.add(token);
  return name;
}

/** A placeholder's value or an attribute's; `undefined` where there is no such attribute. */
export function parseOperand(tokens: Tokens): Operand {
  if (tokens.peekIs('(', 1)) return tokens.fail('an operand');
  const token = tokens.take();
  if (token.startsWith(':')) {
    return (scope) => {
      if (!(token in scope.values)) throw new ValidationException(`${token} is not defined`);
      scope.used.add(token);
      return scope.values[token];
    };
  }
  assertName(token);
  return (scope) => scope.item[resolveName(token, scope)];
}

/** DynamoDB's own names of types, as far as values of this project have one. */
function typeOf(value: Value): string {
  if (typeof value === 'string') return 'S';
  if (typeof value === 'number') return 'N';
  if (typeof value === 'boolean') return 'BOOL';
  if (value === null) return 'NULL';
  if (value instanceof Uint8Array) return 'B';
  return Array.isArray(value) ? 'L' : 'M';
}

export function isEqual(a: Value, b: Value): boolean {
  if (a === undefined || b === undefined || typeOf(a) !== typeOf(b)) return false;
  if (typeof a !== 'object' || a === null) return a === b;
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

/** Below 0, 0 or above; `undefined` where the two cannot be ordered, which makes any comparison false. */
export function order(a: Value, b: Value): number | undefined {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b);
  return undefined;
}

function sorted(value: Value): Value {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
