import type { LeaseItem } from '../../lease/lease-store.ts';
import { sleep, type Clock } from '../../lease/clock.ts';
import { StoreUnavailableError } from '../../lease/store-unavailable.ts';
import { describeHolder } from '../machine/process-identity.ts';

export interface StandbyOptions {
  /** The lease as it stands. @throws StoreUnavailableError */
  readLease: () => Promise<LeaseItem | undefined>;
  isDead: (holder: string) => boolean;
  /** The name of this process: a lease that it could not release when the store did not answer is its own to take. */
  holder: string;
  /** Where Telegram delivers to; `undefined` when no webhook is set. */
  webhookHost: () => Promise<string | undefined>;
  /** Whether the store says that nobody wants a webhook: it is about to go then. */
  isWebhookUnwanted: () => Promise<boolean>;
  /** The process of this machine that runs the bot over another store, in words; `undefined` when none does. */
  neighbour: () => Promise<string | undefined>;
  clock: Clock;
  skewMs: number;
  /** The term of a standing lease, which tells its last renewal from its expiry. */
  termMs: number;
  say: (line: string) => void;
}

const LEASE_CHECK_MS = 500;
/** While somebody consumes, Telegram is asked no more often. */
const WEBHOOK_CHECK_MS = 60_000;
/** How often the store is asked whether that consumer was stopped, and Telegram where the last answer promises a change. */
const UNCERTAIN_CHECK_MS = 5_000;
const TOKEN_CHECK_MS = [15_000, 30_000, 60_000, 120_000, 300_000];
const STOPPED_CHECK_MS = [1_000, 2_000, 5_000, 10_000, 30_000, 60_000];

/**
 * Waits for its turn: while a webhook is set a live deployment consumes, although its lease is free between any two
 * updates; while the lease is held and unexpired another process does.
 */
export class Standby {
  readonly #options: StandbyOptions;
  readonly #sinceMs: number;
  #lastSaid: string | undefined;
  #pauses = 0;
  /** Telegram's last answer. */
  #webhook: { askedAtMs: number; host: string | undefined } | undefined;
  #lastHolder: { name: string; aliveAtMs: number } | undefined;

  constructor(options: StandbyOptions) {
    this.#options = options;
    this.#sinceMs = options.clock.monotonicMs();
  }

  /** Resolves when taking the lease is worth a try, or when the signal fires. */
  async turn(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    while (!signal.aborted) {
      const waitMs =
        (await this.#waitForLease()) ?? (await this.#waitForNeighbour()) ?? (await this.#waitForWebhook());
      if (waitMs === undefined) return;
      await sleep(clock, waitMs, signal);
    }
  }

  /** Its turn had come, and the store did not answer: one that is away for a moment must not end who waits for hours. */
  failed(error: Error): void {
    this.#say(`Standing by: the store did not answer (${error.message})`);
  }

  /**
   * Its turn had come, and the lease is granted to nobody: a change of the layout has not come to its end, or something of
   * it is missing. Each asking in vain is reported as a refusal, and an operator may not come for days.
   */
  async stopped(signal: AbortSignal, error?: Error): Promise<void> {
    const why =
      error?.message ??
      'the layout is being changed, or a change was cut short: `bot doctor` says what to do';
    this.#say(`Standing by: ${why}`);
    await this.#pause(STOPPED_CHECK_MS, signal);
  }

  /** Somebody polls with the token over another store, or that cannot be found out: each look costs them an error 409. */
  async tokenInUse(error: Error, signal: AbortSignal): Promise<void> {
    this.#say(`Standing by: the token is in use, or Telegram does not answer (${error.message})`);
    await this.#pause(TOKEN_CHECK_MS, signal);
  }

  /** Ever longer, since what has lasted will last. */
  async #pause(stepsMs: readonly number[], signal: AbortSignal): Promise<void> {
    const waitMs = stepsMs[Math.min(this.#pauses, stepsMs.length - 1)]!;
    this.#pauses += 1;
    await sleep(this.#options.clock, waitMs, signal);
  }

  /** Says how long it took, once the lease is held. */
  taken(): void {
    this.#pauses = 0;
    const { clock, say } = this.#options;
    const stoodBy = seconds(clock.monotonicMs() - this.#sinceMs);
    const from = this.#lastHolder;
    if (from === undefined) say(`Nobody held the lease; stood by for ${stoodBy}`);
    else {
      const sinceAlive = seconds(clock.wallMs() - from.aliveAtMs);
      say(`Took over from ${from.name} ${sinceAlive} after its last sign of life; stood by for ${stoodBy}`);
    }
  }

  /** Asked last: a process that holds the lease, or the bot on this machine, says enough, and Telegram is left alone. */
  async #waitForWebhook(): Promise<number | undefined> {
    const { clock, webhookHost, isWebhookUnwanted } = this.#options;
    const nowMs = clock.monotonicMs();
    try {
      const known = this.#webhook;
      const isKnown = known?.host !== undefined && nowMs - known.askedAtMs < WEBHOOK_CHECK_MS;
      if (isKnown && !(await isWebhookUnwanted())) return UNCERTAIN_CHECK_MS;
      const host = await webhookHost();
      this.#webhook = { askedAtMs: nowMs, host };
      if (host === undefined) return undefined;
      this.#say(`Standing by: a webhook is set, Telegram delivers to ${host}`);
    } catch (error) {
      const silent =
        error instanceof StoreUnavailableError
          ? 'the store did not answer'
          : 'Telegram cannot be asked about the webhook';
      this.#say(`Standing by: ${silent} (${reasonOf(error)})`);
    }
    return UNCERTAIN_CHECK_MS;
  }

  async #waitForNeighbour(): Promise<number | undefined> {
    const neighbour = await this.#options.neighbour();
    if (neighbour === undefined) return undefined;
    this.#say(`Standing by: the bot is run by ${neighbour}`);
    return LEASE_CHECK_MS;
  }

  async #waitForLease(): Promise<number | undefined> {
    const { readLease, isDead, holder, clock, skewMs, termMs } = this.#options;
    let item: LeaseItem | undefined;
    try {
      item = await readLease();
    } catch (error) {
      const isSilent = error instanceof StoreUnavailableError;
      this.#say(`Standing by: ${isSilent ? `the store did not answer (${error.message})` : reasonOf(error)}`);
      return isSilent ? LEASE_CHECK_MS : UNCERTAIN_CHECK_MS;
    }
    if (item?.holder === undefined || item.holder === holder) return undefined;
    const isStanding = item.updateId === undefined;
    const aliveAtMs = isStanding ? item.expiresAtMs - termMs : (item.sinceMs ?? clock.wallMs());
    this.#lastHolder = { name: describeHolder(item.holder), aliveAtMs };
    // Whether the lease of one update is over only the taking itself can tell.
    const isBusy = isStanding && item.expiresAtMs + skewMs >= clock.wallMs() && !isDead(item.holder);
    if (!isBusy) return undefined;
    this.#say(`Standing by: the lease is held by ${describeHolder(item.holder)}`);
    return LEASE_CHECK_MS;
  }

  #say(line: string): void {
    if (line !== this.#lastSaid) this.#options.say(line);
    this.#lastSaid = line;
  }
}

function seconds(ms: number): string {
  return `${(Math.max(0, ms) / 1000).toFixed(1)} s`;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
