import { BotProcess, type Surroundings } from './bot-process.ts';
import type { Machine } from './machine.ts';
import type { Reply } from './telegram.ts';
import type { PlannedUpdate } from './updates.ts';

/** A webhook server that runs on: it takes several updates at a time, and nobody kills it at a deadline. */
export class LocalServer {
  readonly #around: Surroundings;
  readonly #newMachine: () => Machine;
  #machine: Machine | undefined;
  #receive: ((update: PlannedUpdate) => Promise<Reply>) | undefined;

  constructor(options: { around: Surroundings; newMachine: () => Machine }) {
    this.#around = options.around;
    this.#newMachine = options.newMachine;
  }

  deliver(update: PlannedUpdate, reply: (reply: Reply) => void): void {
    // A supervisor starts it again when it has died.
    if (this.#machine === undefined || this.#machine.isDead) this.#start();
    const [machine, receive] = [this.#machine, this.#receive];
    if (machine === undefined || receive === undefined) return;
    let answered = false;
    const once = (said: Reply): void => {
      if (!answered) reply(said);
      answered = true;
    };
    machine.onDeath(() => machine.timeline.at(5, () => once({ status: 502 })));
    machine.receive(2, () => void receive(update).then(once));
  }

  #start(): void {
    this.#machine = this.#newMachine();
    const process = new BotProcess(this.#machine, this.#around);
    this.#receive = process.receiver(process.consumer());
  }
}
