import type { ActiveFault, ApiCall, Fault, FaultRule } from './types.ts';

interface Entry {
  readonly rule: FaultRule;
  hits: number;
}

/** Rules that make calls fail. */
export class Faults {
  readonly #entries: Entry[] = [];

  add(rule: FaultRule): ActiveFault {
    const entry: Entry = { rule, hits: 0 };
    this.#entries.push(entry);
    return {
      get hits() {
        return entry.hits;
      },
      remove: () => this.#remove(entry),
    };
  }

  clear(): void {
    this.#entries.length = 0;
  }

  /** The fault that meets this call, counted. */
  meet(call: ApiCall): Fault | undefined {
    const entry = this.#entries.find(
      ({ rule }) =>
        (rule.method === undefined || rule.method.toLowerCase() === call.method.toLowerCase()) &&
        (rule.when === undefined || rule.when(call)),
    );
    if (!entry) return undefined;
    entry.hits += 1;
    if (entry.hits >= (entry.rule.times ?? 1)) this.#remove(entry);
    return entry.rule.fault;
  }

  #remove(entry: Entry): void {
    const index = this.#entries.indexOf(entry);
    if (index !== -1) this.#entries.splice(index, 1);
  }
}
