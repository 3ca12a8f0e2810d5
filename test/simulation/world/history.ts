import type { ConsumerEvent } from '../../../functions/lease/events.ts';
import type { Outcome } from '../../../functions/lease/outcome.ts';
import type { Item } from '../dynamodb/operand.ts';
import type { Purpose } from './purpose.ts';
import type { UpdateKind } from './updates.ts';

/** One request as the store saw it. */
export interface StoreEntry {
  type: 'store';
  atMs: number;
  machine: string;
  /** Which call of `send` it is a copy of. */
  call: number;
  operation: string;
  purpose: Purpose;
  name: string;
  result: 'applied' | 'refused' | 'read';
  before: Item | undefined;
  after: Item | undefined;
}

/** One call of the Bot API: when the guard let it out, when it had its effect, and what its sender learnt. */
export interface CallEntry {
  type: 'call';
  atMs: number;
  machine: string;
  run: number;
  updateId: number;
  generation: number;
  step: number;
  token: number;
  /** The lease item that allows it, as the store holds it when the call leaves. */
  leaseName: string | undefined;
  ledger: Item | undefined;
  executedAtMs?: number;
  /** When its sender learnt how it ended, or gave it up. */
  endedAtMs?: number;
  answer?: 'ok' | 'no-answer' | 'aborted' | number;
  /** The wait that a refusal asked for. */
  retryAfterS?: number;
}

/** One handler at work. */
export interface RunEntry {
  type: 'run';
  atMs: number;
  run: number;
  machine: string;
  updateId: number;
  generation: number;
  token: number;
  ledger: Item | undefined;
  endedAtMs?: number;
  /** The end that its own code saw; absent while it has not ended. */
  ended?: 'returned' | 'threw' | 'refused-by-guard' | 'call-failed' | 'hung' | 'crashed';
}

export interface DeliveryEntry {
  type: 'delivery';
  atMs: number;
  machine: string;
  updateId: number;
  generation: number;
  orderingKey: number;
  endedAtMs?: number;
  outcome?: Outcome;
}

/** The answer that Telegram receives to one delivery. */
export interface AnswerEntry {
  type: 'answer';
  atMs: number;
  machine: string;
  updateId: number;
  kind: UpdateKind;
  outcome: Outcome;
  retryAfterS: number | undefined;
}

export interface EventEntry {
  type: 'event';
  atMs: number;
  machine: string;
  event: ConsumerEvent;
}

/** Telegram, or the poller on its behalf, took an update as done with. */
export interface ConfirmedEntry {
  type: 'confirmed';
  atMs: number;
  machine: string;
  updateId: number;
  generation: number;
  how: 'answered' | 'expired';
  ledger: Item | undefined;
}

/** Anything else that a reader of a history needs to know. */
export interface NoteEntry {
  type: 'note';
  atMs: number;
  machine: string;
  text: string;
}

export type Entry =
  StoreEntry | CallEntry | RunEntry | DeliveryEntry | AnswerEntry | EventEntry | ConfirmedEntry | NoteEntry;

/** The record of a history, in order. Checks read it; the code under test adds nothing to it but its own events. */
export class History {
  readonly entries: Entry[] = [];
  /** A check asks for one type again and again. */
  readonly #ofType = new Map<Entry['type'], Entry[]>();

  add<E extends Entry>(entry: E): E {
    this.entries.push(entry);
    const alike = this.#ofType.get(entry.type);
    if (alike === undefined) this.#ofType.set(entry.type, [entry]);
    else alike.push(entry);
    return entry;
  }

  of<T extends Entry['type']>(type: T): readonly Extract<Entry, { type: T }>[] {
    return (this.#ofType.get(type) ?? []) as Extract<Entry, { type: T }>[];
  }
}
