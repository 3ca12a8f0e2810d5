import {
  assertNoWebhook,
  PollingBot,
  standingTermMs,
  webhookHost,
} from '../../../functions/local/polling/polling-bot.ts';
import { Standby } from '../../../functions/local/polling/standby.ts';
import { BotProcess, SETTINGS, type Surroundings } from './bot-process.ts';
import { TELEGRAM } from './handling.ts';
import type { Machine } from './machine.ts';
import type { UpdatesEndpoint } from './updates-endpoint.ts';

/** A service manager starts it again so much later, however it ended. */
const RESTART_MS = 5_000;

/** `bot start`, until it is stopped: the real polling bot, in one process after another. */
export class Poller {
  readonly #newMachine: (nth: number) => Machine;
  readonly #around: Surroundings;
  readonly #endpoint: UpdatesEndpoint;
  readonly #standsBy: boolean;
  #machine: Machine | undefined;
  #stop = new AbortController();
  #isStopped = false;
  #started = 0;

  constructor(options: {
    newMachine: (nth: number) => Machine;
    around: Surroundings;
    endpoint: UpdatesEndpoint;
    standsBy: boolean;
  }) {
    this.#newMachine = options.newMachine;
    this.#around = options.around;
    this.#endpoint = options.endpoint;
    this.#standsBy = options.standsBy;
  }

  start(): void {
    const machine = this.#newMachine((this.#started += 1));
    this.#machine = machine;
    this.#stop = new AbortController();
    machine.onDeath(() => {
      if (!this.#isStopped) machine.timeline.at(RESTART_MS, () => this.#isStopped || this.start());
    });
    const process = new BotProcess(machine, this.#around);
    process.note('starts');
    const { signal } = this.#stop;
    machine.run(() => {
      void this.#poll(process, signal)
        .then(
          () => process.note('ends'),
          (error: unknown) => process.note(`ends: ${error instanceof Error ? error.message : String(error)}`),
        )
        .then(() => machine.kill());
    });
  }

  /** Ends polling, drains and releases. */
  stop(): void {
    this.#isStopped = true;
    this.#machine?.receive(0, () => this.#stop.abort());
  }

  /** As functions/local/polling-run.ts does, without what a person sees of it. */
  async #poll(process: BotProcess, signal: AbortSignal): Promise<void> {
    const { context, leases, layout, machine } = process;
    const telegram = { ...TELEGRAM, fetch: this.#endpoint.fetchOf(machine) };
    const say = (line: string): void =>
      process.note(line.startsWith('A defect') ? `a defect: ${line}` : line);
    if (!this.#standsBy) await assertNoWebhook(telegram);
    const standby = new Standby({
      readLease: async () => leases.read({ epoch: (await layout.reread()).epoch, partition: 0 }),
      isDead: this.#around.holderIsDead,
      holder: machine.name,
      webhookHost: () => webhookHost(telegram),
      isWebhookUnwanted: async () => false,
      neighbour: async () => undefined,
      clock: machine.clock,
      skewMs: SETTINGS.skewMs,
      termMs: standingTermMs(SETTINGS.deadlineMs),
      say,
    });
    const bot = new PollingBot({
      foundation: {
        protocol: { context, layout },
        consumerUnder: (grants) => process.consumer(grants),
      },
      telegram,
      handlerDeadlineMs: SETTINGS.deadlineMs,
      ...(this.#standsBy && { standby }),
      say,
    });
    try {
      await bot.take(signal);
      if (!signal.aborted) await bot.keepDuring(() => bot.look(signal));
      if (!signal.aborted) await bot.run(signal);
    } finally {
      await bot.release();
    }
  }
}
