import { answered, refused } from './bot-api.ts';
import { befall, fateInOutage, outageAt, type CallFate, type Outage } from './fates.ts';
import type { Machine } from './machine.ts';
import type { Random } from './random.ts';
import type { TelegramServer } from './telegram.ts';
import { wired } from './updates.ts';

const WEBHOOK_IS_ACTIVE =
  "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";
const OTHER_POLLER =
  'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running';
const PAGE = 100;

interface Asked {
  offset?: number;
  limit?: number;
  timeout?: number;
  allowed_updates?: readonly string[];
}

type Reply = (response: Response) => void;

interface Waiting {
  offset: number | undefined;
  limit: number;
  reply: Reply;
  cancel: () => void;
}

/**
 * Telegram's side of long polling, by the documented rules: https://core.telegram.org/bots/api#getupdates. An offset
 * confirms every update before it, whatever anybody has received; of two requests at once the earlier is ended.
 */
export class UpdatesEndpoint {
  readonly #telegram: TelegramServer;
  readonly #random: Random;
  readonly #fates: ReadonlyMap<number, CallFate>;
  readonly #outages: readonly Outage[];
  #requests = 0;
  #kinds: readonly string[] | undefined;
  #waiting: Waiting | undefined;

  constructor(options: {
    telegram: TelegramServer;
    random: Random;
    fates: ReadonlyMap<number, CallFate>;
    outages: readonly Outage[];
  }) {
    this.#telegram = options.telegram;
    this.#random = options.random;
    this.#fates = options.fates;
    this.#outages = options.outages;
    this.#telegram.onPush(() => this.#answerWaiting());
  }

  /** The network of one process. */
  fetchOf(machine: Machine): typeof fetch {
    return (input, init) => {
      const method = (input as string).split('/').at(-1);
      const signal = init?.signal ?? undefined;
      return new Promise<Response>((resolve, reject) => {
        const fate = this.#fateOf(machine.timeline.nowMs);
        signal?.addEventListener('abort', () => reject(new TypeError('fetch failed')), { once: true });
        if (befall(machine, fate, 'before') === 'dead') return;
        if (fate?.kind === 'silent') return;
        const reply: Reply = (response) => {
          if (fate?.kind === 'lost-response') return;
          machine.receive(this.#latencyMs(), () => resolve(response));
          befall(machine, fate, 'after');
        };
        machine.timeline.at(this.#latencyMs() + (fate?.kind === 'slow' ? fate.byMs : 0), () => {
          if (fate?.kind === 'refused') return reply(refused(fate));
          if (method === 'getUpdates')
            return this.#getUpdates(JSON.parse(init?.body as string) as Asked, reply, signal);
          reply(
            answered({
              url: this.#telegram.hasWebhook ? 'https://simulated' : '',
              pending_update_count: 0,
              allowed_updates: this.#kinds,
            }),
          );
        });
      });
    };
  }

  #getUpdates(asked: Asked, reply: Reply, signal: AbortSignal | undefined): void {
    if (this.#telegram.hasWebhook) return reply(refused({ status: 409, description: WEBHOOK_IS_ACTIVE }));
    this.#end(refused({ status: 409, description: OTHER_POLLER }));
    const { offset, limit = PAGE, timeout = 0, allowed_updates: kinds = this.#kinds } = asked;
    this.#kinds = kinds;
    if (offset !== undefined) this.#telegram.confirmBefore(offset);
    // It has hung up meanwhile, which takes nothing back.
    if (signal?.aborted) return;
    const cancel = this.#telegram.timeline.at(timeout * 1_000, () => this.#end(answered([])));
    this.#waiting = { offset, limit: Math.min(limit, PAGE), reply, cancel };
    signal?.addEventListener('abort', () => this.#waiting?.reply === reply && this.#end(undefined), {
      once: true,
    });
    this.#answerWaiting();
  }

  #answerWaiting(): void {
    const { offset = -Infinity, limit } = this.#waiting ?? { limit: 0 };
    const due = this.#telegram.undelivered.filter(({ update_id: id }) => id >= offset).slice(0, limit);
    if (due.length > 0) this.#end(answered(due.map(wired)));
  }

  /** @param response absent: its caller has gone */
  #end(response: Response | undefined): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    this.#waiting = undefined;
    waiting.cancel();
    if (response !== undefined) waiting.reply(response);
  }

  #fateOf(nowMs: number): CallFate | undefined {
    const nth = (this.#requests += 1);
    const outage = outageAt(this.#outages, nowMs);
    return outage === undefined ? this.#fates.get(nth) : fateInOutage(outage, nth);
  }

  #latencyMs(): number {
    return 20 + this.#random.next() * 60;
  }
}
