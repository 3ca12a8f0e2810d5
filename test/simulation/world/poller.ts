import { sleep } from '../../../functions/lease/clock.ts';
import { LayoutReader } from '../../../functions/lease/layout-reader.ts';
import { isSettledOutcome } from '../../../functions/lease/outcome.ts';
import { StandingLease } from '../../../functions/lease/standing-lease.ts';
import { StoreUnavailableError } from '../../../functions/lease/store-unavailable.ts';
import { BotProcess, type Surroundings } from './bot-process.ts';
import type { Machine } from './machine.ts';
import type { TelegramServer } from './telegram.ts';
import { wired, type PlannedUpdate } from './updates.ts';

const TERM_MS = 9_000;
const TAKE_WAIT_MS = 2_000;
const POLL_MS = 700;

/** `bot start`: takes the standing lease, polls, hands every update to the consumer, starts again when it is lost. */
export class Poller {
  readonly #process: BotProcess;
  readonly #machine: Machine;
  readonly #telegram: TelegramServer;
  readonly #stop = new AbortController();

  constructor(options: { machine: Machine; around: Surroundings; telegram: TelegramServer }) {
    this.#machine = options.machine;
    this.#process = new BotProcess(options.machine, options.around);
    this.#telegram = options.telegram;
  }

  /** Ends polling, drains and releases. */
  stop(): void {
    this.#machine.receive(0, () => this.#stop.abort());
  }

  async run(): Promise<void> {
    const { signal } = this.#stop;
    const { clock } = this.#machine;
    while (!signal.aborted) {
      const standing = new StandingLease({
        ...this.#process.context,
        layout: new LayoutReader(this.#process.leases),
        termMs: TERM_MS,
      });
      const refused = await this.#take(standing);
      if (refused === undefined) await this.#poll(standing);
      else await sleep(clock, Math.min(Math.max(refused, 300), 5_000), signal);
    }
  }

  async #take(standing: StandingLease): Promise<number | undefined> {
    try {
      const busy = await standing.take(TAKE_WAIT_MS, this.#stop.signal);
      return busy?.retryAfterMs;
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      return 1_000;
    }
  }

  async #poll(standing: StandingLease): Promise<void> {
    const { signal } = this.#stop;
    const { clock } = this.#machine;
    const consumer = this.#process.consumer(standing);
    const stopKeeping = new AbortController();
    const keeping = standing.keep(stopKeeping.signal);
    const waitFor = new Map<PlannedUpdate, number>();
    while (!signal.aborted && !standing.lost.aborted) {
      const heads = this.#telegram.heads();
      // Of one partition one at a time; the consumer's own queue sees to it.
      await Promise.all(
        heads
          .filter((update) => (waitFor.get(update) ?? 0) <= clock.monotonicMs())
          .map(async (update) => {
            const outcome = await consumer.consume({
              update: wired(update),
              orderingKey: update.chat,
              deadlineMs: 12_000,
            });
            if (isSettledOutcome(outcome)) return this.#telegram.confirm(update);
            const retryAfterMs = 'retryAfterMs' in outcome ? (outcome.retryAfterMs ?? 1_000) : 1_000;
            waitFor.set(update, clock.monotonicMs() + Math.max(500, retryAfterMs));
          }),
      );
      await sleep(clock, POLL_MS, signal);
    }
    stopKeeping.abort();
    await keeping;
    await standing.release();
  }
}
