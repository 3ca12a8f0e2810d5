import type { ConsumerEvent } from '../../../lease/events.ts';

/**
 * One thing that happened, in a running system or in a simulated history. Times are milliseconds, of one clock for a
 * whole trace; an absent end is not known (yet).
 */
export type TraceEntry =
  | RequestEntry
  | CallEntry
  | DeliveryEntry
  | EventEntry
  | ProcessEntry
  | OutageEntry
  | NoteEntry
  | ViolationEntry;

/** The purpose of a request to the store. */
export type RequestPurpose =
  | 'acquire'
  | 'renew'
  | 'release'
  | 'force-release'
  | 'claim'
  | 'settle'
  | 'replay'
  | 'drop'
  | 'read'
  | 'layout'
  | 'other';

/** A message between two machines goes astray, or a machine's clock does. */
export type Mishap = 'lost' | 'late' | 'twice' | 'clock';

interface At {
  readonly atMs: number;
  /** The name of a row: a process, or who else acts. */
  readonly process: string;
}

/** One request to the store; `lease` is what the store holds after it, where it speaks of a lease. */
export interface RequestEntry extends At {
  readonly type: 'request';
  readonly endedAtMs?: number;
  readonly purpose: RequestPurpose;
  readonly updateId?: number;
  readonly result: 'applied' | 'refused' | 'read' | 'lost';
  readonly lease?: LeaseState;
  /** Something went wrong with the request on its way: this, in words. */
  readonly fate?: string;
  readonly mishap?: Mishap;
}

export interface LeaseState {
  readonly partition: string;
  /** The row of its holder; absent when it is free. */
  readonly holder?: string;
  readonly fencingToken: number;
  readonly expiresAtMs: number;
}

/** One call of the Bot API. */
export interface CallEntry extends At {
  readonly type: 'call';
  readonly endedAtMs?: number;
  readonly method: string;
  readonly updateId?: number;
  readonly answer: 'ok' | 'refused' | 'none';
}

/** Telegram hands an update over; `outcome` is the answer. */
export interface DeliveryEntry extends At {
  readonly type: 'delivery';
  readonly endedAtMs?: number;
  readonly updateId: number;
  readonly outcome?: string;
}

export interface EventEntry extends At {
  readonly type: 'event';
  readonly event: ConsumerEvent;
}

export interface ProcessEntry extends At {
  readonly type: 'process';
  readonly what: 'started' | 'frozen' | 'thawed' | 'killed' | 'ended';
}

/** A time in which the store or Telegram answers nobody, or badly. */
export interface OutageEntry {
  readonly type: 'outage';
  readonly atMs: number;
  readonly endedAtMs?: number;
  readonly of: 'store' | 'telegram';
  readonly text: string;
}

export interface NoteEntry extends At {
  readonly type: 'note';
  readonly text: string;
  readonly mishap?: Mishap;
}

/** A check of the simulator that failed. */
export interface ViolationEntry {
  readonly type: 'violation';
  readonly atMs: number;
  readonly check: string;
  readonly text: string;
}
