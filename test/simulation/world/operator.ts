import { LayoutNotActivatedError, type Layout } from '../../../functions/lease/layout.ts';
import { activateLayout, changeLayout, LayoutChangeError } from '../../../functions/lease/layout-change.ts';
import { surveyLayout } from '../../../functions/lease/layout-survey.ts';
import { isAtWork } from '../../../functions/lease/ledger-store.ts';
import { forceRelease } from '../../../functions/lease/forced-release.ts';
import { sleep } from '../../../functions/lease/clock.ts';
import { isSettledOutcome } from '../../../functions/lease/outcome.ts';
import { StoreUnavailableError } from '../../../functions/lease/store-unavailable.ts';
import { BotProcess, SETTINGS, type Surroundings } from './bot-process.ts';
import type { Machine } from './machine.ts';
import type { WiredUpdate } from './updates.ts';

export type OperatorStep =
  | { do: 'partitions'; count: number }
  /** As each start and each deployment does. */
  | { do: 'activate'; count: number }
  | { do: 'force-release'; partition: number; evenIfLive: boolean }
  /** `deliveries`: how often at most; a command makes one, and one that is killed right after the replay none. */
  | { do: 'replay'; updateId: number; deliveries?: number }
  | { do: 'drop'; updateId: number };

/** Longer than any lease lasts, margins included. */
const REPAIR_AFTER_MS = 45_000;

/** Somebody at a terminal. */
export class Operator {
  readonly #process: BotProcess;
  readonly #around: Surroundings;

  constructor(machine: Machine, around: Surroundings) {
    this.#process = new BotProcess(machine, around);
    this.#around = around;
  }

  async activate(partitions: number): Promise<void> {
    await activateLayout(this.#process.leases, partitions);
  }

  async run(step: OperatorStep): Promise<void> {
    const { machine } = this.#process;
    const note = (text: string): void => {
      this.#around.history.add({ type: 'note', atMs: machine.timeline.nowMs, machine: machine.name, text });
    };
    note(`begins: ${JSON.stringify(step)}`);
    try {
      note(`ends: ${await this.#do(step)}`);
    } catch (error) {
      const told = [StoreUnavailableError, LayoutChangeError, LayoutNotActivatedError];
      if (!(error instanceof Error) || !told.some((kind) => error instanceof kind)) throw error;
      note(`fails: ${error.message}`);
    }
  }

  async #do(step: OperatorStep): Promise<string> {
    const { leases, ledger, context } = this.#process;
    const { clock, newAttemptId } = context;
    switch (step.do) {
      case 'partitions': {
        const layout = await this.#changeTo(step.count);
        return `epoch ${layout.epoch}, ${layout.partitions} partitions`;
      }
      case 'activate':
        await activateLayout(leases, step.count);
        return 'there is a layout';
      case 'force-release': {
        const layout = await leases.readLayout();
        if (layout === undefined) return 'no layout';
        const key = { epoch: layout.epoch, partition: step.partition % layout.partitions };
        const expectedToken = (await leases.read(key))?.fencingToken ?? 0;
        const { evenIfLive } = step;
        const request = { key, expectedToken, by: 'operator', reason: 'simulated', evenIfLive };
        const reply = await forceRelease(context, request);
        return reply.released ? 'released' : reply.because;
      }
      case 'replay':
      case 'drop': {
        const record = await ledger.read(step.updateId);
        if (record === undefined) return 'unknown update';
        const { updateId } = step;
        const nowMs = clock.wallMs();
        const request = { updateId, expectedAttemptId: record.attemptId, attemptId: newAttemptId(), nowMs };
        if (step.do === 'drop') {
          const reply = await ledger.drop(request);
          return reply.kind === 'applied' ? 'dropped' : `refused: it is ${reply.item?.status ?? 'unknown'}`;
        }
        if (!isAtWork(record, nowMs)) {
          const dedupeUntilMs = nowMs + SETTINGS.dedupeMs;
          const keepUntilMs = nowMs + SETTINGS.deadKeptMs;
          const reply = await ledger.replay({ ...request, dedupeUntilMs, keepUntilMs });
          if (reply.kind === 'refused' && reply.item?.attemptId !== request.attemptId)
            return `refused: it is ${reply.item?.status ?? 'unknown'}`;
        }
        return this.#redeliver(updateId, step.deliveries ?? 20);
      }
    }
  }

  /**
   * Refused because something is missing, `bot partitions set` is run again with `--repair`, as it advises; where there
   * never was a layout, the bot is started.
   */
  async #changeTo(partitions: number): Promise<Layout> {
    const { context, leases } = this.#process;
    const patienceMs = 20_000;
    try {
      return await changeLayout(context, { partitions, patienceMs });
    } catch (error) {
      if (!(error instanceof LayoutNotActivatedError)) throw error;
      if ((await surveyLayout(leases)) === undefined) return activateLayout(leases, partitions);
      return changeLayout(context, { partitions, patienceMs, repairAfterMs: REPAIR_AFTER_MS });
    }
  }

  /** Telegram has been answered long ago: a replayed update is delivered by who replays it. */
  async #redeliver(updateId: number, deliveries: number): Promise<string> {
    const { ledger, context } = this.#process;
    const payload = await ledger.payload(updateId);
    if (payload === undefined) return 'it has no payload';
    const consumer = this.#process.consumer();
    const update = payload as WiredUpdate;
    const again = { update, orderingKey: update.planned.chat, deadlineMs: SETTINGS.deadlineMs };
    for (let delivery = 1; delivery <= deliveries; delivery += 1) {
      const outcome = await consumer.consume(again);
      if (isSettledOutcome(outcome)) {
        await ledger.tidy({ updateId, nowMs: context.clock.wallMs() });
        return `replayed: ${outcome.kind}`;
      }
      await sleep(context.clock, 5_000);
    }
    return 'replayed, and given up';
  }
}
