import { marshall } from '@aws-sdk/util-dynamodb';
import { parseCondition } from './condition-expression.ts';
import { ValidationException } from './expression-tokens.ts';
import { order, type Item, type Scope } from './operand.ts';
import { parseUpdate } from './update-expression.ts';

/** The inputs that the adapters send, as far as this table understands them. */
export interface Input {
  Key?: Item;
  Item?: Item;
  UpdateExpression?: string;
  ConditionExpression?: string;
  KeyConditionExpression?: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Record<string, unknown>;
  ReturnValues?: string;
  ReturnValuesOnConditionCheckFailure?: string;
  ExclusiveStartKey?: Item;
  Limit?: number;
  ConsistentRead?: boolean;
}

export class ConditionalCheckFailedException extends Error {
  override readonly name = 'ConditionalCheckFailedException';
  readonly $fault = 'client';
  readonly $metadata = {};
  /** Marshalled, as the document client leaves it. */
  readonly Item: Record<string, unknown> | undefined;

  constructor(item: Item | undefined) {
    super('The conditional request failed');
    this.Item = item && marshall(item);
  }
}

export interface Written {
  before: Item | undefined;
  after: Item | undefined;
}

/** One table with the keys `pk` and `sk`. Every request is applied whole, at one instant. */
export class Table {
  readonly items = new Map<string, Item>();
  /** Each item as it was before its last change: what a read may be given that does not ask for consistency. */
  readonly #former = new Map<string, Item | undefined>();
  readonly #returnsItemOnFailure: boolean;

  /** @param options.returnsItemOnFailure false: as dynalite, whose failed conditions carry no item */
  constructor(options: { returnsItemOnFailure: boolean }) {
    this.#returnsItemOnFailure = options.returnsItemOnFailure;
  }

  /** @param operation the command's name without its suffix: `Update`, `Put`, `Get`, `Delete`, `Query` */
  apply(operation: string, input: Input): { output: Item; written?: Written } {
    switch (operation) {
      case 'Get': {
        const name = nameOf(input.Key);
        const isLate = input.ConsistentRead !== true && this.#former.has(name);
        const item = (isLate ? this.#former : this.items).get(name);
        return { output: item === undefined ? {} : { Item: item } };
      }
      case 'Put':
        return this.#write(input, nameOf(input.Item), () => clean(input.Item ?? {}) as Item);
      case 'Delete':
        return this.#write(input, nameOf(input.Key), () => undefined);
      case 'Update':
        return this.#update(input);
      case 'Query':
        return { output: this.#query(input) };
      default:
        throw new ValidationException(`the simulated table knows no ${operation}`);
    }
  }

  /** Deletes the expired items, as TTL deletion does sooner or later. @returns their names */
  expire(nowSeconds: number): string[] {
    const expired = [...this.items].filter(([, item]) => Number(item['expires_at'] ?? Infinity) < nowSeconds);
    for (const [name] of expired) this.items.delete(name);
    return expired.map(([name]) => name);
  }

  #update(input: Input): { output: Item; written: Written } {
    const update = compiled(updates, input.UpdateExpression ?? '', parseUpdate);
    return this.#write(input, nameOf(input.Key), (scope) => {
      const changed = update(scope);
      const item: Item = { ...input.Key, ...scope.item };
      for (const [name, value] of Object.entries(changed)) {
        if (name === 'pk' || name === 'sk') throw new ValidationException(`${name} is part of the key`);
        if (value === undefined) delete item[name];
        else item[name] = clean(value);
      }
      return item;
    });
  }

  #write(
    input: Input,
    name: string,
    next: (scope: Scope) => Item | undefined,
  ): { output: Item; written: Written } {
    const before = this.items.get(name);
    const scope = scopeOf(input, before ?? {});
    const holds =
      input.ConditionExpression === undefined ||
      compiled(conditions, input.ConditionExpression, parseCondition)(scope);
    // Evaluated even when refused: a request that is wrong in itself is wrong whatever the item.
    const after = holds ? next(scope) : before;
    if (!holds) {
      if (input.UpdateExpression !== undefined) collectUsed(input.UpdateExpression, scope);
      assertAllUsed(scope);
      const wanted = this.#returnsItemOnFailure && input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD';
      throw new ConditionalCheckFailedException(wanted ? before : undefined);
    }
    assertAllUsed(scope);
    this.#former.set(name, before);
    if (after === undefined) this.items.delete(name);
    else this.items.set(name, after);
    const output: Item = {};
    if (input.ReturnValues === 'ALL_OLD' && before !== undefined) output['Attributes'] = before;
    if (input.ReturnValues === 'ALL_NEW') output['Attributes'] = after;
    return { output, written: { before, after } };
  }

  #query(input: Input): Item {
    const condition = compiled(conditions, input.KeyConditionExpression ?? '', parseCondition);
    const start = input.ExclusiveStartKey;
    const found = [...this.items.values()]
      .filter((item) => condition(scopeOf(input, item)))
      .filter((item) => start === undefined || (order(item['sk'], start['sk']) ?? 0) > 0)
      .sort((a, b) => order(a['sk'], b['sk']) ?? 0);
    const page = found.slice(0, input.Limit ?? found.length);
    const last = page.at(-1);
    const isCut = page.length < found.length && last !== undefined;
    return { Items: page, ...(isCut && { LastEvaluatedKey: { pk: last['pk'], sk: last['sk'] } }) };
  }
}

const conditions = new Map<string, ReturnType<typeof parseCondition>>();
const updates = new Map<string, ReturnType<typeof parseUpdate>>();

function compiled<T>(cache: Map<string, T>, text: string, parse: (text: string) => T): T {
  let known = cache.get(text);
  if (known === undefined) cache.set(text, (known = parse(text)));
  return known;
}

function scopeOf(input: Input, item: Item): Scope {
  return {
    item,
    names: input.ExpressionAttributeNames ?? {},
    values: clean(input.ExpressionAttributeValues ?? {}) as Item,
    used: new Set(),
  };
}

function collectUsed(expression: string, scope: Scope): void {
  for (const [placeholder] of expression.matchAll(/[#:]\w+/g)) scope.used.add(placeholder);
}

function assertAllUsed({ names, values, used }: Scope): void {
  const spare = [...Object.keys(names), ...Object.keys(values)].find((placeholder) => !used.has(placeholder));
  if (spare !== undefined) throw new ValidationException(`${spare} is not used in any expression`);
}

export function nameOf(key: Item | undefined): string {
  const { pk, sk } = key ?? {};
  if (typeof pk !== 'string' || typeof sk !== 'string')
    throw new ValidationException('the key needs pk and sk');
  return `${pk}|${sk}`;
}

/** As the document client marshals: what is undefined is left out, and nothing is shared with the sender. */
function clean(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((inner) => inner !== undefined).map(clean);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  const kept: Item = {};
  for (const [key, inner] of Object.entries(value)) if (inner !== undefined) kept[key] = clean(inner);
  return kept;
}
