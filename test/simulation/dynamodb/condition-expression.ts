import { Tokens, ValidationException } from './expression-tokens.ts';
import { isEqual, order, parseOperand, parsePath, type Operand, type Scope } from './operand.ts';

export type Condition = (scope: Scope) => boolean;

/** Operands are evaluated on both sides of AND and OR always, so that every placeholder counts as used. */
export function parseCondition(text: string): Condition {
  const tokens = new Tokens(text);
  const condition = parseOr(tokens);
  if (!tokens.atEnd) tokens.fail('the end');
  return condition;
}

function parseOr(tokens: Tokens): Condition {
  let left = parseAnd(tokens);
  while (tokens.accept('OR')) {
    const [first, second] = [left, parseAnd(tokens)];
    left = (scope) => [first(scope), second(scope)].includes(true);
  }
  return left;
}

function parseAnd(tokens: Tokens): Condition {
  let left = parseNot(tokens);
  while (tokens.accept('AND')) {
    const [first, second] = [left, parseNot(tokens)];
    left = (scope) => ![first(scope), second(scope)].includes(false);
  }
  return left;
}

function parseNot(tokens: Tokens): Condition {
  if (tokens.accept('NOT')) {
    const inner = parseNot(tokens);
    return (scope) => !inner(scope);
  }
  if (tokens.accept('(')) {
    const inner = parseOr(tokens);
    tokens.expect(')');
    return inner;
  }
  return tokens.peekIs('(', 1) ? parseFunction(tokens) : parseComparison(tokens);
}

function parseFunction(tokens: Tokens): Condition {
  const name = tokens.take();
  tokens.expect('(');
  const path = parsePath(tokens);
  switch (name) {
    case 'attribute_exists':
    case 'attribute_not_exists': {
      tokens.expect(')');
      const wanted = name === 'attribute_exists';
      return (scope) => (scope.item[path(scope)] !== undefined) === wanted;
    }
    case 'begins_with': {
      tokens.expect(',');
      const prefix = parseOperand(tokens);
      tokens.expect(')');
      return (scope) => {
        const [value, start] = [scope.item[path(scope)], prefix(scope)];
        return typeof value === 'string' && typeof start === 'string' && value.startsWith(start);
      };
    }
    default:
      throw new ValidationException(`unknown function ${name}`);
  }
}

function parseComparison(tokens: Tokens): Condition {
  const left = parseOperand(tokens);
  if (tokens.accept('BETWEEN')) {
    const low = parseOperand(tokens);
    tokens.expect('AND');
    const high = parseOperand(tokens);
    return (scope) => {
      const [value, from, to] = [left(scope), low(scope), high(scope)];
      return (order(value, from) ?? -1) >= 0 && (order(value, to) ?? 1) <= 0;
    };
  }
  if (tokens.accept('IN')) return parseIn(tokens, left);
  return compare(tokens.take(), left, parseOperand(tokens));
}

function parseIn(tokens: Tokens, left: Operand): Condition {
  const choices: Operand[] = [];
  tokens.expect('(');
  do choices.push(parseOperand(tokens));
  while (tokens.accept(','));
  tokens.expect(')');
  return (scope) => {
    const value = left(scope);
    return choices.map((choice) => isEqual(value, choice(scope))).includes(true);
  };
}

function compare(operator: string, left: Operand, right: Operand): Condition {
  const tests: Record<string, (scope: Scope) => boolean> = {
    '=': (scope) => isEqual(left(scope), right(scope)),
    // A comparison with a missing attribute fails, except that it is not equal.
    '<>': (scope) => !isEqual(left(scope), right(scope)),
    '<': (scope) => (order(left(scope), right(scope)) ?? 0) < 0,
    '<=': (scope) => (order(left(scope), right(scope)) ?? 1) <= 0,
    '>': (scope) => (order(left(scope), right(scope)) ?? 0) > 0,
    '>=': (scope) => (order(left(scope), right(scope)) ?? -1) >= 0,
  };
  const test = tests[operator];
  if (test === undefined) throw new ValidationException(`unknown comparator ${operator}`);
  return test;
}
