/** A request deeper than this holds no item that DynamoDB takes: 32 levels, two of JSON each, in a batch. */
const MAX_DEPTH = 80;

/** The parser of dynalite goes over each pair of parentheses again and again: 6 take seconds, 2,000 for ever. */
const MAX_PARENTHESES = 4;

/** The limit of DynamoDB. */
const MAX_EXPRESSION_BYTES = 4_096;

export interface CallProblem {
  type: 'SerializationException' | 'ValidationException';
  message: string;
}

/**
 * The problem that keeps the body of a DynamoDB call from dynalite: a shape over which it throws where nobody can catch
 * the error, or one that holds up everything else in the process. Dynalite itself refuses a body that is no JSON.
 */
export function problemOfCall(body: Buffer): CallProblem | undefined {
  let call: unknown;
  try {
    call = JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof call !== 'object' || call === null || Array.isArray(call))
    return serialization('The request must be a JSON object');
  return problemIn(call, { name: 'The request', depth: 0 });
}

function problemIn(value: unknown, place: { name: string; depth: number }): CallProblem | undefined {
  const { name, depth } = place;
  if (value === null) return serialization(`${name} is null: leave it out`);
  if (typeof value === 'string')
    return name.endsWith('Expression') ? problemOfExpression(name, value) : undefined;
  if (typeof value !== 'object') return undefined;
  if (depth > MAX_DEPTH) return serialization(`The request is nested more than ${MAX_DEPTH} levels deep`);
  for (const [key, each] of Object.entries(value)) {
    const problem = problemIn(each, { name: Array.isArray(value) ? name : key, depth: depth + 1 });
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function problemOfExpression(name: string, expression: string): CallProblem | undefined {
  if (Buffer.byteLength(expression) > MAX_EXPRESSION_BYTES)
    return validation(`${name} is longer than ${MAX_EXPRESSION_BYTES} bytes`);
  const depth = nestingOf(expression);
  if (depth === undefined) return validation(`${name} has parentheses that do not match`);
  if (depth > MAX_PARENTHESES) {
    const limit = `the embedded store takes ${MAX_PARENTHESES}`;
    return validation(`${name} has parentheses ${depth} levels deep: ${limit}`);
  }
  return undefined;
}

/** How deep its parentheses are nested; `undefined` where they do not match. */
function nestingOf(expression: string): number | undefined {
  let depth = 0;
  let deepest = 0;
  for (const letter of expression) {
    if (letter === '(') deepest = Math.max(deepest, (depth += 1));
    else if (letter === ')' && (depth -= 1) < 0) return undefined;
  }
  return depth === 0 ? deepest : undefined;
}

const serialization = (message: string): CallProblem => ({ type: 'SerializationException', message });

const validation = (message: string): CallProblem => ({ type: 'ValidationException', message });
