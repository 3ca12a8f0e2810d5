/** One formula over metrics: the ids that it names, and its value where theirs are known. */
export interface Formula {
  readonly ids: readonly string[];
  /** `undefined` among the values: nothing was measured; as the result: CloudWatch would have none. */
  readonly compute: (values: readonly (number | undefined)[]) => number | undefined;
}

/**
 * Metric math in the two shapes that the stack has:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 *
 * @throws Error for any other, rather than to take it for something else
 */
export function formulaOf(expression: string): Formula {
  const formula = filledSum(expression) ?? productWhere(expression);
  if (formula === undefined) throw new Error(`nobody here can compute ${expression}`);
  return formula;
}

/** It has a value where any of its metrics has one; CloudWatch may know one more often, never less. */
function filledSum(expression: string): Formula | undefined {
  const terms = [...expression.matchAll(/(?:([\d.]+) \* )?FILL\((\w+), 0\)/g)];
  if (terms.map(([term]) => term).join(' + ') !== expression) return undefined;
  const factors = terms.map(([, factor = 1]) => Number(factor));
  return {
    ids: terms.map(([, , id]) => id!),
    compute: (values) =>
      values.every((value) => value === undefined)
        ? undefined
        : values.reduce<number>((sum, value = 0, at) => sum + factors[at]! * value, 0),
  };
}

/** A comparison is 1 or 0; a point of time that one of the metrics lacks has no value. */
function productWhere(expression: string): Formula | undefined {
  const [, ...ids] = /^(\w+) \* \((\w+) <= (\w+)\)$/.exec(expression) ?? [];
  if (ids.length === 0) return undefined;
  return {
    ids,
    compute: ([factor, lower, upper]) =>
      factor === undefined || lower === undefined || upper === undefined
        ? undefined
        : factor * Number(lower <= upper),
  };
}
