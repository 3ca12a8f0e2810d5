import type { Consumer } from '../../../functions/lease/consumer.ts';
import { BotProcess, type Surroundings } from './bot-process.ts';
import { replyTo } from './fleet.ts';
import type { Machine } from './machine.ts';
import type { Reply } from './telegram.ts';
import type { PlannedUpdate } from './updates.ts';

/** A webhook server that runs on: it takes several updates at a time, and nobody kills it at a deadline. */
export class LocalServer {
  readonly #around: Surroundings;
  readonly #newMachine: () => Machine;
  #machine: Machine | undefined;
  #process: BotProcess | undefined;
  #consumer: Consumer | undefined;

  constructor(options: { around: Surroundings; newMachine: () => Machine }) {
    this.#around = options.around;
    this.#newMachine = options.newMachine;
  }

  deliver(update: PlannedUpdate, reply: (reply: Reply) => void): void {
    // A supervisor starts it again when it has died.
    if (this.#machine === undefined || this.#machine.isDead) this.#start();
    const [machine, process, consumer] = [this.#machine, this.#process, this.#consumer];
    if (machine === undefined || process === undefined || consumer === undefined) return;
    let answered = false;
    const once = (said: Reply): void => {
      if (!answered) reply(said);
      answered = true;
    };
    machine.onDeath(() => machine.timeline.at(5, () => once({ status: 502 })));
    machine.receive(2, () => {
      void process.consume(consumer, update).then((outcome) => once(replyTo(outcome, update)));
    });
  }

  #start(): void {
    this.#machine = this.#newMachine();
    this.#process = new BotProcess(this.#machine, this.#around);
    this.#consumer = this.#process.consumer();
  }
}
