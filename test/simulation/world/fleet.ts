import { BotProcess, type Surroundings } from './bot-process.ts';
import type { Machine } from './machine.ts';
import type { Random } from './random.ts';
import type { Reply } from './telegram.ts';
import type { PlannedUpdate } from './updates.ts';

/** The function's timeout, and how much later it has been seen to be enforced. */
const KILLED_AFTER_MS = 15_000;
const OVERRUN_MS = 700;

interface Environment {
  machine: Machine;
  receive: (update: PlannedUpdate) => Promise<Reply>;
  version: number;
  isBusy: boolean;
}

/**
 * Lambda: environments that take one update at a time, are frozen in between and thawed with whatever an earlier
 * update left running, and are killed at their deadline. During a canary two versions take updates.
 */
export class LambdaFleet {
  readonly #around: Surroundings;
  readonly #random: Random;
  readonly #newMachine: (name: string) => Machine;
  readonly #maxEnvironments: number;
  #environments: Environment[] = [];
  #version = 1;
  #canaryShare = 0;
  #started = 0;

  constructor(options: {
    around: Surroundings;
    random: Random;
    newMachine: (name: string) => Machine;
    maxEnvironments: number;
  }) {
    this.#around = options.around;
    this.#random = options.random;
    this.#newMachine = options.newMachine;
    this.#maxEnvironments = options.maxEnvironments;
  }

  /** A new version takes this share of the updates; with 1 it has replaced the old one. */
  shift(share: number): void {
    if (share < 1) {
      this.#canaryShare = share;
      return;
    }
    this.#version += 1;
    this.#canaryShare = 0;
  }

  deliver(update: PlannedUpdate, reply: (reply: Reply) => void): void {
    const version = this.#random.chance(this.#canaryShare) ? this.#version + 1 : this.#version;
    const environment = this.#idle(version) ?? this.#start(version);
    if (environment === undefined) return reply({ status: 503 });
    const { machine, receive } = environment;
    environment.isBusy = true;
    let ended = false;
    const end = (said: Reply): void => {
      if (ended) return;
      ended = true;
      cancelKill();
      machine.timeline.at(5, () => reply(said));
    };
    const cancelKill = machine.timeline.at(KILLED_AFTER_MS + this.#random.next() * OVERRUN_MS, () =>
      machine.kill(),
    );
    machine.onDeath(() => end({ status: 502 }));
    machine.thaw();
    void machine
      .run(() => receive(update))
      .then((said) => {
        end(said);
        environment.isBusy = false;
        machine.freeze();
      });
  }

  #idle(version: number): Environment | undefined {
    this.#environments = this.#environments.filter(({ machine }) => !machine.isDead);
    const idle = this.#environments.filter((one) => one.version === version && !one.isBusy);
    return idle[this.#random.whole(0, Math.max(0, idle.length - 1))];
  }

  #start(version: number): Environment | undefined {
    if (this.#environments.length >= this.#maxEnvironments) {
      // Lambda makes room by ending one that is idle, of a version that is on its way out.
      const old = this.#environments.findIndex((one) => one.version !== version && !one.isBusy);
      if (old < 0) return undefined;
      this.#environments.splice(old, 1)[0]?.machine.kill();
    }
    const machine = this.#newMachine(`lambda:${version}:${(this.#started += 1)}`);
    const process = new BotProcess(machine, this.#around);
    const receive = process.receiver(process.consumer());
    const environment = { machine, receive, version, isBusy: false };
    this.#environments.push(environment);
    return environment;
  }
}
