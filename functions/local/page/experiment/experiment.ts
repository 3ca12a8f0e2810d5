import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import dynalite from 'dynalite';
import { deriveWebhookSecret } from '../../../telegram/webhook-secret.ts';
import { startBotApiServer } from '../../bot-api/server.ts';
import type { BotApiServer } from '../../bot-api/types.ts';
import { serveDynalite, type ServedDynalite } from '../../store/serve-dynalite.ts';
import { Activity } from '../activity.ts';
import { Balancer } from './balancer.ts';
import { ConsumerChild, type BotCommand } from './consumer-child.ts';
import { StoreGate } from './store-gate.ts';
import type { ExperimentState } from './state.ts';
import { REFUSED_USER, Traffic } from './traffic.ts';

const BOT = { id: 1_000_000_002, username: 'experiment_bot', first_name: 'Experiment' } as const;
const TABLE_NAME = 'experiment';
const OUTAGE_MS = 10_000;
const MAX_CONSUMERS = 6;
/** A process for each, and one core that they share: more only waits. */
const FIRST_CONSUMERS = 2;
const CONNECTIONS = 4;

/**
 * A system to break: real consumers in processes of their own behind a webhook, over a store in memory and a Bot API
 * server of its own. Whatever it does, the bot that the page belongs to goes on undisturbed.
 */
export class Experiment {
  readonly activity = new Activity();
  readonly #command: BotCommand;
  readonly #folder = mkdtempSync(join(tmpdir(), 'agent-factory-bot-experiment-'));
  readonly #consumers: ConsumerChild[];
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #parts: Parts;
  #telegramFault: string | undefined;
  #isStoreDown = false;
  #count = 0;

  private constructor(command: BotCommand, parts: Parts) {
    this.#command = command;
    this.#parts = parts;
    this.#consumers = parts.consumers;
  }

  /** @throws Error with the first consumer's last words when it does not come up */
  static async start(command: BotCommand): Promise<Experiment> {
    const consumers: ConsumerChild[] = [];
    const store = await serveDynalite(dynalite({ createTableMs: 0 }));
    const gate = await StoreGate.open(store.endpoint);
    const balancer = await Balancer.open(() => consumers);
    const token = `${BOT.id}:${randomBytes(24).toString('base64url')}`;
    const telegram = await startBotApiServer({ bots: { [token]: BOT } });
    const experiment = new Experiment(command, {
      store,
      gate,
      balancer,
      telegram,
      token,
      traffic: new Traffic(telegram),
      consumers,
    });
    try {
      await experiment.#begin();
    } catch (error) {
      await experiment.stop();
      throw error;
    }
    return experiment;
  }

  get state(): ExperimentState {
    const { telegram, traffic } = this.#parts;
    return {
      consumers: this.#consumers.map(({ name, pid, state, inHand }) => ({ name, pid, state, inHand })),
      isStoreDown: this.#isStoreDown,
      telegramFault: this.#telegramFault ?? null,
      perSecond: traffic.perSecond,
      pending: telegram.pendingUpdates().length,
    };
  }

  /** @throws Error when there are enough, the store is gone, or it does not come up */
  async add(): Promise<void> {
    if (this.#isStoreDown)
      throw new Error('The store is gone, and no consumer starts without it: wait for it');
    const living = this.#consumers.filter(({ state }) => state !== 'dead');
    if (living.length >= MAX_CONSUMERS)
      throw new Error(`${MAX_CONSUMERS} consumers are enough: end one first`);
    this.#count += 1;
    const name = `consumer ${this.#count}`;
    const { gate, telegram, token } = this.#parts;
    const child = new ConsumerChild({
      name,
      command: this.#command,
      record: (entry) => this.activity.record(entry),
      env: {
        PATH: process.env['PATH'],
        TABLE_NAME,
        AWS_ENDPOINT_URL_DYNAMODB: gate.endpoint,
        BOT_ENV_FILE: '',
        TELEGRAM_BOT_TOKEN: token,
        TELEGRAM_API_ROOT: telegram.apiRoot,
        RATE_LIMIT_PER_MINUTE: '10000',
        BOT_DATA: join(this.#folder, String(this.#count)),
        PORT: '0',
      },
    });
    this.#consumers.push(child);
    try {
      await child.started();
    } catch (error) {
      child.kill();
      this.#consumers.splice(this.#consumers.indexOf(child), 1);
      throw error;
    }
  }

  /** @throws Error when there is no such consumer */
  consumer(name: string): ConsumerChild {
    const found = this.#consumers.find((each) => each.name === name);
    if (found === undefined) throw new Error(`There is no ${name}`);
    return found;
  }

  /** The consumer that was granted the lease last, if it lives. */
  holder(): ConsumerChild | undefined {
    const grants = this.activity.entries.filter(
      (entry) => entry.type === 'request' && entry.lease?.holder !== undefined,
    );
    const last = grants.at(-1);
    if (last?.type !== 'request') return undefined;
    return this.#consumers.find(({ name, state }) => name === last.lease?.holder && state !== 'dead');
  }

  setTraffic(perSecond: number): void {
    this.#parts.traffic.set(perSecond);
  }

  /** The update that was answered last, twice at the same time. @throws Error when there is none */
  deliverTwice(): void {
    const answered = this.activity.entries.flatMap((entry) =>
      entry.type === 'event' && entry.event.type === 'done' ? [entry.event.updateId] : [],
    );
    const updateId = answered.at(-1);
    if (updateId === undefined) throw new Error('No update is answered yet: let somebody write first');
    this.#note(`update ${updateId} is delivered twice more, at once`);
    void this.#parts.telegram.redeliver(updateId, { copies: 2 });
  }

  /** A message that Telegram lets nobody answer: it fails by its own fault until it is parked. */
  poison(): void {
    this.#parts.traffic.ask(REFUSED_USER.id);
    this.#note('a message that cannot be answered');
  }

  stopStore(): void {
    if (this.#isStoreDown) return;
    this.#isStoreDown = true;
    this.#parts.gate.shut();
    this.#outage('store', 'the store is gone', () => {
      this.#isStoreDown = false;
      this.#parts.gate.reopen();
    });
  }

  breakTelegram(kind: 'too-many-requests' | 'hang'): void {
    if (this.#telegramFault !== undefined) return;
    const fault = kind === 'hang' ? ({ kind } as const) : ({ kind, retryAfter: 3 } as const);
    const active = this.#parts.telegram.fault({ fault, times: Infinity });
    this.#telegramFault = kind === 'hang' ? 'Telegram does not answer' : 'Telegram answers 429';
    this.#outage('telegram', this.#telegramFault, () => {
      this.#telegramFault = undefined;
      active.remove();
    });
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    const { traffic, telegram, balancer, gate, store } = this.#parts;
    traffic.set(0);
    for (const consumer of this.#consumers) consumer.kill();
    balancer.close();
    this.activity.close();
    await telegram.close();
    gate.close();
    await store.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #begin(): Promise<void> {
    const { telegram, balancer, token } = this.#parts;
    telegram.fault({
      fault: { kind: 'refused', reason: 'TEXT_CANNOT_BE_SENT_HERE' },
      times: Infinity,
      when: ({ method, payload }) =>
        method !== 'sendChatAction' && Number(payload['chat_id']) === REFUSED_USER.id,
    });
    await this.add();
    for (let more = 1; more < FIRST_CONSUMERS; more += 1) await this.add();
    const set = await fetch(`${telegram.apiRoot}/bot${token}/setWebhook`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({
        url: balancer.url,
        secret_token: deriveWebhookSecret(token),
        max_connections: CONNECTIONS,
      }),
    });
    if (!set.ok) throw new Error(`The webhook of the experiment cannot be set: ${await set.text()}`);
  }

  #outage(of: 'store' | 'telegram', text: string, end: () => void): void {
    const atMs = Date.now();
    this.activity.record({ type: 'outage', atMs, endedAtMs: atMs + OUTAGE_MS, of, text });
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      end();
    }, OUTAGE_MS);
    this.#timers.add(timer);
  }

  #note(text: string): void {
    this.activity.record({ type: 'note', atMs: Date.now(), process: 'Telegram', text });
  }
}

interface Parts {
  readonly store: ServedDynalite;
  readonly gate: StoreGate;
  readonly balancer: Balancer;
  readonly telegram: BotApiServer;
  readonly token: string;
  readonly traffic: Traffic;
  readonly consumers: ConsumerChild[];
}
