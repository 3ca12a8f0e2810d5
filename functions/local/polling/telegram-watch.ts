import { GrammyError, HttpError } from 'grammy/web';
import { Countdown, type Clock } from '../../lease/clock.ts';
import { reason } from '../../status/reasons.ts';
import { whyUnanswered } from '../../telegram/unanswered.ts';

/** One call that fails is everyday; so many in a row, or for so long, are what users feel. */
const TROUBLE_CALLS = 3;
const TROUBLE_MS = 10_000;

/** A poller that goes on to use the token disturbs again within this. */
const CONFLICT_TOLD_MS = 60_000;

/** The console names a long outage again so often. */
const TELL_AGAIN_MS = 300_000;

type Kind = 'telegramSilent' | 'telegramRefuses';

interface Trouble {
  kind: Kind;
  since: Countdown;
  told: Countdown;
  calls: number;
  last: string;
}

/** The troubles that polling has met at Telegram, for the health check and for readers of the console. */
export class TelegramWatch {
  readonly #clock: Clock;
  readonly #say: (line: string) => void;
  #trouble: Trouble | undefined;
  #conflict: { since: Countdown; last: Countdown; times: number } | undefined;

  constructor(options: { clock: Clock; say: (line: string) => void }) {
    this.#clock = options.clock;
    this.#say = options.say;
  }

  /** A getUpdates was answered. */
  answered(): void {
    if (this.#trouble === undefined) return;
    const { since, calls } = this.#trouble;
    this.#trouble = undefined;
    this.#tell(`Telegram answers again after ${seconds(since.elapsedMs())} (${calls} calls had failed)`);
  }

  /** A getUpdates failed and is tried again. */
  failed(error: Error): void {
    if (error instanceof GrammyError && error.error_code === 409) return this.#shared(error);
    const { kind, text } = toldOf(error);
    const before = this.#trouble;
    if (before?.kind !== kind) {
      const now = new Countdown(this.#clock, TELL_AGAIN_MS);
      this.#trouble = {
        kind,
        since: before?.since ?? now,
        told: now,
        calls: (before?.calls ?? 0) + 1,
        last: text,
      };
      return this.#tell(`${text}. Trying again until it does`);
    }
    before.calls += 1;
    before.last = text;
    if (before.told.remainingMs() > 0) return;
    before.told = new Countdown(this.#clock, TELL_AGAIN_MS);
    this.#tell(`${text}, for ${seconds(before.since.elapsedMs())} by now (${before.calls} calls)`);
  }

  /** Reasons for which this bot's health is degraded. */
  reasons(): string[] {
    const found: string[] = [];
    const { kind, since, calls } = this.#trouble ?? {};
    if (kind !== undefined && (calls! >= TROUBLE_CALLS || since!.elapsedMs() >= TROUBLE_MS)) {
      found.push(reason(kind, `since ${iso(since!)}, ${calls} calls failed`));
    }
    if (this.#conflict !== undefined && this.#conflict.last.remainingMs() > 0) {
      const { since: first, times } = this.#conflict;
      found.push(
        reason('tokenShared', `since ${iso(first)}, ${times} ${times === 1 ? 'conflict' : 'conflicts'}`),
      );
    }
    return found;
  }

  #shared(error: GrammyError): void {
    const last = new Countdown(this.#clock, CONFLICT_TOLD_MS);
    if (this.#conflict !== undefined && this.#conflict.last.remainingMs() > 0) {
      this.#conflict = { ...this.#conflict, last, times: this.#conflict.times + 1 };
      return;
    }
    this.#conflict = { since: last, last, times: 1 };
    this.#tell(`Another program has begun to poll with this token, going on: ${error.description}`);
  }

  #tell(line: string): void {
    const time = new Date(this.#clock.wallMs()).toTimeString().slice(0, 8);
    this.#say(`${time} ${line}`);
  }
}

function toldOf(error: Error): { kind: Kind; text: string } {
  if (error instanceof HttpError)
    return { kind: 'telegramSilent', text: `Telegram does not answer (${whyUnanswered(error)})` };
  if (!(error instanceof GrammyError))
    return { kind: 'telegramSilent', text: 'Telegram does not answer as the Bot API does' };
  const { error_code: code, description } = error;
  // Behind a gateway's error nobody answered.
  const kind = code >= 500 ? 'telegramSilent' : 'telegramRefuses';
  const verb = code >= 500 ? 'does not answer' : 'refuses getUpdates';
  return { kind, text: `Telegram ${verb} (${code} ${description})` };
}

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;

const iso = ({ startedAtWallMs }: Countdown): string => new Date(startedAtWallMs).toISOString();
