import {
  DeleteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
  type DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { expect, it } from 'vitest';
import { describeOnEveryStore } from '../../fixtures/dynamodb-endpoints.ts';
import { Random } from '../world/random.ts';
import { Table, type Input } from './table.ts';

/**
 * The simulation is worth what its table is worth: whatever the adapters can say, it must answer as a real
 * implementation of DynamoDB does.
 */
const SEQUENCES = 400;
const AT_ONCE = 20;

type Request = { operation: 'Update' | 'Put' | 'Delete' | 'Get' | 'Query'; input: Input };

describeOnEveryStore('the simulated table', (store) => {
  it(
    'answers a thousand random sequences of requests as the real one does',
    { timeout: 120_000 },
    async () => {
      const { client, tableName } = await store.freshTable();
      const table = new Table({ returnsItemOnFailure: true });
      const answers = new Map<string, number>();
      const run = async (sequence: number): Promise<void> => {
        const random = new Random(sequence);
        const pk = `sequence-${sequence}`;
        for (let step = 0; step < 3; step += 1) {
          const request = makeRequest(random, pk);
          const real = await askReal(client, tableName, request);
          const simulated = askSimulated(table, request);
          const kind = simulated.error ?? 'applied';
          answers.set(kind, (answers.get(kind) ?? 0) + 1);
          // Some stores leave the item of a failed condition out, which the adapters know of.
          if ('refused' in real && real.refused === undefined) delete simulated['refused'];
          if ('refused' in real && real.refused === undefined) delete real['refused'];
          expect(simulated, `sequence ${sequence}: ${JSON.stringify(request)}`).toStrictEqual(real);
        }
      };
      for (let first = 0; first < SEQUENCES; first += AT_ONCE) {
        await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => run(first + index)));
      }
      // A comparison of refusals alone, or of writes alone, would say little.
      for (const kind of ['applied', 'ConditionalCheckFailedException']) {
        expect(answers.get(kind) ?? 0, kind).toBeGreaterThan(SEQUENCES / 3);
      }
      // Arithmetic on what is not there: no adapter asks for it, and every table refuses it alike.
      expect(answers.get('ValidationException') ?? 0).toBeGreaterThan(0);
    },
  );
});

type Answer = { error?: string; refused?: unknown; output?: unknown };

async function askReal(
  client: DynamoDBDocumentClient,
  tableName: string,
  { operation, input }: Request,
): Promise<Answer> {
  const commands = {
    Update: UpdateCommand,
    Put: PutCommand,
    Delete: DeleteCommand,
    Get: GetCommand,
    Query: QueryCommand,
  };
  const Command = commands[operation] as new (input: object) => Parameters<DynamoDBDocumentClient['send']>[0];
  try {
    const answer = await client.send(new Command({ TableName: tableName, ConsistentRead: true, ...input }));
    return { output: relevant(answer as Record<string, unknown>) };
  } catch (error) {
    return answerOf(error);
  }
}

function askSimulated(table: Table, { operation, input }: Request): Answer {
  try {
    return { output: relevant(table.apply(operation, { ConsistentRead: true, ...input }).output) };
  } catch (error) {
    return answerOf(error);
  }
}

function answerOf(error: unknown): Answer {
  if (!(error instanceof Error)) throw error;
  const { Item: item } = error as { Item?: Parameters<typeof unmarshall>[0] };
  if (error.name !== 'ConditionalCheckFailedException') return { error: error.name };
  return { error: error.name, refused: item && unmarshall(item) };
}

function relevant(answer: Record<string, unknown>): object {
  const { Attributes: attributes, Item: item, Items: items } = answer;
  // Some stores return the key alone where the item was not there before.
  const isKeyOnly = attributes !== undefined && Object.keys(attributes as object).length <= 2;
  return { attributes: isKeyOnly ? undefined : attributes, item, items };
}

const NUMBERS = ['fencing_token', 'count_of', 'until_ms'] as const;
const STRINGS = ['holder', 'attempt_id'] as const;

function makeRequest(random: Random, pk: string): Request {
  const key = { pk, sk: random.pick(['a', 'a', 'b']) };
  const placeholders = new Placeholders(random);
  const condition = random.chance(0.8) ? makeCondition(random, placeholders, 2) : undefined;
  const conditional = (): Input => ({
    ...(condition !== undefined && { ConditionExpression: condition }),
    ...placeholders.toInput(),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    ReturnValues: 'ALL_OLD',
  });
  const kind = random.next();
  if (kind < 0.1) return { operation: 'Get', input: { Key: key } };
  if (kind < 0.15) {
    const input = { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': pk } };
    return { operation: 'Query', input };
  }
  if (kind < 0.25) return { operation: 'Delete', input: { Key: key, ...conditional() } };
  if (kind < 0.35) {
    const item = {
      ...key,
      fencing_token: random.whole(0, 3),
      holder: random.pick(['x', 'xy', 'z']),
      history: [1, 'two'],
    };
    return { operation: 'Put', input: { Item: item, ...conditional() } };
  }
  const update = makeUpdate(random, placeholders);
  return { operation: 'Update', input: { Key: key, UpdateExpression: update, ...conditional() } };
}

class Placeholders {
  readonly #random: Random;
  readonly #names: Record<string, string> = {};
  readonly #values: Record<string, unknown> = {};

  constructor(random: Random) {
    this.#random = random;
  }

  name(attribute: string): string {
    if (!this.#random.chance(0.3)) return attribute;
    this.#names[`#${attribute}`] = attribute;
    return `#${attribute}`;
  }

  value(value: unknown): string {
    const name = `:v${Object.keys(this.#values).length}`;
    this.#values[name] = value;
    return name;
  }

  toInput(): Input {
    const hasNames = Object.keys(this.#names).length > 0;
    const hasValues = Object.keys(this.#values).length > 0;
    return {
      ...(hasNames && { ExpressionAttributeNames: this.#names }),
      ...(hasValues && { ExpressionAttributeValues: this.#values }),
    };
  }
}

function makeCondition(random: Random, to: Placeholders, depth: number): string {
  const kind = depth === 0 ? random.whole(0, 5) : random.whole(0, 9);
  switch (kind) {
    case 0:
      return `attribute_exists(${to.name(random.pick([...NUMBERS, ...STRINGS, 'pk']))})`;
    case 1:
      return `attribute_not_exists(${to.name(random.pick([...NUMBERS, ...STRINGS, 'pk']))})`;
    case 2:
      return `begins_with(${to.name(random.pick(STRINGS))}, ${to.value(random.pick(['x', 'xy', 'q']))})`;
    case 3: {
      const choices = Array.from({ length: random.whole(1, 3) }, () => to.value(random.pick(['x', 'z', 2])));
      return `${to.name(random.pick([...STRINGS, 'fencing_token']))} IN (${choices.join(', ')})`;
    }
    case 4: {
      const low = random.whole(0, 2);
      return `${to.name(random.pick(NUMBERS))} BETWEEN ${to.value(low)} AND ${to.value(low + random.whole(0, 2))}`;
    }
    case 5: {
      const operator = random.pick(['=', '<>', '<', '<=', '>', '>=']);
      const left = to.name(random.pick([...NUMBERS, ...STRINGS]));
      const right = to.value(random.pick([0, 1, 2, 'x', 'z']));
      return `${left} ${operator} ${right}`;
    }
    case 6:
      return `NOT (${makeCondition(random, to, depth - 1)})`;
    default: {
      const [left, right] = [makeCondition(random, to, depth - 1), makeCondition(random, to, depth - 1)];
      return `(${left}) ${random.pick(['AND', 'OR'])} (${right})`;
    }
  }
}

function makeUpdate(random: Random, to: Placeholders): string {
  const sets: string[] = [];
  const removed: string[] = [];
  for (const attribute of NUMBERS) {
    const name = to.name(attribute);
    const kind = random.whole(0, 6);
    if (kind === 0) sets.push(`${name} = ${to.value(random.whole(0, 3))}`);
    else if (kind === 1) sets.push(`${name} = ${name} + ${to.value(1)}`);
    else if (kind === 2) sets.push(`${name} = if_not_exists(${name}, ${to.value(0)}) + ${to.value(1)}`);
    else if (kind === 3) sets.push(`${name} = ${to.name('fencing_token')} - ${to.value(1)}`);
    else if (kind === 4) removed.push(name);
    else sets.push(`${name} = if_not_exists(${name}, ${to.value(7)})`);
  }
  for (const attribute of STRINGS) {
    const name = to.name(attribute);
    if (random.chance(0.3)) removed.push(name);
    else
      sets.push(
        `${name} = ${random.chance(0.2) ? to.name('holder') : to.value(random.pick(['x', 'xy', 'z']))}`,
      );
  }
  if (random.chance(0.3))
    sets.push(`history = list_append(if_not_exists(history, ${to.value([])}), ${to.value(['more'])})`);
  const added = random.chance(0.2) ? ` ADD added_up ${to.value(random.whole(1, 3))}` : '';
  return `SET ${sets.join(', ')}${removed.length > 0 ? ` REMOVE ${removed.join(', ')}` : ''}${added}`;
}
