import { keys } from '../../../functions/dynamodb/keys.ts';
import type { Plan } from '../plan.ts';
import { simulate } from '../simulate.ts';
import { SCOPE } from '../world/handling.ts';
import { EPOCH_MS } from '../world/machine.ts';
import type { StoreEntry } from '../world/history.ts';
import type { Purpose } from '../world/purpose.ts';
import type { Decide } from '../world/store-wire.ts';
import { WELL_BEHAVED, type Behaviour, type PlannedUpdate } from '../world/updates.ts';
import type { World } from '../world/world.ts';

/** A history for a case that random ones hardly ever meet, with what is to be seen in it beside the usual checks. */
export interface Scenario {
  name: string;
  /** Resolves to the text of what is broken; `undefined`: nothing is. */
  run: () => Promise<string | undefined>;
}

export const WEEK_MS = 7 * 24 * 3_600_000;
export const HOUR_MS = 3_600_000;
export const ALWAYS = 1_000_000;

export const QUIET: Plan = {
  seed: 1,
  profile: 'scenario',
  front: 'lambda',
  partitions: 1,
  maxEnvironments: 1,
  maxConnections: 40,
  webhook: true,
  returnsItemOnFailure: true,
  clocksWithinBound: true,
  clocks: [],
  updates: [],
  requestFates: [],
  purposeFates: [],
  callFates: [],
  pollFates: [],
  deliveryFates: [],
  storeOutages: [],
  telegramOutages: [],
  steps: [],
};

export function update(
  id: number,
  atMs: number,
  behaviour: Partial<Behaviour> = {},
  more: Partial<PlannedUpdate> = {},
): PlannedUpdate {
  return {
    update_id: id,
    generation: 1,
    atMs,
    chat: id,
    kind: 'message',
    behaviour: { ...WELL_BEHAVED, ...behaviour },
    ...more,
  };
}

export function scenario(
  name: string,
  parts: {
    plan?: Partial<Plan>;
    /** Made anew for each run, since most of them count. */
    decide?: () => Decide;
    prepare?: (world: World) => void;
    /** Checks that do not apply: what the scenario does is not promised to end well. */
    without?: string[];
    expect?: (world: World) => string | undefined;
  },
): Scenario {
  const run = async (): Promise<string | undefined> => {
    const { plan, decide, prepare, without = [], expect } = parts;
    const extra = {
      ...(decide !== undefined && { decide: decide() }),
      ...(prepare !== undefined && { prepare }),
    };
    const { world, violations } = await simulate({ ...QUIET, ...plan }, extra);
    const [violation] = violations.filter(({ check }) => !without.includes(check));
    return violation === undefined ? expect?.(world) : `${violation.check}: ${violation.text}`;
  };
  return { name, run };
}

/** Decides over the n-th request of a purpose, from 1. */
export function nth(purpose: Purpose, n: number, fate: ReturnType<Decide>, machine?: string): Decide {
  let seen = 0;
  return (request) => {
    if (request.purpose !== purpose || (machine !== undefined && request.machine !== machine))
      return undefined;
    return (seen += 1) === n ? fate : undefined;
  };
}

export const both =
  (...decisions: Decide[]): Decide =>
  (request) =>
    decisions.map((decide) => decide(request)).find((fate) => fate !== undefined);

export const applied = (world: World, purpose: Purpose): StoreEntry[] =>
  world.history.of('store').filter((entry) => entry.result === 'applied' && entry.purpose === purpose);

export const ledgerOf = (world: World, id: number) => world.table.items.get(`UPDATE#${SCOPE}#${id}|OUTCOME`);

/** Stores the outcome of another update 1, handled a week ago. */
export function putOutcomeOfLongAgo(
  world: World,
  { status, token, failures = 0 }: { status: 'done' | 'failed'; token: number; failures?: number },
): void {
  world.table.items.set(`UPDATE#${SCOPE}#1|OUTCOME`, {
    pk: `UPDATE#${SCOPE}#1`,
    sk: 'OUTCOME',
    status,
    fencing_token: token,
    attempt_id: 'long-ago/1',
    holder: 'long-ago',
    attempts: Math.max(1, failures),
    failures,
    first_attempt_at_ms: EPOCH_MS,
    claimed_at_ms: EPOCH_MS,
    dedupe_until_ms: EPOCH_MS + 48 * HOUR_MS,
    history: [],
  });
}

export function doneBy(world: World, id: number, limitMs: number, attempts = 1): string | undefined {
  const done = applied(world, 'settle').find(
    ({ name, after }) => name === `UPDATE#${SCOPE}#${id}|OUTCOME` && after?.['status'] === 'done',
  );
  if (done === undefined) return `update ${id} is never done`;
  if (done.atMs > limitMs) return `update ${id} is done only after ${Math.round(done.atMs)} ms`;
  const counted = done.after?.['attempts'];
  return counted === attempts
    ? undefined
    : `update ${id} has ${String(counted)} attempts instead of ${attempts}`;
}

export const expectThat = (holds: boolean, otherwise: string): string | undefined =>
  holds ? undefined : otherwise;

export function expectUnlisted(world: World, id: number): string | undefined {
  const { pk, sk } = keys.dead(SCOPE, id);
  const isListed = world.table.items.has(`${pk}|${sk}`);
  return expectThat(!isListed && ledgerOf(world, id)?.['payload'] === undefined, `${id} is still listed`);
}

/** For an update whose first five attempts throw: the one after its parking kills its process. */
export const CRASH_SIXTH: Behaviour['crashes'] = { times: 6, afterCalls: 1 };

/** Handling that calls Telegram all the time until its tenure ends. */
export const busyTalking: Partial<Behaviour> = { calls: 300, thinkMs: 20 };
