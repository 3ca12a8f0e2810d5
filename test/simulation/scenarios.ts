import { keys } from '../../functions/dynamodb/keys.ts';
import { repetitions } from './checks/repeats.ts';
import type { Plan } from './plan.ts';
import { simulate } from './simulate.ts';
import { SCOPE } from './world/handling.ts';
import { EPOCH_MS, TRUE_CLOCK } from './world/machine.ts';
import type { StoreEntry } from './world/history.ts';
import type { Purpose } from './world/purpose.ts';
import type { Decide } from './world/store-wire.ts';
import { WELL_BEHAVED, type Behaviour, type PlannedUpdate } from './world/updates.ts';
import type { World } from './world/world.ts';

/** A history for a case that random ones hardly ever meet, with what is to be seen in it beside the usual checks. */
export interface Scenario {
  name: string;
  /** What is broken; `undefined`: nothing. */
  run: () => Promise<string | undefined>;
}

const WEEK_MS = 7 * 24 * 3_600_000;
const HOUR_MS = 3_600_000;
const ALWAYS = 1_000_000;

const QUIET: Plan = {
  seed: 1,
  profile: 'scenario',
  front: 'lambda',
  partitions: 1,
  maxEnvironments: 1,
  maxConnections: 40,
  returnsItemOnFailure: true,
  clocksWithinBound: true,
  clocks: [],
  updates: [],
  requestFates: [],
  callFates: [],
  deliveryFates: [],
  storeOutages: [],
  telegramOutages: [],
  steps: [],
};

function update(
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

function scenario(
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
function nth(purpose: Purpose, n: number, fate: ReturnType<Decide>, machine?: string): Decide {
  let seen = 0;
  return (request) => {
    if (request.purpose !== purpose || (machine !== undefined && request.machine !== machine))
      return undefined;
    return (seen += 1) === n ? fate : undefined;
  };
}

const both =
  (...decisions: Decide[]): Decide =>
  (request) =>
    decisions.map((decide) => decide(request)).find((fate) => fate !== undefined);

const applied = (world: World, purpose: Purpose): StoreEntry[] =>
  world.history.of('store').filter((entry) => entry.result === 'applied' && entry.purpose === purpose);

const ledgerOf = (world: World, id: number) => world.table.items.get(`UPDATE#${SCOPE}#${id}|OUTCOME`);

/** What was made of another update 1, a week ago. */
function putOutcomeOfLongAgo(
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

function doneBy(world: World, id: number, limitMs: number, attempts = 1): string | undefined {
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

const expectThat = (holds: boolean, otherwise: string): string | undefined => (holds ? undefined : otherwise);

function expectUnlisted(world: World, id: number): string | undefined {
  const { pk, sk } = keys.dead(SCOPE, id);
  const isListed = world.table.items.has(`${pk}|${sk}`);
  return expectThat(!isListed && ledgerOf(world, id)?.['payload'] === undefined, `${id} is still listed`);
}

/** Of an update whose first five attempts throw: the one after its parking kills its process. */
const CRASH_SIXTH: Behaviour['crashes'] = { times: 6, afterCalls: 1 };

/** Handling that calls Telegram all the time until its tenure ends. */
const busyTalking: Partial<Behaviour> = { calls: 300, thinkMs: 20 };

export const SCENARIOS: Scenario[] = [
  scenario('a missing lease item grants nothing', {
    plan: { updates: [update(1, 100)] },
    prepare: (world) => void world.table.items.delete(`LEASE#${SCOPE}|EPOCH#1#PARTITION#0`),
    without: ['waits-for-ever'],
    expect: (world) => expectThat(world.history.of('run').length === 0, 'an update was handled'),
  }),
  scenario('a fast clock and a slow one leave no overlap at expiry', {
    prepare: (world) => {
      const slow = world.actor('slow', { offsetMs: -999 });
      const fast = world.actor('fast', { offsetMs: 999 });
      slow.deliver(update(1, 100, busyTalking));
      for (let n = 0; n < 12; n += 1) fast.deliver(update(10 + n, 8_000 + n * 1_510, { calls: 2 }));
    },
    expect: (world) =>
      expectThat(
        world.history.of('run').some(({ machine }) => machine === 'fast'),
        'nobody took over',
      ),
  }),
  scenario('a clock that is set back does not lengthen a tenure', {
    prepare: (world) => {
      const a = world.actor('a');
      const b = world.actor('b');
      a.deliver(update(1, 100, busyTalking));
      world.timeline.at(2_000, () => a.machine.setWallClock(-3_600_000));
      for (let n = 0; n < 8; n += 1) b.deliver(update(10 + n, 11_000 + n * 1_510, { calls: 2 }));
    },
    expect: (world) =>
      expectThat(
        world.history.of('run').some(({ machine }) => machine === 'b'),
        'nobody took over',
      ),
  }),
  scenario('a monotonic clock that stands still in a freeze does not lengthen a tenure', {
    prepare: (world) => {
      const a = world.actor('a', { monotonicWhileFrozen: false });
      const b = world.actor('b');
      a.deliver(update(1, 100, busyTalking));
      world.timeline.at(2_000, () => a.machine.freeze());
      world.timeline.at(14_000, () => a.machine.thaw());
      for (let n = 0; n < 3; n += 1)
        b.deliver(update(10 + n, 12_000 + n * 1_000, { calls: 30, thinkMs: 20 }));
    },
    expect: (world) =>
      expectThat(
        world.history.of('run').some(({ machine }) => machine === 'b'),
        'nobody took over',
      ),
  }),
  scenario('an answer that is late does not lengthen a tenure', {
    decide: () => nth('acquire', 1, { kind: 'freeze', when: 'after', forMs: 6_000 }),
    prepare: (world) => {
      // The answer is there before the sender gives it up, since its timers stand still as well.
      const a = world.actor('a', { monotonicWhileFrozen: false });
      const b = world.actor('b');
      a.deliver(update(1, 100, busyTalking));
      for (let n = 0; n < 8; n += 1) b.deliver(update(10 + n, 11_000 + n * 1_510, { calls: 2 }));
    },
    expect: (world) =>
      expectThat(
        world.history.of('run').some(({ machine }) => machine === 'b'),
        'nobody took over',
      ),
  }),
  scenario('an acquire whose answer is late does not lengthen a standing lease', {
    plan: {
      clocks: [{ ...TRUE_CLOCK, monotonicWhileFrozen: false }],
      updates: [update(1, 6_900, { calls: 80, thinkMs: 20 }), update(2, 7_000, { calls: 5 })],
      steps: [
        { atMs: 0, step: { do: 'poller-start', poller: 1 } },
        { atMs: 30_000, step: { do: 'poller-stop', poller: 1 } },
      ],
    },
    decide: () =>
      both(
        nth('acquire', 1, { kind: 'freeze', when: 'after', forMs: 7_000 }),
        ...[1, 2].map((n) => nth('renew', n, { kind: 'lost-before', every: true })),
      ),
  }),
  scenario('a renewal whose answer is late does not lengthen a tenure', {
    plan: {
      clocks: [{ ...TRUE_CLOCK, monotonicWhileFrozen: false }],
      updates: [update(1, 12_900, { calls: 80, thinkMs: 20 }), update(2, 13_000, { calls: 5 })],
      steps: [
        { atMs: 0, step: { do: 'poller-start', poller: 1 } },
        { atMs: 30_000, step: { do: 'poller-stop', poller: 1 } },
      ],
    },
    decide: () =>
      both(
        nth('renew', 2, { kind: 'freeze', when: 'after', forMs: 7_000 }),
        ...[3, 4].map((n) => nth('renew', n, { kind: 'lost-before', every: true })),
      ),
  }),
  scenario('a settling that another consumer has overtaken is no outcome', {
    decide: () => nth('settle', 1, { kind: 'delayed', byMs: 900, every: false }, 'slow'),
    prepare: (world) => {
      const long = update(1, 100, { calls: 1, thinkMs: 10_700, hangs: { times: 0, afterCalls: 0 } });
      world.actor('slow', { offsetMs: -999 }).deliver(long);
      const fast = world.actor('fast', { offsetMs: 999 });
      for (let n = 0; n < 4; n += 1) fast.deliver({ ...long, atMs: 10_800 + n * 300 });
    },
    expect: (world) => {
      const delivery = world.history.of('delivery').find(({ machine }) => machine === 'slow');
      return expectThat(delivery?.outcome?.kind === 'fenced', `it is ${delivery?.outcome?.kind}`);
    },
  }),
  scenario('a claim that another consumer has overtaken is no outcome', {
    decide: () => nth('acquire', 1, { kind: 'freeze', when: 'after', forMs: 15_000 }, 'slow'),
    prepare: (world) => {
      const long = update(1, 100, { calls: 1, thinkMs: 6_000 });
      // The answer is there before the sender gives it up, since its timers stand still as well.
      world.actor('slow', { monotonicWhileFrozen: false }).deliver(long);
      world.actor('other').deliver({ ...long, atMs: 13_500 });
    },
    expect: (world) => {
      const delivery = world.history.of('delivery').find(({ machine }) => machine === 'slow');
      return expectThat(delivery?.outcome?.kind === 'fenced', `it is ${delivery?.outcome?.kind}`);
    },
  }),
  scenario('a late continuation calls nobody under an ended tenure', {
    plan: {
      updates: [
        update(1, 100, { callsAgainAfterMs: 300 }),
        update(2, 150, { calls: 5, thinkMs: 50 }, { chat: 1 }),
      ],
    },
    expect: (world) => doneBy(world, 2, 2_000),
  }),
  scenario('a claim whose answer was lost costs nothing', {
    plan: { updates: [update(1, 100)] },
    decide: () => nth('claim', 1, { kind: 'lost-after', every: false }),
    expect: (world) => doneBy(world, 1, 2_500),
  }),
  scenario('a claim of unknown outcome is handed back, and counts as no attempt', {
    plan: { updates: [update(1, 100)] },
    decide: () => nth('claim', 1, { kind: 'lost-after', every: true }),
    expect: (world) => doneBy(world, 1, 12_000),
  }),
  scenario('a settling whose answer was lost is one', {
    plan: { updates: [update(1, 100), update(2, 200, {}, { chat: 1 })] },
    decide: () => nth('settle', 1, { kind: 'lost-after', every: false }),
    expect: (world) => doneBy(world, 2, 4_000),
  }),
  scenario('an acquire whose answer was lost is one', {
    plan: { updates: [update(1, 100)] },
    decide: () => nth('acquire', 1, { kind: 'lost-after', every: false }),
    expect: (world) => doneBy(world, 1, 2_500),
  }),
  scenario('a lease is handed over at once when its update is settled', {
    prepare: (world) => {
      world.actor('a').deliver(update(1, 100));
      world.actor('b').deliver(update(2, 1_000));
    },
    expect: (world) => doneBy(world, 2, 1_400),
  }),
  scenario('a late copy of an acquire that was refused takes no tenure from its own sender', {
    decide: () => nth('acquire', 2, { kind: 'duplicated', afterMs: 200 }, 'a'),
    prepare: (world) => {
      const a = world.actor('a');
      a.deliver(update(1, 100));
      world.actor('b').deliver(update(2, 1_000));
      a.deliver(update(3, 2_000, { calls: 8, thinkMs: 20 }));
    },
    expect: (world) => doneBy(world, 3, 4_000),
  }),
  scenario('a lease is handed over at once after a duplicate', {
    prepare: (world) => {
      const a = world.actor('a');
      const twice = update(1, 100);
      a.deliver(twice);
      a.deliver({ ...twice, atMs: 1_000 });
      world.actor('b').deliver(update(2, 2_000));
    },
    expect: (world) => doneBy(world, 2, 2_400),
  }),
  scenario('a lease is free at once after a duplicate of a dead update', {
    prepare: (world) => {
      const a = world.actor('a');
      const poison = update(1, 100, { throws: { times: ALWAYS, afterCalls: 0 } });
      for (let n = 0; n < 6; n += 1) a.deliver({ ...poison, atMs: 100 + n * 300 });
      world.actor('b').deliver(update(2, 3_000));
    },
    expect: (world) => doneBy(world, 2, 3_400),
  }),
  scenario('a dead update that is replayed while it is delivered is handled by one consumer', {
    plan: { steps: [{ atMs: 4_200, step: { do: 'replay', updateId: 1 } }] },
    // The sixth delivery of the dead update is granted the lease, and claims late.
    decide: () => nth('claim', 6, { kind: 'delayed', byMs: 500, every: false }, 'a'),
    prepare: (world) => {
      const a = world.actor('a');
      const poison = update(1, 100, { throws: { times: 5, afterCalls: 0 }, calls: 20, thinkMs: 50 });
      for (let n = 0; n < 5; n += 1) a.deliver({ ...poison, atMs: 100 + n * 500 });
      a.deliver({ ...poison, atMs: 4_000 });
      world.actor('b').deliver(update(2, 4_040, { calls: 20, thinkMs: 50 }));
    },
  }),
  scenario('an update whose id is used anew is handled by one consumer while its claim is under way', {
    decide: () => nth('claim', 2, { kind: 'delayed', byMs: 500, every: false }, 'a'),
    prepare: (world) => {
      const a = world.actor('a');
      a.deliver(update(1, 100));
      a.deliver(update(1, WEEK_MS, { calls: 10, thinkMs: 50 }, { generation: 2 }));
      world.actor('b').deliver(update(2, WEEK_MS + 100, { calls: 10, thinkMs: 50 }));
    },
  }),
  scenario('an update that failed is handled by one consumer while its claim is under way', {
    decide: () => nth('claim', 2, { kind: 'delayed', byMs: 500, every: false }, 'a'),
    prepare: (world) => {
      const a = world.actor('a');
      const once = update(1, 100, { throws: { times: 1, afterCalls: 0 }, calls: 10, thinkMs: 50 });
      a.deliver(once);
      a.deliver({ ...once, atMs: 2_000 });
      world.actor('b').deliver(update(2, 2_100, { calls: 10, thinkMs: 50 }));
    },
  }),
  scenario('an update whose id is used anew starts with no attempts', {
    plan: { updates: [update(1, WEEK_MS, { throws: { times: 2, afterCalls: 0 } }, { generation: 2 })] },
    prepare: (world) => {
      // Telegram gave it up.
      putOutcomeOfLongAgo(world, { status: 'failed', token: 0, failures: 4 });
    },
    expect: (world) => doneBy(world, 1, WEEK_MS + 20_000, 3),
  }),
  scenario(
    'a process that stands still before its handler begins, or while Telegram answers, uses up no attempt',
    {
      plan: { callFates: [[0, { kind: 'freeze', when: 'after', forMs: 40_000 }]] },
      decide: () => nth('claim', 1, { kind: 'freeze', when: 'after', forMs: 40_000 }),
      prepare: (world) => {
        // So that the wall clock alone tells of it.
        const a = world.actor('a', { monotonicWhileFrozen: false });
        for (const atMs of [100, 45_000]) a.deliver({ ...update(1, 100, { calls: 2 }), atMs });
      },
      expect: (world) => {
        const counted = applied(world, 'settle').filter(({ after }) => Number(after?.['attempts']) > 0);
        const ended = applied(world, 'settle').map(({ after }) => String(after?.['status']));
        return expectThat(
          ended.join() === 'deferred,deferred' && counted.length === 0,
          `ended ${ended.join()}, of which ${counted.length} count`,
        );
      },
    },
  ),
  scenario('an update whose id is used anew in a partition of lower tokens is handled there', {
    plan: { updates: [update(1, WEEK_MS, {}, { generation: 2 })] },
    prepare: (world) => putOutcomeOfLongAgo(world, { status: 'done', token: 5_000 }),
    expect: (world) => doneBy(world, 1, WEEK_MS + 1_000),
  }),
  scenario('an outcome of long ago under the same number in another partition ends no tenure', {
    decide: () => nth('claim', 1, { kind: 'delayed', byMs: 500, every: false }, 'a'),
    prepare: (world) => {
      putOutcomeOfLongAgo(world, { status: 'done', token: 1 });
      world.actor('a').deliver(update(1, WEEK_MS, { calls: 10, thinkMs: 50 }, { generation: 2 }));
      world.actor('b').deliver(update(2, WEEK_MS + 100, { calls: 10, thinkMs: 50 }));
    },
  }),
  scenario('an update whose id is used anew is handled though its namesake is done, and counts for itself', {
    plan: {
      updates: [
        update(1, 100),
        update(1, WEEK_MS, { crashes: { times: 1, afterCalls: 0 } }, { generation: 2 }),
      ],
    },
    expect: (world) => {
      const record = ledgerOf(world, 1);
      return expectThat(
        world.history.of('run').length === 3 && record?.['status'] === 'done' && record['attempts'] === 2,
        `handled ${world.history.of('run').length} times, with ${String(record?.['attempts'])} attempts`,
      );
    },
  }),
  scenario('a settling that lands late does not undo a replay', {
    plan: { steps: [{ atMs: 10_000, step: { do: 'replay', updateId: 1 } }] },
    decide: () => nth('settle', 5, { kind: 'duplicated', afterMs: 9_500 }, 'a'),
    prepare: (world) => {
      const a = world.actor('a');
      const poison = update(1, 100, { throws: { times: 5, afterCalls: 0 } });
      for (let n = 0; n < 5; n += 1) a.deliver({ ...poison, atMs: 100 + n * 500 });
      // Holds the lease meanwhile, so that the replayed update is not claimed at once.
      world.actor('b').deliver(update(2, 9_000, { hangs: { times: 1, afterCalls: 0 } }));
    },
    expect: (world) => doneBy(world, 1, 60_000, 1),
  }),
  scenario('a forced release of a living holder is a reason to repeat its calls', {
    plan: { steps: [{ atMs: 1_000, step: { do: 'force-release', partition: 0, evenIfLive: true } }] },
    prepare: (world) => {
      const long = update(1, 100, { calls: 30, thinkMs: 20 });
      world.actor('a').deliver(long);
      world.actor('b').deliver({ ...long, atMs: 1_200 });
    },
    expect: (world) =>
      expectThat(
        repetitions(world).some(({ cause }) => cause === 'forced release'),
        'nothing was repeated',
      ),
  }),
  scenario(
    'a forced release whose answer is lost is told as one, though the lease is taken before it is asked again',
    {
      plan: { steps: [{ atMs: 1_000, step: { do: 'force-release', partition: 0, evenIfLive: true } }] },
      decide: () => nth('force-release', 1, { kind: 'lost-after', every: false }),
      prepare: (world) => {
        world.actor('a').deliver(update(1, 100, { calls: 30, thinkMs: 20 }));
        world.actor('b').deliver(update(2, 1_200));
      },
      expect: (world) => {
        const told = world.history.of('event').find(({ event }) => event.type === 'force-released');
        const taken = applied(world, 'acquire').find(({ machine }) => machine === 'b');
        return expectThat(
          told?.event.type === 'force-released' &&
            told.event.holder === 'a' &&
            taken !== undefined &&
            taken.atMs < told.atMs,
          'nobody is told of it, or nobody took the lease before',
        );
      },
    },
  ),
  scenario('a release that lands late frees no later tenure', {
    plan: {
      front: 'server',
      updates: [update(1, 100), update(2, 5_000, busyTalking)],
      steps: [
        { atMs: 0, step: { do: 'poller-start', poller: 1 } },
        { atMs: 30_000, step: { do: 'poller-stop', poller: 1 } },
      ],
    },
    decide: () =>
      both(
        nth('renew', 1, { kind: 'lost-before', every: true }),
        nth('release', 1, { kind: 'duplicated', afterMs: 900 }),
      ),
    without: ['waits-for-ever'],
  }),
  scenario('a forced release of another token than the operator saw is refused', {
    plan: {
      updates: [update(1, 100, { hangs: { times: 1, afterCalls: 0 } }), update(2, 300, {}, { chat: 2 })],
      steps: [{ atMs: 9_000, step: { do: 'force-release', partition: 0, evenIfLive: true } }],
    },
    decide: () => nth('force-release', 1, { kind: 'delayed', byMs: 8_000, every: true }),
    expect: (world) => expectThat(applied(world, 'force-release').length === 0, 'it was released'),
  }),
  scenario('a forced release waits for expiry', {
    plan: {
      updates: [update(1, 100, { crashes: { times: 1, afterCalls: 0 } })],
      steps: [{ atMs: 5_000, step: { do: 'force-release', partition: 0, evenIfLive: false } }],
    },
    expect: (world) => expectThat(applied(world, 'force-release').length === 0, 'it was released'),
  }),
  scenario('a forced release waits for expiry and the margin', {
    prepare: (world) => {
      const a = world.actor('a');
      a.deliver(update(1, 100));
      world.timeline.at(145, () => a.machine.kill());
    },
    plan: { steps: [{ atMs: 12_600, step: { do: 'force-release', partition: 0, evenIfLive: false } }] },
    expect: (world) => expectThat(applied(world, 'force-release').length === 0, 'it was released'),
  }),
  scenario('a forced release frees a lease that has expired', {
    prepare: (world) => {
      const a = world.actor('a');
      a.deliver(update(1, 100));
      world.timeline.at(145, () => a.machine.kill());
    },
    plan: { steps: [{ atMs: 13_600, step: { do: 'force-release', partition: 0, evenIfLive: false } }] },
    expect: (world) => expectThat(applied(world, 'force-release').length === 1, 'it was refused'),
  }),
  scenario('a lease that nobody holds is not released by force', {
    plan: { steps: [{ atMs: 1_000, step: { do: 'force-release', partition: 0, evenIfLive: true } }] },
    expect: (world) => expectThat(applied(world, 'force-release').length === 0, 'it was released'),
  }),
  scenario('a change of layout waits for expiry and the margin', {
    prepare: (world) => {
      const a = world.actor('a');
      a.deliver(update(1, 100));
      world.timeline.at(145, () => a.machine.kill());
    },
    plan: { steps: [{ atMs: 2_000, step: { do: 'partitions', count: 2 } }] },
    expect: (world) => {
      const [first] = applied(world, 'retire');
      return expectThat(
        first !== undefined && first.atMs > 13_000 && first.atMs < 14_000,
        `retired at ${first?.atMs}`,
      );
    },
  }),
  scenario('a layout that could not be read is read again', {
    plan: { updates: [update(1, 100)] },
    decide: () => nth('read', 1, { kind: 'lost-before', every: true }),
    expect: (world) => doneBy(world, 1, 12_000),
  }),
  scenario('a replay that lands late does not undo a later death', {
    plan: {
      updates: [update(1, 100, { throws: { times: ALWAYS, afterCalls: 0 } })],
      steps: [{ atMs: 60_000, step: { do: 'replay', updateId: 1 } }],
    },
    decide: () => nth('replay', 1, { kind: 'duplicated', afterMs: 60_000 }),
    expect: (world) =>
      expectThat(
        ledgerOf(world, 1)?.['status'] === 'dead' && applied(world, 'replay').length === 1,
        'it was replayed twice',
      ),
  }),
  scenario('what was dropped is not replayed', {
    plan: {
      updates: [update(1, 100, { throws: { times: ALWAYS, afterCalls: 0 } })],
      steps: [
        { atMs: 60_000, step: { do: 'drop', updateId: 1 } },
        { atMs: 61_000, step: { do: 'replay', updateId: 1 } },
      ],
    },
    expect: (world) => expectThat(applied(world, 'replay').length === 0, 'it was replayed'),
  }),
  scenario('what is done is not replayed', {
    plan: { updates: [update(1, 100)], steps: [{ atMs: 60_000, step: { do: 'replay', updateId: 1 } }] },
    expect: (world) => expectThat(applied(world, 'replay').length === 0, 'it was replayed'),
  }),
  scenario('a replayed update has all its attempts', {
    plan: {
      updates: [update(1, 100, { throws: { times: 7, afterCalls: 0 } })],
      steps: [{ atMs: 60_000, step: { do: 'replay', updateId: 1 } }],
    },
    expect: (world) => doneBy(world, 1, 120_000, 3),
  }),
  scenario('a replay that nobody delivers leaves the update on the list, to be replayed again', {
    plan: {
      updates: [update(1, 100, { throws: { times: 5, afterCalls: 0 } })],
      steps: [
        { atMs: 60_000, step: { do: 'replay', updateId: 1, deliveries: 0 } },
        { atMs: 3 * HOUR_MS, step: { do: 'replay', updateId: 1, deliveries: 1 } },
      ],
    },
    expect: (world) => doneBy(world, 1, 3 * HOUR_MS + 1_000) ?? expectUnlisted(world, 1),
  }),
  scenario('a replay that nobody delivers is made again days later, and nothing is lost by then', {
    plan: {
      updates: [update(1, 100, { throws: { times: 6, afterCalls: 0 } })],
      steps: [
        { atMs: 60_000, step: { do: 'replay', updateId: 1, deliveries: 0 } },
        { atMs: WEEK_MS, step: { do: 'expire' } },
        { atMs: WEEK_MS + 1_000, step: { do: 'replay', updateId: 1, deliveries: 1 } },
        { atMs: 2 * WEEK_MS, step: { do: 'expire' } },
        { atMs: 2 * WEEK_MS + 1_000, step: { do: 'replay', updateId: 1, deliveries: 1 } },
      ],
    },
    expect: (world) => doneBy(world, 1, 2 * WEEK_MS + 2_000) ?? expectUnlisted(world, 1),
  }),
  scenario('a replayed update that fails, or is handed back, stays on the list until it is done', {
    plan: {
      updates: [update(1, 100, { throws: { times: 6, afterCalls: 0 } })],
      callFates: [[0, { kind: 'refused', status: 429, retryAfterS: 5 }]],
      steps: [60_000, 120_000, 180_000].map((atMs) => ({
        atMs,
        step: { do: 'replay', updateId: 1, deliveries: 1 },
      })),
    },
    expect: (world) => {
      const settles = applied(world, 'settle').map(({ after }) => after?.['status']);
      return (
        expectThat(settles.slice(4).join() === 'dead,failed,deferred,done', settles.join()) ??
        expectUnlisted(world, 1)
      );
    },
  }),
  scenario('a replayed update that kills its process is dropped once nobody can be at work for it', {
    plan: {
      updates: [update(1, 100, { throws: { times: 5, afterCalls: 0 }, crashes: CRASH_SIXTH })],
      steps: [
        { atMs: HOUR_MS, step: { do: 'replay', updateId: 1, deliveries: 1 } },
        { atMs: HOUR_MS + 20_000, step: { do: 'drop', updateId: 1 } },
        { atMs: 3 * HOUR_MS, step: { do: 'drop', updateId: 1 } },
      ],
    },
    expect: (world) => {
      const [drop, another] = applied(world, 'drop');
      return expectThat(
        drop !== undefined && drop.atMs >= 3 * HOUR_MS && another === undefined,
        `dropped at ${drop?.atMs}`,
      );
    },
  }),
  scenario('a replayed update that killed its process is replayed again, a minute or a day later', {
    plan: {
      updates: [1, 2].map((id) =>
        update(id, 100, { throws: { times: 5, afterCalls: 0 }, crashes: CRASH_SIXTH }),
      ),
      steps: [
        { atMs: HOUR_MS, step: { do: 'replay', updateId: 1, deliveries: 1 } },
        { atMs: HOUR_MS + 60_000, step: { do: 'replay', updateId: 1, deliveries: 1 } },
        { atMs: 2 * HOUR_MS, step: { do: 'replay', updateId: 2, deliveries: 1 } },
        { atMs: WEEK_MS, step: { do: 'replay', updateId: 2, deliveries: 1 } },
      ],
    },
    expect: (world) =>
      doneBy(world, 1, HOUR_MS + 61_000, 2) ??
      doneBy(world, 2, WEEK_MS + 1_000, 1) ??
      expectUnlisted(world, 1) ??
      expectUnlisted(world, 2),
  }),
  scenario('a drop that lands late does not undo a replay', {
    plan: {
      updates: [update(1, 100, { throws: { times: 5, afterCalls: 0 } })],
      steps: [
        { atMs: 60_000, step: { do: 'replay', updateId: 1, deliveries: 0 } },
        { atMs: 70_000, step: { do: 'drop', updateId: 1 } },
        { atMs: 75_000, step: { do: 'replay', updateId: 1, deliveries: 0 } },
        { atMs: 120_000, step: { do: 'replay', updateId: 1, deliveries: 1 } },
      ],
    },
    decide: () => nth('drop', 1, { kind: 'delayed', byMs: 14_000, every: true }),
    expect: (world) => doneBy(world, 1, 121_000),
  }),
  scenario('what is done is done though the store fails while it is taken off the list', {
    plan: {
      updates: [update(1, 100, { throws: { times: 5, afterCalls: 0 } })],
      steps: [{ atMs: 60_000, step: { do: 'replay', updateId: 1, deliveries: 1 } }],
    },
    decide: () => nth('unlist', 1, { kind: 'lost-before', every: true }),
    expect: (world) => {
      const last = world.history.of('delivery').at(-1)?.outcome?.kind;
      return (
        doneBy(world, 1, 61_000) ??
        expectThat(last === 'done', `answered ${last}`) ??
        // By the operator, who tidies up after it.
        expectUnlisted(world, 1)
      );
    },
  }),
  scenario('taking an update off the list, a week late, leaves its namesake on it', {
    plan: {
      updates: [
        update(1, 100, { throws: { times: 5, afterCalls: 0 } }),
        update(1, WEEK_MS, { throws: { times: ALWAYS, afterCalls: 0 } }, { generation: 2 }),
      ],
      steps: [{ atMs: 60_000, step: { do: 'replay', updateId: 1, deliveries: 1 } }],
    },
    decide: () => nth('unlist', 1, { kind: 'duplicated', afterMs: WEEK_MS + HOUR_MS }),
    expect: (world) => expectThat(ledgerOf(world, 1)?.['status'] === 'dead', 'its namesake is not parked'),
  }),
  scenario('a late copy of a listing does not undo what a replay made of it', {
    plan: {
      updates: [update(1, 100, { throws: { times: 5, afterCalls: 0 } })],
      steps: [
        { atMs: 3 * WEEK_MS, step: { do: 'replay', updateId: 1, deliveries: 0 } },
        { atMs: 5 * WEEK_MS, step: { do: 'expire' } },
      ],
    },
    decide: () => nth('list', 1, { kind: 'duplicated', afterMs: 3 * WEEK_MS + HOUR_MS }),
  }),
  scenario('what cannot be put on the list is not parked', {
    plan: { updates: [update(1, 100, { throws: { times: ALWAYS, afterCalls: 0 } })] },
    decide: () => nth('list', 1, { kind: 'lost-before', every: true }),
    expect: (world) => {
      // By then it is an attempt of which nobody saw the end.
      const parked = applied(world, 'settle').find(({ after }) => after?.['status'] === 'dead');
      return expectThat(parked !== undefined && parked.atMs > 600_000, `parked at ${parked?.atMs}`);
    },
  }),
  scenario('poison is parked after exactly five failures', {
    plan: { updates: [update(1, 100, { throws: { times: ALWAYS, afterCalls: 0 } })] },
    expect: (world) =>
      expectThat(
        world.history.of('run').length === 5 && ledgerOf(world, 1)?.['failures'] === 4,
        'not after five failures',
      ),
  }),
  scenario('what kills its process is handled five times, and parked after ten minutes', {
    plan: { updates: [update(1, 100, { crashes: { times: ALWAYS, afterCalls: 0 } }), update(2, 200)] },
    expect: (world) => {
      const parked = applied(world, 'settle').find(({ after }) => after?.['status'] === 'dead');
      const runs = world.history.of('run').filter(({ updateId }) => updateId === 1).length;
      if (parked === undefined || runs !== 5) return `handled ${runs} times`;
      return expectThat(parked.atMs > 600_000 && parked.atMs < 900_000, `parked at ${parked.atMs}`);
    },
  }),
  scenario('what never ends in time is handled five times, and parked after ten minutes', {
    plan: { updates: [update(1, 100, { hangs: { times: ALWAYS, afterCalls: 1 } }), update(2, 200)] },
    expect: (world) => {
      const parked = applied(world, 'settle').find(({ after }) => after?.['status'] === 'dead');
      const runs = world.history.of('run').filter(({ updateId }) => updateId === 1).length;
      if (parked === undefined || runs !== 5) return `handled ${runs} times`;
      return expectThat(parked.atMs > 600_000 && parked.atMs < 900_000, `parked at ${parked.atMs}`);
    },
  }),
  scenario('what has to wait for others again and again, and then lacks the time, is not parked for it', {
    prepare: (world) => {
      const a = world.actor('a');
      const slow = update(1, 0, { calls: 2, thinkMs: 4_000 });
      for (let n = 0; n < 7; n += 1) {
        const atMs = 100 + n * 150_000;
        a.deliver(update(10 + n, atMs, { calls: 1, thinkMs: 4_000 }));
        a.deliver({ ...slow, atMs: atMs + 50 });
      }
      a.deliver({ ...slow, atMs: 1_200_000 });
    },
    expect: (world) => {
      const settles = applied(world, 'settle').filter(({ name }) => name === `UPDATE#${SCOPE}#1|OUTCOME`);
      const told = settles.map(({ after }) => after?.['status']).join();
      return expectThat(told === `${'deferred,'.repeat(7)}done`, told);
    },
  }),
  scenario('what waits for the store again and again while it is handled is not parked for it', {
    prepare: (world) => {
      const a = world.actor('a');
      const slow = update(1, 0, { calls: 2, slowReads: { times: 7, forMs: 6_000 } });
      for (let n = 0; n < 8; n += 1) a.deliver({ ...slow, atMs: 100 + n * 150_000 });
    },
    expect: (world) => {
      const settles = applied(world, 'settle').filter(({ name }) => name === `UPDATE#${SCOPE}#1|OUTCOME`);
      const told = settles.map(({ after }) => after?.['status']).join();
      return expectThat(told === `${'deferred,'.repeat(7)}done`, told);
    },
  }),
  scenario('what hangs while it shows that it is typing is parked all the same', {
    plan: {
      updates: [update(1, 100, { hangs: { times: ALWAYS, afterCalls: 1 }, typesForMs: 450 }), update(2, 200)],
    },
    expect: (world) => {
      const parked = applied(world, 'settle').find(({ after }) => after?.['status'] === 'dead');
      const runs = world.history.of('run').filter(({ updateId }) => updateId === 1).length;
      return expectThat(parked !== undefined && runs === 5, `handled ${runs} times`);
    },
  }),
  scenario('failures after an attempt that vanished wait for ten minutes as well', {
    plan: {
      updates: [
        update(1, 100, { crashes: { times: 1, afterCalls: 0 }, throws: { times: ALWAYS, afterCalls: 0 } }),
      ],
    },
    expect: (world) => {
      const parked = applied(world, 'settle').find(({ after }) => after?.['status'] === 'dead');
      return expectThat(parked !== undefined && parked.atMs > 600_000, `parked at ${parked?.atMs}`);
    },
  }),
  scenario('what waits in its own process waits no longer than half its deadline', {
    prepare: (world) => {
      const a = world.actor('a');
      for (let id = 1; id <= 6; id += 1)
        a.deliver(update(id, 100 + id, { hangs: { times: 1, afterCalls: 0 } }));
    },
  }),
  scenario('what meets a busy lease is answered within the wait that it is allowed', {
    prepare: (world) => {
      world.actor('a').deliver(update(1, 100, { hangs: { times: 1, afterCalls: 0 } }));
      world.actor('b').deliver(update(2, 500));
    },
    expect: (world) => {
      const delivery = world.history.of('delivery').find(({ machine }) => machine === 'b');
      const tookMs = (delivery?.endedAtMs ?? Infinity) - 500;
      return expectThat(tookMs < 2_000, `answered after ${tookMs} ms`);
    },
  }),
  scenario('a call that is still out keeps everybody out until the lease runs out', {
    plan: { callFates: [[0, { kind: 'slow', byMs: 20_000 }]] },
    prepare: (world) => {
      const a = world.actor('a');
      a.deliver(update(1, 100, { stubborn: true, thinkMs: 8_000 }));
      a.deliver(update(2, 11_700));
      world.actor('b').deliver(update(3, 11_750));
    },
    expect: (world) =>
      expectThat(
        world.history.of('event').some(({ event }) => event.type === 'unsettled'),
        'it was settled',
      ),
  }),
  scenario('a call that was not waited for is in before the update is settled', {
    plan: { callFates: [[0, { kind: 'slow', byMs: 3_000 }]] },
    prepare: (world) => {
      const a = world.actor('a');
      a.deliver(update(1, 100, { forgetsLastCall: true }));
      world.actor('b').deliver(update(2, 1_500));
      world.actor('c').deliver(update(3, 4_500));
    },
    expect: (world) => doneBy(world, 3, 5_000) ?? doneBy(world, 1, 4_000),
  }),
  scenario('a poller hands nothing over between two updates, and all of it when it stops', {
    plan: {
      maxEnvironments: 2,
      updates: [update(1, 2_000), update(2, 14_000), update(3, 26_200)],
      steps: [
        { atMs: 0, step: { do: 'poller-start', poller: 1 } },
        { atMs: 25_000, step: { do: 'poller-stop', poller: 1 } },
      ],
    },
    expect: (world) => {
      const by = world.history.of('run').map(({ machine }) => machine.split(':')[0]);
      return (
        expectThat(by.join() === 'poller,poller,lambda', `handled by ${by.join()}`) ??
        doneBy(world, 3, 27_000)
      );
    },
  }),
  scenario('a poller that is frozen past its lease acts no more', {
    plan: {
      updates: [update(1, 1_000, { calls: 60, thinkMs: 20 }), update(2, 3_000, { calls: 30, thinkMs: 20 })],
      clocks: [{ offsetMs: 0, driftMsPerSecond: 0, driftCeilingMs: 0, monotonicWhileFrozen: false }],
      steps: [
        { atMs: 0, step: { do: 'poller-start', poller: 1 } },
        { atMs: 2_000, step: { do: 'freeze', which: 0, forMs: 12_000 } },
        { atMs: 60_000, step: { do: 'poller-stop', poller: 1 } },
      ],
    },
  }),
  scenario('a poller whose renewal is not confirmed acts no more, and starts again', {
    plan: {
      updates: [update(1, 4_000, { calls: 60, thinkMs: 50 }), update(2, 5_000)],
      steps: [
        { atMs: 0, step: { do: 'poller-start', poller: 1 } },
        { atMs: 40_000, step: { do: 'poller-stop', poller: 1 } },
      ],
    },
    decide: () => (request) =>
      request.purpose === 'renew' ? { kind: 'lost-before', every: true } : undefined,
    expect: (world) =>
      expectThat(
        world.history.of('event').some(({ event }) => event.type === 'lost'),
        'it was not noticed',
      ),
  }),
  scenario('a renewal that lands late does not shorten the lease', {
    plan: {
      steps: [
        { atMs: 0, step: { do: 'poller-start', poller: 1 } },
        { atMs: 20_000, step: { do: 'poller-stop', poller: 1 } },
      ],
    },
    decide: () => nth('renew', 1, { kind: 'duplicated', afterMs: 4_000 }),
    expect: (world) => expectThat(applied(world, 'renew').length > 3, 'it was lost'),
  }),
  scenario('a poller tries an update again under a new token', {
    plan: {
      front: 'server',
      updates: [update(1, 2_000, { throws: { times: 2, afterCalls: 1 } })],
      steps: [
        { atMs: 0, step: { do: 'poller-start', poller: 1 } },
        { atMs: 40_000, step: { do: 'poller-stop', poller: 1 } },
      ],
    },
    expect: (world) => doneBy(world, 1, 8_000, 3),
  }),
  scenario('a poller ends an update at its deadline, though its lease goes on', {
    plan: {
      updates: [update(1, 2_000, { hangs: { times: 1, afterCalls: 0 } })],
      steps: [
        { atMs: 0, step: { do: 'poller-start', poller: 1 } },
        { atMs: 60_000, step: { do: 'poller-stop', poller: 1 } },
      ],
    },
    expect: (world) => doneBy(world, 1, 20_000, 2),
  }),
  // The longest, and so the last.
  ...(['refusing', 'silent', 'slow'] as const).map((mode) =>
    scenario(`twenty minutes in which Telegram is ${mode} park nothing`, {
      plan: {
        maxEnvironments: 3,
        updates: [1, 2, 3].map((id) => update(id, id * 100, { calls: 3, thinkMs: 100 })),
        telegramOutages: [{ fromMs: 0, toMs: 1_200_000, mode }],
      },
      expect: (world) =>
        [1, 2, 3]
          .map((id) => expectThat(ledgerOf(world, id)?.['status'] === 'done', `${id} is not done`))
          .find(Boolean),
    }),
  ),
  ...(['refusing', 'silent', 'losing-answers', 'slow'] as const).map((mode) =>
    scenario(`twenty minutes in which the store is ${mode} park nothing`, {
      plan: {
        maxEnvironments: 3,
        updates: [1, 2, 3].map((id) => update(id, id * 100, { calls: 3, thinkMs: 100 })),
        storeOutages: [{ fromMs: 200, toMs: 1_200_000, mode }],
      },
      expect: (world) =>
        [1, 2, 3]
          .map((id) => expectThat(ledgerOf(world, id)?.['status'] === 'done', `${id} is not done`))
          .find(Boolean),
    }),
  ),
];
