import type { Mishap } from './consumer-slot.ts';

/**
 * The view from outside: between the consumers and the store, the Bot API and Telegram's deliveries. Nothing here
 * is the consumers' own account of what they did. Times are this process's, in milliseconds.
 */
export interface Observed {
  /** Ids of every update that Telegram was given. */
  sent: number[];
  /** The ids among them that no handler can handle. */
  poison: number[];
  writes: StoreWrite[];
  calls: BotCall[];
  answers: WebhookAnswer[];
  mishaps: Mishap[];
  /** The ledger at the end, read past every wire. */
  ledger: Map<number, { status: string; attempts: number }>;
  /** The updates that Telegram still had to deliver, or had given up, at the end. */
  undelivered: number[];
}

/** One conditional write of the protocol. */
export interface StoreWrite {
  kind: 'acquire' | 'claim' | 'settle';
  consumer: string;
  /** Absent for a refused acquire, whose token nobody was given. */
  token?: number;
  updateId?: number;
  /** In an acquire, the name of its lease item. Tokens of two partitions have nothing to do with each other. */
  partition?: string;
  /** In a settle only. */
  status?: string;
  error?: string;
  /** In an acquire, the holder that it was taken from, and the update which that one handled. */
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
  /** The token of the claim under which it was made; 0 where the consumer had claimed nothing. */
  token: number;
  arrivedAtMs: number;
  /** The user sees it. */
  processed: boolean;
  /** The consumer was handed the whole answer, and it was a success. */
  confirmed: boolean;
}

/** A consumer's answer to one delivery. */
export interface WebhookAnswer {
  updateId: number;
  status: number;
  atMs: number;
}
