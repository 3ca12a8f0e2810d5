import type { CallFate, DeliveryFate, Outage, RequestFate } from './world/fates.ts';
import type { ClockFault } from './world/machine.ts';
import type { OperatorStep } from './world/operator.ts';
import type { Purpose } from './world/purpose.ts';
import type { PlannedUpdate } from './world/updates.ts';

/** Something that happens at a time of its own. */
export type Step =
  | { do: 'shift'; share: number }
  /** `standsBy`: waits for its turn instead of being refused. */
  | { do: 'poller-start'; poller: number; standsBy?: boolean }
  | { do: 'webhook'; isSet: boolean }
  | { do: 'poller-stop'; poller: number }
  /** `which`: one of the processes that live then. */
  | { do: 'freeze'; which: number; forMs: number }
  | { do: 'kill'; which: number }
  /** Its wall clock is set so far from real time. */
  | { do: 'set-clock'; which: number; errorMs: number }
  /** Somebody deletes the layout by hand, or restores the one of before. */
  | { do: 'lose-layout'; isRestored: boolean }
  /** The store's TTL deletion takes what has expired. */
  | { do: 'expire' }
  | OperatorStep;

/**
 * Everything that a history depends on. The same plan gives the same history, and any element of its lists can be
 * taken away: that is how a counterexample is shrunk.
 */
export interface Plan {
  /** For latencies and jitter. */
  seed: number;
  profile: string;
  front: 'lambda' | 'server' | 'both';
  partitions: number;
  maxEnvironments: number;
  maxConnections: number;
  /** Whether one is set when the history begins; without one pollers are given the updates. */
  webhook: boolean;
  /** false: a failed condition returns no item, as on dynalite. */
  returnsItemOnFailure: boolean;
  /** Whether every clock stays within the skew bound: beyond it less is promised. */
  clocksWithinBound: boolean;
  /** The k-th process that starts has the k-th of these, in turn. */
  clocks: ClockFault[];
  updates: PlannedUpdate[];
  requestFates: [number, RequestFate][];
  /** The fate of the n-th request for this purpose, counted from 0, whatever else is sent. */
  purposeFates: [Purpose, number, RequestFate][];
  callFates: [number, CallFate][];
  /** The fates of the pollers' requests to Telegram. */
  pollFates: [number, CallFate][];
  deliveryFates: [number, DeliveryFate][];
  storeOutages: Outage[];
  telegramOutages: Outage[];
  steps: { atMs: number; step: Step }[];
  /** How long each Telegram call takes. @default at random, from 40 to 160 ms */
  telegramMs?: number;
}
