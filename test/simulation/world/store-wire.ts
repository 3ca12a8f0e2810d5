import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Item } from '../dynamodb/operand.ts';
import { ConditionalCheckFailedException, nameOf, type Input, type Table } from '../dynamodb/table.ts';
import { befall, outageAt, type Outage, type RequestFate, type StorePart } from './fates.ts';
import type { History } from './history.ts';
import type { Machine } from './machine.ts';
import { purposeOf, type Purpose } from './purpose.ts';
import type { Random } from './random.ts';

/** A scenario's decision on one request; it is asked once per call, before the call leaves. */
export type Decide = (request: {
  purpose: Purpose;
  machine: string;
  input: Input;
}) => RequestFate | undefined;

const ATTEMPTS = 3;
const ATTEMPT_TIMEOUT_MS = 1_000;

interface Call {
  number: number;
  operation: string;
  purpose: Purpose;
  input: Input;
  fate: RequestFate | undefined;
  machine: Machine;
}

/** The network between every process and the table, and the SDK's retries on this side of it. */
export class StoreWire {
  readonly #table: Table;
  readonly #history: History;
  readonly #random: Random;
  readonly #fates: ReadonlyMap<number, RequestFate>;
  readonly #purposeFates: ReadonlyMap<string, RequestFate>;
  readonly #sent = new Map<Purpose, number>();
  readonly #outages: readonly Outage[];
  readonly #decide: Decide;
  #calls = 0;

  constructor(options: {
    table: Table;
    history: History;
    random: Random;
    fates: ReadonlyMap<number, RequestFate>;
    /** By what a request is for, each counted from 0. */
    purposeFates?: readonly [Purpose, number, RequestFate][];
    outages: readonly Outage[];
    decide?: Decide;
  }) {
    this.#table = options.table;
    this.#history = options.history;
    this.#random = options.random;
    this.#fates = options.fates;
    this.#purposeFates = new Map(
      (options.purposeFates ?? []).map(([purpose, nth, fate]) => [`${purpose} ${nth}`, fate]),
    );
    this.#outages = options.outages;
    this.#decide = options.decide ?? (() => undefined);
  }

  get calls(): number {
    return this.#calls;
  }

  /** The stand-in for the document client in one process. */
  clientOf(machine: Machine): DynamoDBDocumentClient {
    const send = (command: { constructor: { name: string }; input: Input }): Promise<Item> => {
      const number = this.#calls;
      this.#calls += 1;
      const operation = command.constructor.name.replace('Command', '');
      const purpose = purposeOf(operation, command.input);
      const decided = this.#decide({ purpose, machine: machine.name, input: command.input });
      const nth = this.#sent.get(purpose) ?? 0;
      this.#sent.set(purpose, nth + 1);
      const fate = decided ?? this.#purposeFates.get(`${purpose} ${nth}`) ?? this.#fates.get(number);
      if (fate !== undefined) {
        const text = `store request ${number} (${purpose}): ${JSON.stringify(fate)}`;
        this.#history.add({ type: 'note', atMs: machine.timeline.nowMs, machine: machine.name, text });
      }
      return this.#withRetries({ number, operation, purpose, input: command.input, fate, machine });
    };
    return { send } as unknown as DynamoDBDocumentClient;
  }

  async #withRetries(call: Call): Promise<Item> {
    const { machine } = call;
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#attempt(call, attempt);
      } catch (error) {
        const isAnswer = error instanceof Error && !('isRetryable' in error);
        if (isAnswer || attempt + 1 >= ATTEMPTS) throw error;
        await new Promise<void>((resolve) => {
          machine.clock.after(this.#random.next() * 100 * 2 ** attempt, resolve);
        });
      }
    }
  }

  #attempt(call: Call, attempt: number): Promise<Item> {
    const { machine, fate } = call;
    const { timeline } = machine;
    return new Promise((resolve, reject) => {
      const outage = outageAt(this.#outages, timeline.nowMs, (part) => isPartOf(part, call));
      const hit = fate !== undefined && (attempt === 0 || ('every' in fate && fate.every)) ? fate : undefined;
      const giveUp = machine.clock.after(ATTEMPT_TIMEOUT_MS, () => reject(wireError('TimeoutError')));
      const answer = (settle: () => void): void => {
        if (hit?.kind === 'lost-after' || outage === 'losing-answers') return;
        machine.receive(this.#latencyMs(), () => {
          giveUp();
          settle();
        });
      };
      const arrive = (): void => {
        try {
          const output = this.#apply(call);
          answer(() => resolve(output));
        } catch (error) {
          // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- as the table threw it
          answer(() => reject(error));
        }
        if (attempt === 0) befall(machine, fate, 'after');
      };
      if (attempt === 0 && befall(machine, fate, 'before') === 'dead') return;
      if (outage === 'refusing' || hit?.kind === 'throttled') {
        return answer(() => reject(wireError('ThrottlingException')));
      }
      if (outage === 'silent' || hit?.kind === 'lost-before') return;
      const slowMs = outage === 'slow' ? ATTEMPT_TIMEOUT_MS * (1 + this.#random.next() * 2) : 0;
      const delayMs = slowMs + this.#latencyMs() + (hit?.kind === 'delayed' ? hit.byMs : 0);
      timeline.at(delayMs, arrive);
      if (hit?.kind === 'duplicated') timeline.at(delayMs + hit.afterMs, () => this.#applyLateCopy(call));
    });
  }

  #applyLateCopy(call: Call): void {
    try {
      this.#apply(call);
    } catch {
      // Nobody waits for the answer.
    }
  }

  #apply({ machine, number, operation, purpose, input }: Call): Item {
    const name = operation === 'Query' ? 'query' : nameOf(input.Key ?? input.Item);
    const entry = {
      type: 'store' as const,
      purpose,
      atMs: machine.timeline.nowMs,
      machine: machine.name,
      call: number,
    };
    try {
      const { output, written } = this.#table.apply(operation, input);
      const result = written === undefined ? ('read' as const) : ('applied' as const);
      this.#history.add({
        ...entry,
        operation,
        name,
        result,
        before: written?.before,
        after: written?.after,
      });
      return output;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      const before = this.#table.items.get(name);
      this.#history.add({ ...entry, operation, name, result: 'refused', before, after: before });
      throw error;
    }
  }

  #latencyMs(): number {
    return 2 + this.#random.next() * 10;
  }
}

const ITEMS_OF: Partial<Record<StorePart, string>> = { leases: 'LEASE#', updates: 'UPDATE#', list: 'DEAD#' };

function isPartOf(part: StorePart, { operation, input }: Call): boolean {
  const isRead = operation === 'Get' || operation === 'Query';
  if (part === 'reads') return isRead;
  if (part === 'writes') return !isRead;
  const pk = (input.Key ?? input.Item)?.['pk'] ?? input.ExpressionAttributeValues?.[':pk'];
  return String(pk).startsWith(ITEMS_OF[part] ?? '');
}

function wireError(name: string): Error {
  return Object.assign(new Error('simulated'), { name, $metadata: {}, isRetryable: true });
}
