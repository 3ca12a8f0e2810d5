import type { Mishap } from './consumer-slot.ts';

/**
 * What was seen from outside: between the consumers and the store, the Bot API and Telegram's deliveries. Nothing here
 * is the consumers' own account of what they did. Times are this process's, in milliseconds.
 */
export interface Observed {
  /** Ids of every update that Telegram was given. */
  sent: number[];
  /** Of them, those that no handler can handle. */
  poison: number[];
  writes: StoreWrite[];
  calls: BotCall[];
  answers: WebhookAnswer[];
  mishaps: Mishap[];
  /** The ledger at the end, read past every wire. */
  ledger: Map<number, { status: string; attempts: number }>;
  /** What Telegram still had to deliver, or gave up, at the end. */
  undelivered: number[];
}

/** One conditional write of the protocol. */
export interface StoreWrite {
  kind: 'acquire' | 'claim' | 'settle';
  consumer: string;
  /** Absent for a refused acquire, whose token nobody was given. */
  token?: number;
  updateId?: number;
  /** Of an acquire: the name of its lease item. Tokens of two partitions have nothing to do with each other. */
  partition?: string;
  /** Of a settle. */
  status?: string;
  error?: string;
  /** Of an acquire: whom it was taken from, and until when that lease ran (by the consumers' clock). */
  previous?: { holder: string; updateId?: number };
  sentAtMs: number;
  answeredAtMs?: number;
  /** Unknown where the store gave no answer; unsent where the request did not even reach it. */
  result: 'applied' | 'refused' | 'unknown' | 'unsent';
  /** The consumer was handed the answer. */
  delivered: boolean;
}

export const mayHaveLanded = ({ result }: StoreWrite): boolean =>
  result === 'applied' || result === 'unknown';

/** One call that shows the user something. */
export interface BotCall {
  consumer: string;
  updateId: number;
  /** Of the claim under which it was made; 0 where the consumer had claimed nothing. */
  token: number;
  arrivedAtMs: number;
  /** The user sees it. */
  processed: boolean;
  /** The consumer was handed the whole answer, and it was a success. */
  confirmed: boolean;
}

/** What a consumer answered to one delivery. */
export interface WebhookAnswer {
  updateId: number;
  status: number;
  atMs: number;
}
