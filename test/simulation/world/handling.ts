import { HttpError, type Api } from 'grammy/web';
import type { UserFromGetMe } from 'grammy/types';
import { sleep } from '../../../functions/lease/clock.ts';
import { partitionOf, type Layout } from '../../../functions/lease/layout.ts';
import type { Tenure } from '../../../functions/lease/tenure.ts';
import { TenureOverError } from '../../../functions/lease/tenure.ts';
import { botForTenure } from '../../../functions/telegram/tenure-bot.ts';
import type { UpdateHandler } from '../../../functions/lease/verdict.ts';
import type { Item } from '../dynamodb/operand.ts';
import type { Table } from '../dynamodb/table.ts';
import { keys } from '../../../functions/dynamodb/keys.ts';
import { answered, type BotApi } from './bot-api.ts';
import type { CallEntry, History, RunEntry } from './history.ts';
import type { Machine } from './machine.ts';
import { nameOfUpdate, type PlannedUpdate, type WiredUpdate } from './updates.ts';

export const SCOPE = '42';
export const LAYOUT = `LEASE#${SCOPE}|LAYOUT`;

export const TELEGRAM = { token: `${SCOPE}:simulated`, apiRoot: 'http://telegram.simulated' };

const never = (): Promise<never> => new Promise(() => {});

/** One handler at work. */
interface At {
  machine: Machine;
  update: PlannedUpdate;
  tenure: Tenure;
  run: RunEntry;
  /** Which attempt of the update it is, from 1. */
  nth: number;
  end: (how: NonNullable<RunEntry['ended']>) => void;
  api: Api;
}

/** The handlers of a process, which do with an update as its plan says; everything they do is recorded. */
export class Handling {
  readonly #history: History;
  readonly #botApi: BotApi;
  readonly #table: Table;
  #lostLayout: Item | undefined;
  readonly #runs = new Map<string, number>();
  #count = 0;

  constructor(options: { history: History; botApi: BotApi; table: Table }) {
    this.#history = options.history;
    this.#botApi = options.botApi;
    this.#table = options.table;
  }

  on(machine: Machine): UpdateHandler {
    return async (incoming, tenure) => {
      const update = (incoming as WiredUpdate).planned;
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
        const at = { machine, update, tenure, run, nth, end };
        const { api } = botForTenure({
          access: { ...TELEGRAM, fetch: this.#network(at) },
          botInfo: { id: Number(SCOPE), is_bot: true, first_name: 'Bot', username: 'bot' } as UserFromGetMe,
          tenure,
        });
        await this.#act({ ...at, api });
        end('returned');
      } catch (error) {
        // grammY wraps what ends a call before it leaves.
        const cause = error instanceof HttpError ? error.error : error;
        end(cause instanceof TenureOverError ? 'refused-by-guard' : (run.ended ?? 'call-failed'));
        throw error;
      }
    };
  }

  async #act(at: At): Promise<void> {
    const { machine, update, tenure, nth, end, api } = at;
    const { behaviour } = update;
    if (behaviour.typesForMs > 0) this.#typing(at);
    if (nth <= behaviour.lingers.times)
      await sleep(machine.clock, tenure.remainingMs() - behaviour.lingers.untilLastMs);
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
        machine.clock.after(callsAgainAfterMs, () => {
          api.sendMessage(update.chat, String(step)).catch(() => {});
        });
        return;
      }
      if (behaviour.thinkMs > 0) await sleep(machine.clock, behaviour.thinkMs);
      if (nth <= behaviour.slowReads.times)
        await tenure.waiting(sleep(machine.clock, behaviour.slowReads.forMs));
      const call = api.sendMessage(update.chat, String(step));
      if (behaviour.forgetsLastCall && step + 1 === behaviour.calls) call.catch(() => {});
      else await call;
    }
  }

  /** The sign that an answer is coming: again and again, and nobody waits for it. */
  #typing(at: At): void {
    const { machine, update, tenure, api } = at;
    machine.clock.after(1_000, () => {
      if (tenure.remainingMs() === 0) return;
      api.sendChatAction(update.chat, 'typing').catch(() => {});
      this.#typing(at);
    });
  }

  /** The network under the bot of one tenure. */
  #network({ machine, update, tenure, run }: Omit<At, 'api'>): typeof fetch {
    return async (input, init) => {
      const signal = init?.signal as AbortSignal;
      if ((input as string).endsWith('/sendChatAction')) {
        await sleep(machine.clock, update.behaviour.typesForMs, signal);
        return answered(true);
      }
      if ((input as string).endsWith('/getMe')) return this.#botApi.ask(machine, signal);
      const { text } = JSON.parse(init?.body as string) as { text: string };
      const { stubborn } = update.behaviour;
      return this.#botApi.call(machine, {
        entry: () => this.#callEntry(machine, update, tenure, run, Number(text)),
        signal,
        stubborn,
        lapsed: () => tenure.signal.aborted,
      });
    };
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
      leaseName: this.#leaseHeld(machine.name, tenure.fencingToken, update),
      ledger: this.ledgerOf(update),
    };
  }

  /** The record that the store itself holds of an update now. */
  ledgerOf(update: PlannedUpdate): Item | undefined {
    const { pk, sk } = keys.update(SCOPE, update.update_id);
    return this.#table.items.get(`${pk}|${sk}`);
  }

  /** It stays in force for a process that remembers it, until the next one. */
  layoutIsLost(layout: Item | undefined): void {
    if (epochOf(layout) > epochOf(this.#lostLayout)) this.#lostLayout = layout;
  }

  /** The item by which the store itself says that this machine may act for this update now. */
  #leaseHeld(holder: string, token: number, update: PlannedUpdate): string | undefined {
    const [lost, found] = [this.#lostLayout, this.#table.items.get(LAYOUT)];
    const layout = epochOf(lost) > epochOf(found) ? lost : found;
    const partition = partitionOf(update.chat, layout as unknown as Layout);
    const { pk, sk } = keys.lease(SCOPE, epochOf(layout), partition);
    const item = this.#table.items.get(`${pk}|${sk}`);
    const isNamed = item?.['update_id'] === undefined || item['update_id'] === update.update_id;
    const isHeld = item?.['holder'] === holder && item['fencing_token'] === token && isNamed;
    return isHeld ? `${pk}|${sk}` : undefined;
  }
}

function epochOf(layout: Item | undefined): number {
  return Number(layout?.['epoch'] ?? 0);
}
