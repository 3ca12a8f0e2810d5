import { sleep } from '../../../functions/lease/clock.ts';
import type { Tenure } from '../../../functions/lease/tenure.ts';
import { TenureOverError } from '../../../functions/lease/tenure.ts';
import type { UpdateHandler } from '../../../functions/lease/verdict.ts';
import type { Item } from '../dynamodb/operand.ts';
import type { Table } from '../dynamodb/table.ts';
import { keys } from '../../../functions/dynamodb/keys.ts';
import type { BotApi } from './bot-api.ts';
import type { CallEntry, History, RunEntry } from './history.ts';
import type { Machine } from './machine.ts';
import { nameOfUpdate, type PlannedUpdate } from './updates.ts';

export const SCOPE = '42';

const never = (): Promise<never> => new Promise(() => {});

/** What a process does with an update, as its plan says; everything it does is recorded. */
export class Handling {
  readonly #history: History;
  readonly #botApi: BotApi;
  readonly #table: Table;
  readonly #runs = new Map<string, number>();
  #count = 0;

  constructor(options: { history: History; botApi: BotApi; table: Table }) {
    this.#history = options.history;
    this.#botApi = options.botApi;
    this.#table = options.table;
  }

  on(machine: Machine): UpdateHandler {
    return async (incoming, tenure) => {
      const update = incoming as PlannedUpdate;
      const nth = (this.#runs.get(nameOfUpdate(update)) ?? 0) + 1;
      this.#runs.set(nameOfUpdate(update), nth);
      const run: RunEntry = this.#history.add({
        type: 'run',
        atMs: machine.timeline.nowMs,
        run: (this.#count += 1),
        machine: machine.name,
        updateId: update.update_id,
        generation: update.generation,
        token: tenure.fencingToken,
        ledger: this.ledgerOf(update),
      });
      const end = (how: NonNullable<RunEntry['ended']>): void => {
        run.ended = how;
        run.endedAtMs = machine.timeline.nowMs;
      };
      try {
        await this.#act({ machine, update, tenure, run, nth, end });
        end('returned');
      } catch (error) {
        end(error instanceof TenureOverError ? 'refused-by-guard' : (run.ended ?? 'call-failed'));
        throw error;
      }
    };
  }

  async #act(at: {
    machine: Machine;
    update: PlannedUpdate;
    tenure: Tenure;
    run: RunEntry;
    nth: number;
    end: (how: NonNullable<RunEntry['ended']>) => void;
  }): Promise<void> {
    const { machine, update, tenure, run, nth, end } = at;
    const { behaviour } = update;
    if (behaviour.typesForMs > 0) this.#typing(machine, tenure, behaviour.typesForMs);
    for (let step = 0; step <= behaviour.calls; step += 1) {
      if (nth <= behaviour.crashes.times && step === behaviour.crashes.afterCalls) {
        end('crashed');
        machine.kill();
        await never();
      }
      if (nth <= behaviour.hangs.times && step === behaviour.hangs.afterCalls) {
        end('hung');
        await never();
      }
      if (nth <= behaviour.throws.times && step === behaviour.throws.afterCalls) {
        end('threw');
        throw new Error('the update cannot be handled');
      }
      if (step === behaviour.calls) {
        const { callsAgainAfterMs } = behaviour;
        if (callsAgainAfterMs === undefined) return;
        const again = (): CallEntry => this.#callEntry(machine, update, tenure, run, step);
        machine.clock.after(callsAgainAfterMs, () => {
          const options = { stubborn: false };
          tenure.run((signal) => this.#botApi.call(machine, again(), { signal, ...options })).catch(() => {});
        });
        return;
      }
      if (behaviour.thinkMs > 0) await sleep(machine.clock, behaviour.thinkMs);
      if (nth <= behaviour.slowReads.times)
        await tenure.waiting(sleep(machine.clock, behaviour.slowReads.forMs));
      const call = tenure.run((signal) =>
        this.#botApi.call(machine, this.#callEntry(machine, update, tenure, run, step), {
          signal,
          stubborn: behaviour.stubborn,
        }),
      );
      if (behaviour.forgetsLastCall && step + 1 === behaviour.calls) call.catch(() => {});
      else await call;
    }
  }

  /** The sign that an answer is coming: again and again, and nobody waits for it. */
  #typing(machine: Machine, tenure: Tenure, forMs: number): void {
    machine.clock.after(1_000, () => {
      if (tenure.remainingMs() === 0) return;
      tenure.run(() => sleep(machine.clock, forMs, tenure.signal), { background: true }).catch(() => {});
      this.#typing(machine, tenure, forMs);
    });
  }

  #callEntry(
    machine: Machine,
    update: PlannedUpdate,
    tenure: Tenure,
    run: RunEntry,
    step: number,
  ): CallEntry {
    return {
      type: 'call',
      atMs: machine.timeline.nowMs,
      machine: machine.name,
      run: run.run,
      updateId: update.update_id,
      generation: update.generation,
      step,
      token: tenure.fencingToken,
      leaseName: this.#leaseHeld(machine.name, tenure.fencingToken, update.update_id),
      ledger: this.ledgerOf(update),
    };
  }

  /** What the store itself holds of an update now. */
  ledgerOf(update: PlannedUpdate): Item | undefined {
    const { pk, sk } = keys.update(SCOPE, update.update_id);
    return this.#table.items.get(`${pk}|${sk}`);
  }

  /** The item by which the store itself says that this machine may act for this update now. */
  #leaseHeld(holder: string, token: number, updateId: number): string | undefined {
    const layout = this.#table.items.get(`LEASE#${SCOPE}|LAYOUT`);
    for (const [name, item] of this.#table.items) {
      if (!name.startsWith(`LEASE#${SCOPE}|EPOCH#${String(layout?.['epoch'])}#`)) continue;
      const isNamed = item['update_id'] === undefined || item['update_id'] === updateId;
      if (item['holder'] === holder && item['fencing_token'] === token && isNamed) return name;
    }
    return undefined;
  }
}
