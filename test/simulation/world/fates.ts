import type { Machine } from './machine.ts';

/** The fate of one request to the store; requests are counted over the whole history. */
export type RequestFate =
  /** It never arrives. `every`: nor does any of the SDK's retries. */
  | { kind: 'lost-before'; every: boolean }
  /** It is applied, and its answer never arrives. */
  | { kind: 'lost-after'; every: boolean }
  /** It arrives so much later; the SDK may have given it up and sent another. */
  | { kind: 'delayed'; byMs: number; every: boolean }
  /** A second copy of it arrives so much later. */
  | { kind: 'duplicated'; afterMs: number }
  | { kind: 'throttled'; every: boolean }
  | ProcessFate;

/** The fate of one call of the Bot API; calls are counted over the whole history. */
export type CallFate =
  | { kind: 'refused'; status: 400 | 403 | 429 | 500; retryAfterS?: number }
  /** It never arrives, and no answer comes. */
  | { kind: 'silent' }
  /** It has its effect, and no answer comes. */
  | { kind: 'lost-response' }
  /** It has its effect so much later, whatever its sender does meanwhile. */
  | { kind: 'slow'; byMs: number }
  /** Its process stands still so long between the guard and the wire, and then it leaves. */
  | { kind: 'held-up'; forMs: number }
  | ProcessFate;

/** The fate of the sending process, just before the request leaves or just before the answer comes. */
export type ProcessFate =
  { kind: 'kill'; when: 'before' | 'after' } | { kind: 'freeze'; when: 'before' | 'after'; forMs: number };

/** The fate of one delivery of an update; deliveries are counted over the whole history. */
export type DeliveryFate =
  /** Telegram gives up waiting at once, and delivers anew while the first is still handled. */
  | { kind: 'impatient'; afterMs: number }
  /** The answer, a 2xx perhaps, never arrives. */
  | { kind: 'lost-answer' };

export interface Outage {
  fromMs: number;
  toMs: number;
  /** `losing-answers`: requests have their effect; `slow`: everything takes longer than the sender waits. */
  mode: 'refusing' | 'silent' | 'losing-answers' | 'slow';
  /** The only requests to the store that fail; absent: all of them. */
  of?: StorePart;
}

/** The parts that may fail while the rest of the store works: a kind of request, or the items of a kind. */
export const STORE_PARTS = ['reads', 'writes', 'leases', 'updates', 'list'] as const;
export type StorePart = (typeof STORE_PARTS)[number];

/** @param isPartOf whether a request to the store is one of those */
export function outageAt(
  outages: readonly Outage[],
  nowMs: number,
  isPartOf: (part: StorePart) => boolean = () => true,
): Outage['mode'] | undefined {
  return outages.find(
    ({ fromMs, toMs, of }) => fromMs <= nowMs && nowMs < toMs && (of === undefined || isPartOf(of)),
  )?.mode;
}

/** How much later a call has its effect while Telegram is slow. */
export const SLOW_MS = 4_000;

/** The fate of each call in an outage of Telegram; `nth` varies the wait that a refusal asks for. */
export function fateInOutage(mode: Outage['mode'], nth: number): CallFate {
  switch (mode) {
    case 'refusing':
      return { kind: 'refused', status: 429, retryAfterS: 1 + (nth % 5) };
    case 'silent':
      return { kind: 'silent' };
    case 'losing-answers':
      return { kind: 'lost-response' };
    case 'slow':
      return { kind: 'slow', byMs: SLOW_MS };
  }
}

/** @returns `dead` when nothing of the process is left */
export function befall(
  machine: Machine,
  fate: RequestFate | CallFate | undefined,
  when: ProcessFate['when'],
): 'dead' | undefined {
  if (fate === undefined || !('when' in fate) || fate.when !== when) return undefined;
  if (fate.kind === 'kill') {
    machine.kill();
    return 'dead';
  }
  pause(machine, fate.forMs);
  return undefined;
}

export function pause(machine: Machine, forMs: number): void {
  machine.freeze();
  machine.timeline.at(forMs, () => machine.thaw());
}
