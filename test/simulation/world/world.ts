import type { Plan, Step } from '../plan.ts';
import { Table } from '../dynamodb/table.ts';
import { BotApi } from './bot-api.ts';
import { BotProcess, SETTINGS, type Surroundings } from './bot-process.ts';
import { LambdaFleet } from './fleet.ts';
import { Handling, LAYOUT } from './handling.ts';
import { History } from './history.ts';
import { LocalServer } from './local-server.ts';
import { EPOCH_MS, Machine, TRUE_CLOCK, type ClockFault } from './machine.ts';
import { Operator } from './operator.ts';
import { Poller } from './poller.ts';
import { Random } from './random.ts';
import { StoreWire, type Decide } from './store-wire.ts';
import { TelegramServer } from './telegram.ts';
import { Timeline } from './timeline.ts';
import { UpdatesEndpoint } from './updates-endpoint.ts';
import { wired, type PlannedUpdate } from './updates.ts';

/** Long enough for Telegram's slowest retries of an update that has to wait out the grace for vanished attempts. */
const PATIENCE_MS = 3 * 3_600_000;

/** One history, from a plan. */
export class World {
  readonly plan: Plan;
  readonly timeline = new Timeline();
  readonly history = new History();
  readonly table: Table;
  readonly telegram: TelegramServer;
  readonly machines: Machine[] = [];
  readonly #around: Surroundings;
  readonly #botApi: BotApi;
  readonly #fleet: LambdaFleet;
  readonly #server: LocalServer;
  readonly #endpoint: UpdatesEndpoint;
  readonly #pollers = new Map<number, Poller>();
  #operators = 0;
  #lastMs = 0;

  /** @param decide the scenario's own faults of single requests, beside those of the plan */
  constructor(plan: Plan, decide?: Decide) {
    const { timeline, history } = this;
    const random = new Random(plan.seed);
    this.plan = plan;
    this.table = new Table({ returnsItemOnFailure: plan.returnsItemOnFailure });
    const wire = new StoreWire({
      table: this.table,
      history,
      random: random.fork(1),
      fates: new Map(plan.requestFates),
      purposeFates: plan.purposeFates,
      outages: plan.storeOutages,
      ...(decide !== undefined && { decide }),
    });
    this.#botApi = new BotApi({
      history,
      random: random.fork(2),
      fates: new Map(plan.callFates),
      outages: plan.telegramOutages,
      roundTripMs: plan.telegramMs,
    });
    const handling = new Handling({ history, botApi: this.#botApi, table: this.table });
    this.#around = {
      wire,
      history,
      handling,
      random: random.fork(3),
      holderIsDead: (holder) =>
        holder.startsWith('poller') && this.machines.some(({ name, isDead }) => name === holder && isDead),
    };
    this.#fleet = new LambdaFleet({
      around: this.#around,
      random: random.fork(4),
      newMachine: (name) => this.#newMachine(name),
      maxEnvironments: plan.maxEnvironments,
    });
    let servers = 0;
    this.#server = new LocalServer({
      around: this.#around,
      newMachine: () => this.#newMachine(`server:${(servers += 1)}`),
    });
    const side = random.fork(5);
    this.telegram = new TelegramServer({
      timeline,
      history,
      random: random.fork(6),
      fates: new Map(plan.deliveryFates),
      ledgerOf: (update) => handling.ledgerOf(update),
      maxConnections: plan.maxConnections,
      hasWebhook: plan.webhook,
      front: (update, reply) => {
        const toServer = plan.front === 'server' || (plan.front === 'both' && side.chance(0.5));
        if (toServer) this.#server.deliver(update, reply);
        else this.#fleet.deliver(update, reply);
      },
    });
    this.#endpoint = new UpdatesEndpoint({
      telegram: this.telegram,
      random: random.fork(7),
      fates: new Map(plan.pollFates),
      outages: plan.telegramOutages,
    });
  }

  /** @param prepare called when the layout is there and nothing has happened yet */
  async run(prepare: () => void): Promise<void> {
    const { timeline, plan } = this;
    await this.#activate();
    prepare();
    for (const update of plan.updates) timeline.at(update.atMs, () => this.telegram.push(update));
    for (const { atMs, step } of plan.steps) timeline.at(atMs, () => this.#take(step));
    const times = [...plan.updates, ...plan.steps].map(({ atMs }) => atMs);
    await timeline.run(Math.max(this.#lastMs, ...times) + PATIENCE_MS);
    this.#botApi.close();
  }

  /** A process of a scenario's own, which takes the lease for each update that it is given. */
  actor(
    name: string,
    clock: Partial<ClockFault> = {},
  ): { machine: Machine; deliver: (update: PlannedUpdate) => void } {
    const machine = new Machine(name, this.timeline, { ...TRUE_CLOCK, ...clock });
    this.machines.push(machine);
    const process = new BotProcess(machine, this.#around);
    const consumer = process.consumer();
    const deliver = (update: PlannedUpdate): void => {
      this.#lastMs = Math.max(this.#lastMs, update.atMs);
      const delivery = { update: wired(update), orderingKey: update.chat, deadlineMs: SETTINGS.deadlineMs };
      const consume = (): void => void consumer.consume(delivery);
      this.timeline.at(update.atMs, () => machine.receive(0, consume));
    };
    return { machine, deliver };
  }

  /** Written straight into the table: an activation that fails is another story. */
  async #activate(): Promise<void> {
    const quiet = new Table({ returnsItemOnFailure: true });
    const wire = new StoreWire({
      table: quiet,
      history: new History(),
      random: new Random(0),
      fates: new Map(),
      outages: [],
    });
    const machine = new Machine('activation', new Timeline(), TRUE_CLOCK);
    const operator = new Operator(machine, { ...this.#around, wire });
    machine.run(() => void operator.activate(this.plan.partitions));
    await machine.timeline.run(60_000);
    for (const [name, item] of quiet.items) this.table.items.set(name, item);
  }

  #take(step: Step): void {
    const { timeline } = this;
    const living = this.machines.filter(({ isDead }) => !isDead);
    const chosen = 'which' in step ? living[step.which % Math.max(1, living.length)] : undefined;
    if ('which' in step) this.#note(chosen?.name ?? 'world', JSON.stringify(step));
    switch (step.do) {
      case 'shift':
        this.#fleet.shift(step.share);
        return this.#note('world', `version shift: ${step.share}`);
      case 'freeze':
        chosen?.freeze();
        timeline.at(step.forMs, () => chosen?.thaw());
        return;
      case 'kill':
        return chosen?.kill();
      case 'set-clock':
        return chosen?.setWallClock(step.errorMs);
      case 'expire': {
        const gone = this.table.expire(Math.floor((EPOCH_MS + timeline.nowMs) / 1000));
        return this.#note('store', `TTL deletes ${gone.join(', ') || 'nothing'}`);
      }
      case 'lose-layout':
        return this.#loseLayout(step.isRestored);
      case 'webhook':
        this.telegram.setWebhook(step.isSet);
        return this.#note('telegram', `the webhook is ${step.isSet ? 'set' : 'deleted'}`);
      case 'poller-start': {
        const poller = new Poller({
          newMachine: (nth) => this.#newMachine(`poller:${step.poller}:${nth}`),
          around: this.#around,
          endpoint: this.#endpoint,
          standsBy: step.standsBy ?? false,
        });
        this.#pollers.set(step.poller, poller);
        return poller.start();
      }
      case 'poller-stop':
        return this.#pollers.get(step.poller)?.stop();
      default:
        this.#operators += 1;
        const machine = this.#newMachine(`operator:${this.#operators}`);
        machine.run(() => void new Operator(machine, this.#around).run(step));
    }
  }

  #loseLayout(isRestored: boolean): void {
    const { items } = this.table;
    const layout = items.get(LAYOUT);
    this.#around.handling.layoutIsLost(layout);
    const flips = this.history
      .of('store')
      .filter(({ purpose, result }) => purpose === 'flip' && result === 'applied');
    const former = flips.at(-1)?.before;
    if (isRestored && former !== undefined) items.set(LAYOUT, former);
    else items.delete(LAYOUT);
    this.history.add({
      type: 'store',
      purpose: 'lose',
      operation: 'Lose',
      atMs: this.timeline.nowMs,
      machine: 'somebody',
      call: -1,
      name: LAYOUT,
      result: 'applied',
      before: layout,
      after: items.get(LAYOUT),
    });
  }

  #newMachine(name: string): Machine {
    const { clocks } = this.plan;
    const fault = clocks[this.machines.length % Math.max(1, clocks.length)] ?? TRUE_CLOCK;
    const machine = new Machine(name, this.timeline, fault);
    this.machines.push(machine);
    return machine;
  }

  #note(machine: string, text: string): void {
    this.history.add({ type: 'note', atMs: this.timeline.nowMs, machine, text });
  }
}
