import type { BotApiClock } from './clock.ts';
import type { CallbackAnswer, InlineAnswer } from './types.ts';

interface OpenQuery {
  readonly kind: 'callback' | 'inline';
  readonly expiresAtMs: number;
  updateId: number | undefined;
  answer?: CallbackAnswer | InlineAnswer;
}

const LIFETIME_MS = { callback: 150_000, inline: 30_000 };

/** Callback and inline queries of one bot: each can be answered once, while it lives. */
export class Queries {
  readonly #clock: BotApiClock;
  readonly #random: () => number;
  readonly #queries = new Map<string, OpenQuery>();

  constructor(options: { clock: BotApiClock; random: () => number }) {
    this.#clock = options.clock;
    this.#random = options.random;
  }

  /** A new query's id: digits, and more of them than a JavaScript number holds. */
  open(kind: OpenQuery['kind']): string {
    const tail = String(Math.floor(this.#random() * 1e9)).padStart(9, '0');
    const id = `${4_000_000_000 + this.#queries.size}${tail}`;
    this.#queries.set(id, {
      kind,
      expiresAtMs: this.#clock.wallMs() + LIFETIME_MS[kind],
      updateId: undefined,
    });
    return id;
  }

  /** Remembers which update carries the query. */
  assign(id: string, updateId: number | undefined): void {
    const query = this.#queries.get(id);
    if (query) query.updateId = updateId;
  }

  updateOf(id: string): number | undefined {
    return this.#queries.get(id)?.updateId;
  }

  /** False when there is no such query, it was answered before, or its time is over. */
  isOpen(id: string, kind: OpenQuery['kind']): boolean {
    const query = this.#queries.get(id);
    return query?.kind === kind && query.answer === undefined && query.expiresAtMs > this.#clock.wallMs();
  }

  answer(answer: CallbackAnswer | InlineAnswer): void {
    const query = this.#queries.get(answer.queryId);
    if (query) query.answer = answer;
  }

  callbackAnswer(id: string): CallbackAnswer | undefined {
    const query = this.#queries.get(id);
    return query?.kind === 'callback' ? (query.answer as CallbackAnswer | undefined) : undefined;
  }

  inlineAnswer(id: string): InlineAnswer | undefined {
    const query = this.#queries.get(id);
    return query?.kind === 'inline' ? (query.answer as InlineAnswer | undefined) : undefined;
  }
}
