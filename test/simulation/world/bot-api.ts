import { befall, fateInOutage, outageAt, pause, SLOW_MS, type CallFate, type Outage } from './fates.ts';
import type { CallEntry, History } from './history.ts';
import type { Machine } from './machine.ts';
import type { Random } from './random.ts';

/** A call that does not heed its signal ends with its connection. */
const SOCKET_TIMEOUT_MS = 15_000;

/** Telegram's network as a handler's calls reach it. A call that has left has its effect, whatever its sender does meanwhile. */
export class BotApi {
  readonly #history: History;
  readonly #random: Random;
  readonly #fates: ReadonlyMap<number, CallFate>;
  readonly #outages: readonly Outage[];
  readonly #roundTripMs: number | undefined;
  readonly #listening = new Set<() => void>();
  #calls = 0;

  constructor(options: {
    history: History;
    random: Random;
    fates: ReadonlyMap<number, CallFate>;
    outages: readonly Outage[];
    roundTripMs?: number | undefined;
  }) {
    this.#history = options.history;
    this.#random = options.random;
    this.#fates = options.fates;
    this.#outages = options.outages;
    this.#roundTripMs = options.roundTripMs;
  }

  /**
   * @param options.entry the record of it, made at the instant in which it leaves
   * @param options.stubborn the call does not end when it is aborted
   * @param options.lapsed whether it is aborted since the tenure is over
   */
  async call(
    machine: Machine,
    options: { entry: () => CallEntry; signal: AbortSignal; stubborn: boolean; lapsed: () => boolean },
  ): Promise<Response> {
    const fate = this.#fateOf(this.#calls, machine.timeline.nowMs);
    this.#calls += 1;
    if (fate?.kind === 'held-up') {
      pause(machine, fate.forMs);
      await new Promise<void>((resolve) => machine.receive(0, resolve));
    }
    return this.#leave(machine, fate, options);
  }

  #leave(
    machine: Machine,
    fate: CallFate | undefined,
    options: { entry: () => CallEntry; signal: AbortSignal; stubborn: boolean; lapsed: () => boolean },
  ): Promise<Response> {
    const { timeline, clock } = machine;
    const entry = this.#history.add(options.entry());
    return new Promise((resolve, reject) => {
      let deaf: (() => void) | undefined;
      const end = (answer: NonNullable<CallEntry['answer']>, settle: () => void): void => {
        entry.answer ??= answer;
        entry.endedAtMs ??= timeline.nowMs;
        giveUp();
        deaf?.();
        settle();
      };
      const noAnswer = (): void => reject(new TypeError('fetch failed'));
      const giveUp = clock.after(SOCKET_TIMEOUT_MS, () => end('no-answer', noAnswer));
      const abort = (): void => end(options.lapsed() ? 'aborted' : 'no-answer', noAnswer);
      if (!options.stubborn) deaf = this.#listen(options.signal, abort);
      // A call that was aborted while its process stood still has left all the same.
      if (options.signal.aborted && !options.stubborn) abort();

      if (befall(machine, fate, 'before') === 'dead') return;
      if (fate?.kind === 'silent') return;
      const slowMs = fate?.kind === 'slow' ? fate.byMs : 0;
      timeline.at(slowMs + this.#latencyMs(), () => {
        const refusal = fate?.kind === 'refused' ? fate : undefined;
        if (refusal?.retryAfterS !== undefined) entry.retryAfterS = refusal.retryAfterS;
        if (refusal === undefined) entry.executedAtMs = timeline.nowMs;
        if (fate?.kind !== 'lost-response') {
          const answer = refusal === undefined ? answered({ message_id: 1 }) : refused(refusal);
          machine.receive(this.#latencyMs(), () => end(refusal?.status ?? 'ok', () => resolve(answer)));
        }
        befall(machine, fate, 'after');
      });
    });
  }

  /** A call without an effect, which only an outage befalls: whether Telegram answers at all. */
  ask(machine: Machine, signal: AbortSignal): Promise<Response> {
    const { timeline } = machine;
    const outage = outageAt(this.#outages, timeline.nowMs);
    return new Promise((resolve, reject) => {
      const noAnswer = (): void => reject(new TypeError('fetch failed'));
      this.#listen(signal, noAnswer);
      if (outage === 'silent' || outage === 'losing-answers') return;
      const answer = outage === 'refusing' ? refused({ status: 429, retryAfterS: 1 }) : answered({ id: 42 });
      timeline.at(this.#latencyMs() + (outage === 'slow' ? SLOW_MS : 0), () =>
        machine.receive(this.#latencyMs(), () => resolve(answer)),
      );
    });
  }

  /** The history is over, also for calls that have no end. */
  close(): void {
    for (const deaf of this.#listening) deaf();
  }

  /**
   * The platform keeps a combined signal, and the whole history behind it, for as long as somebody listens to it.
   * @returns the function that ends it
   */
  #listen(signal: AbortSignal, abort: () => void): () => void {
    const deaf = (): void => {
      signal.removeEventListener('abort', abort);
      this.#listening.delete(deaf);
    };
    signal.addEventListener('abort', abort, { once: true });
    this.#listening.add(deaf);
    return deaf;
  }

  #fateOf(call: number, nowMs: number): CallFate | undefined {
    const outage = outageAt(this.#outages, nowMs);
    return outage === undefined ? this.#fates.get(call) : fateInOutage(outage, call);
  }

  /** One way. */
  #latencyMs(): number {
    if (this.#roundTripMs !== undefined) return this.#roundTripMs / 2;
    return 20 + this.#random.next() * 60;
  }
}

export function answered(result: unknown): Response {
  return new Response(JSON.stringify({ ok: true, result }));
}

export function refused(refusal: { status: number; retryAfterS?: number; description?: string }): Response {
  const { status, retryAfterS, description = 'simulated' } = refusal;
  const parameters = retryAfterS === undefined ? {} : { retry_after: retryAfterS };
  return new Response(JSON.stringify({ ok: false, error_code: status, description, parameters }), { status });
}
