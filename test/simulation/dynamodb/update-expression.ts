import { Tokens, ValidationException } from './expression-tokens.ts';
import { parseOperand, parsePath, type Item, type Operand, type Scope } from './operand.ts';

interface Change {
  path: (scope: Scope) => string;
  /** `undefined` removes the attribute. */
  value: Operand;
}

/** The attributes that change; every value is computed from the item as it was. */
export type Update = (scope: Scope) => Item;

export function parseUpdate(text: string): Update {
  const tokens = new Tokens(text);
  const changes: Change[] = [];
  while (!tokens.atEnd) {
    const clause = tokens.take().toUpperCase();
    do changes.push(parseChange(clause, tokens));
    while (tokens.accept(','));
  }
  return (scope) => {
    const changed: Item = {};
    for (const { path, value } of changes) {
      const name = path(scope);
      if (name in changed) throw new ValidationException(`two changes of ${name} overlap`);
      changed[name] = value(scope);
    }
    return changed;
  };
}

function parseChange(clause: string, tokens: Tokens): Change {
  const path = parsePath(tokens);
  switch (clause) {
    case 'SET':
      tokens.expect('=');
      return { path, value: parseSum(tokens) };
    case 'REMOVE':
      return { path, value: () => undefined };
    case 'ADD': {
      const by = parseOperand(tokens);
      return { path, value: (scope) => numeric(scope.item[path(scope)] ?? 0) + numeric(by(scope)) };
    }
    default:
      throw new ValidationException(`unknown clause ${clause}`);
  }
}

function parseSum(tokens: Tokens): Operand {
  const left = parseTerm(tokens);
  for (const [operator, sign] of [
    ['+', 1],
    ['-', -1],
  ] as const) {
    if (!tokens.accept(operator)) continue;
    const right = parseTerm(tokens);
    return (scope) => numeric(left(scope)) + sign * numeric(right(scope));
  }
  return left;
}

function parseTerm(tokens: Tokens): Operand {
  if (tokens.peekIs('IF_NOT_EXISTS')) {
    tokens.take();
    tokens.expect('(');
    const path = parsePath(tokens);
    tokens.expect(',');
    const fallback = parseTerm(tokens);
    tokens.expect(')');
    return (scope) => {
      const value = fallback(scope);
      return scope.item[path(scope)] ?? value;
    };
  }
  if (tokens.peekIs('LIST_APPEND')) {
    tokens.take();
    tokens.expect('(');
    const first = parseTerm(tokens);
    tokens.expect(',');
    const second = parseTerm(tokens);
    tokens.expect(')');
    return (scope) => [...list(first(scope)), ...list(second(scope))];
  }
  const operand = parseOperand(tokens);
  return (scope) => {
    const value = operand(scope);
    if (value === undefined)
      throw new ValidationException('the expression reads an attribute that does not exist');
    return value;
  };
}

function numeric(value: unknown): number {
  if (typeof value !== 'number') throw new ValidationException('an operand of arithmetic is not a number');
  return value;
}

function list(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new ValidationException('an operand of list_append is not a list');
  return value as unknown[];
}
