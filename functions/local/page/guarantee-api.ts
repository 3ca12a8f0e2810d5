import type { IncomingMessage, ServerResponse } from 'node:http';
import * as v from 'valibot';
import type { HealthReport } from '../../status/report.ts';
import { readBody } from '../bot-api/call-body.ts';
import type { Activity } from './activity.ts';
import type { Experiment } from './experiment/experiment.ts';
import type { GuaranteeState } from './guarantee-state.ts';
import type { ParkedUpdates } from './parked-updates.ts';

const MAX_BODY_BYTES = 10_000;

const anUpdate = v.object({ updateId: v.pipe(v.number(), v.integer()) });
const anAppointment = v.object({
  userId: v.pipe(v.number(), v.integer(), v.minValue(1)),
  isAdministrator: v.boolean(),
});
const aConsumer = v.object({ name: v.pipe(v.string(), v.maxLength(40)) });

export type Appoint = (userId: number, isAdministrator: boolean) => Promise<void>;

/** The page's requests to the system that it belongs to, and to the experiment that it may start. */
export class GuaranteeApi {
  readonly #bot: GuaranteeState['bot'];
  readonly #activity: Activity;
  readonly #health: () => Promise<HealthReport>;
  readonly #parked: ParkedUpdates;
  readonly #deliverAgain: (() => Promise<void>) | undefined;
  readonly #appoint: Appoint | undefined;
  readonly #startExperiment: () => Promise<Experiment>;
  readonly #acts: Readonly<Record<string, (body: unknown) => unknown>>;
  #experiment: Promise<Experiment> | undefined;

  constructor(options: {
    bot: GuaranteeState['bot'];
    activity: Activity;
    health: () => Promise<HealthReport>;
    parked: ParkedUpdates;
    /** Absent where Telegram is the real one. */
    deliverAgain: (() => Promise<void>) | undefined;
    /** Gives somebody the rights of an administrator or takes them. Absent where that cannot be done here. */
    appoint: Appoint | undefined;
    startExperiment: () => Promise<Experiment>;
  }) {
    this.#bot = options.bot;
    this.#activity = options.activity;
    this.#health = options.health;
    this.#parked = options.parked;
    this.#deliverAgain = options.deliverAgain;
    this.#appoint = options.appoint;
    this.#startExperiment = options.startExperiment;
    this.#acts = this.#actsByName();
  }

  close(): void {
    this.#activity.close();
    void this.#stopExperiment();
  }

  async answer(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    if (path === 'events') return this.#activity.open(request, response);
    if (path === 'experiment/events' && this.#experiment !== undefined) {
      return (await this.#experiment).activity.open(request, response);
    }
    const act = Object.hasOwn(this.#acts, path) ? this.#acts[path] : undefined;
    const reply = (status: number, body: object): void => {
      response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
      response.end(JSON.stringify(body));
    };
    if (act === undefined || request.method !== 'POST')
      return reply(404, { ok: false, error: 'No such act' });
    try {
      const text = (await readBody(request, MAX_BODY_BYTES)).toString('utf8');
      reply(200, { ok: true, result: (await act(text === '' ? {} : JSON.parse(text))) ?? null });
    } catch (error) {
      reply(400, { ok: false, error: (error as Error).message });
    }
  }

  #actsByName(): Record<string, (body: unknown) => unknown> {
    const running = async (): Promise<Experiment> => {
      if (this.#experiment === undefined) throw new Error('No experiment runs: start one first');
      return this.#experiment;
    };
    return {
      state: () => this.#state(),
      bot: () => this.#bot,
      administrator: async (body) => {
        const { userId, isAdministrator } = v.parse(anAppointment, body);
        if (this.#appoint === undefined)
          throw new Error('ADMIN_USER_IDS names the administrators: change it, and start the bot again');
        await this.#appoint(userId, isAdministrator);
      },
      replay: async (body) => this.#parked.replay(v.parse(anUpdate, body).updateId),
      again: async () => {
        if (this.#deliverAgain === undefined) throw new Error('Only Telegram itself delivers to this bot');
        await this.#deliverAgain();
      },
      'experiment/start': async () => void (await this.#begin()),
      'experiment/stop': () => this.#stopExperiment(),
      'experiment/add': async () => (await running()).add(),
      'experiment/freeze': async (body) => (await running()).consumer(v.parse(aConsumer, body).name).freeze(),
      'experiment/thaw': async (body) => (await running()).consumer(v.parse(aConsumer, body).name).thaw(),
      'experiment/kill': async (body) => (await running()).consumer(v.parse(aConsumer, body).name).kill(),
      'experiment/kill-holder': async () => {
        const holder = (await running()).holder();
        if (holder === undefined)
          throw new Error('No living consumer holds the lease: let somebody write first');
        holder.kill();
      },
      'experiment/twice': async () => (await running()).deliverTwice(),
      'experiment/poison': async () => (await running()).poison(),
      'experiment/store': async () => (await running()).stopStore(),
      'experiment/telegram': async (body) => {
        const { kind } = v.parse(v.object({ kind: v.picklist(['too-many-requests', 'hang']) }), body);
        (await running()).breakTelegram(kind);
      },
      'experiment/traffic': async (body) => {
        const { perSecond } = v.parse(v.object({ perSecond: v.picklist([0, 1, 5, 20]) }), body);
        (await running()).setTraffic(perSecond);
      },
    };
  }

  async #state(): Promise<GuaranteeState> {
    const health = await this.#health();
    return {
      bot: this.#bot,
      health,
      parked: await this.#parked.list().catch(() => []),
      experiment: this.#experiment === undefined ? null : (await this.#experiment).state,
    };
  }

  async #begin(): Promise<void> {
    this.#experiment ??= this.#startExperiment();
    try {
      await this.#experiment;
    } catch (error) {
      this.#experiment = undefined;
      throw error;
    }
  }

  async #stopExperiment(): Promise<void> {
    const running = this.#experiment;
    this.#experiment = undefined;
    await running?.then((experiment) => experiment.stop()).catch(() => {});
  }
}
