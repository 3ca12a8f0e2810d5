import { SETTINGS } from './world/bot-process.ts';
import type { CallFate, DeliveryFate, Outage, ProcessFate, RequestFate, STORE_PARTS } from './world/fates.ts';
import type { Plan } from './plan.ts';
import type { Purpose } from './world/purpose.ts';
import type { Random } from './world/random.ts';

/** Below the bound by as much as a clock that shows whole milliseconds may be wrong by itself. */
export const CLOCK_BOUND_MS = SETTINGS.skewMs - 1;

/** So few in a history that a fault by position hardly meets them. */
const RARE: Purpose[] = [
  'renew',
  'release',
  'force-release',
  'retire',
  'create',
  'flip',
  'replay',
  'drop',
  'list',
  'unlist',
];

/** @param parts the parts of the store, one of which alone may fail */
export function planOutages(random: Random, parts?: typeof STORE_PARTS): Outage[] {
  if (random.chance(0.3)) return [];
  const fromMs = random.whole(0, 10_000);
  const mode = random.pick<Outage['mode']>(['refusing', 'silent', 'losing-answers', 'slow']);
  const toMs = fromMs + random.pick([2_000, 15_000, 90_000, 900_000]);
  const of = parts !== undefined && random.chance(0.5) ? random.pick(parts) : undefined;
  return [{ fromMs, toMs, mode, ...(of !== undefined && { of }) }];
}

export function many<F>(random: Random, most: number, among: number, make: () => F): [number, F][] {
  const fates = new Map<number, F>();
  for (let n = random.whole(0, most); n > 0; n -= 1)
    fates.set(random.whole(0, random.chance(0.5) ? 12 : among), make());
  return [...fates].sort(([a], [b]) => a - b);
}

export interface Allowed {
  kills: boolean;
  freezes: boolean;
  /** At most so long between the guard and the wire; 0: not at all. */
  heldUpMs?: number;
}

function processFate(random: Random, allowed: Allowed): ProcessFate | undefined {
  const when = random.pick<ProcessFate['when']>(['before', 'after']);
  if (allowed.kills && random.chance(0.3)) return { kind: 'kill', when };
  if (!allowed.freezes || !random.chance(0.4)) return undefined;
  return { kind: 'freeze', when, forMs: random.pick([1_000, 5_000, 10_500, 11_500, 13_000, 14_500, 30_000]) };
}

export function requestFate(random: Random, allowed: Allowed): RequestFate {
  const every = random.chance(0.4);
  return (
    processFate(random, allowed) ??
    random.pick<RequestFate>([
      { kind: 'lost-before', every },
      { kind: 'lost-after', every },
      { kind: 'lost-after', every },
      { kind: 'delayed', byMs: random.pick([900, 1_500, 4_000, 14_000]), every },
      { kind: 'duplicated', afterMs: random.pick([5, 200, 3_000, 15_000]) },
      { kind: 'throttled', every },
    ])
  );
}

export function callFate(random: Random, allowed: Allowed): CallFate {
  const { heldUpMs = 0 } = allowed;
  if (heldUpMs > 0 && random.chance(0.3)) return heldUp(random, heldUpMs);
  return (
    processFate(random, allowed) ??
    random.pick<CallFate>([
      { kind: 'refused', status: 429, retryAfterS: random.whole(1, 20) },
      { kind: 'refused', status: 500 },
      { kind: 'refused', status: 403 },
      { kind: 'refused', status: 400 },
      { kind: 'silent' },
      { kind: 'lost-response' },
      { kind: 'slow', byMs: random.pick([2_000, 6_000, 13_000]) },
    ])
  );
}

/** For as long as it lasts most messages arrive and few are confirmed. */
export function slowCalls(random: Random): [number, CallFate][] {
  const calls = random.whole(5, 80);
  const fate = (): CallFate =>
    random.pick<CallFate>([
      { kind: 'slow', byMs: 6_000 },
      { kind: 'slow', byMs: 13_000 },
      { kind: 'lost-response' },
      { kind: 'refused', status: 500 },
    ]);
  return Array.from({ length: calls }, (_, call): [number, CallFate] => [call, fate()]).filter(() =>
    random.chance(0.7),
  );
}

export function deliveryFate(random: Random): DeliveryFate {
  return random.chance(0.6)
    ? { kind: 'impatient', afterMs: random.pick([20, 80, 300, 3_000]) }
    : { kind: 'lost-answer' };
}

/** The longest pause between the guard and the wire that both margins allow when each of two clocks is off by so much. */
export const pauseLeftMs = (clockBoundMs: number): number =>
  2 * (SETTINGS.skewMs - 1 - Math.min(clockBoundMs, CLOCK_BOUND_MS));

export function heldUp(random: Random, mostMs: number): CallFate {
  return { kind: 'held-up', forMs: random.chance(0.5) ? mostMs : random.whole(1, mostMs) };
}

/** Faults by what a request is for, so that each purpose is met alike. */
export function rareFates(random: Random, share: number, allowed: Allowed): Plan['purposeFates'] {
  return RARE.flatMap((purpose): Plan['purposeFates'] =>
    random.chance(share) ? [[purpose, random.whole(0, 2), requestFate(random, allowed)]] : [],
  );
}
