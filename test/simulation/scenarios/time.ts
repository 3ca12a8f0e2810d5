import { onlyTheHolderActs } from '../checks/effects.ts';
import { SETTINGS } from '../world/bot-process.ts';
import { SCOPE } from '../world/handling.ts';
import { TRUE_CLOCK } from '../world/machine.ts';
import type { World } from '../world/world.ts';
import { applied, update, scenario, nth, both, expectThat, busyTalking, type Scenario } from './scenario.ts';

/**
 * A slow holder that makes its one call at the last moment, is held up between guard and wire, and is followed by a
 * fast contender at the first moment.
 * @param sumMs the time that both clocks and the pause use up together
 */
function atTheLimit(
  sumMs: number,
  [slowByMs, fastByMs]: [number, number],
): Pick<Parameters<typeof scenario>[1], 'plan' | 'prepare'> {
  const pauseMs = sumMs - slowByMs - fastByMs;
  return {
    plan: { callFates: [[0, { kind: 'held-up', forMs: pauseMs }]] },
    prepare: (world) => {
      const holder = world.actor('slow', { offsetMs: -slowByMs });
      holder.deliver(update(1, 0, { thinkMs: 0, lingers: { times: 1, untilLastMs: 1 } }));
      // As its clock shows it: expired for longer than the contender's margin.
      const dueMs = SETTINGS.deadlineMs - slowByMs - fastByMs + SETTINGS.skewMs;
      for (let n = 1; n <= 5; n += 1) {
        const contender = world.actor(`fast:${n}`, { offsetMs: fastByMs });
        contender.deliver(update(10 + n, dueMs + n * 3, { thinkMs: 0 }));
      }
    },
  };
}

/** Milliseconds from the holder's late call to the first write that takes its lease. */
function gapMs(world: World): number {
  const late = world.history.of('call').find(({ machine }) => machine === 'slow');
  const taken = applied(world, 'acquire').find(({ machine }) => machine.startsWith('fast'));
  return (taken?.atMs ?? NaN) - (late?.atMs ?? NaN);
}

/** The milliseconds that two margins lose to a clock's whole milliseconds and to a timer. */
const GRAIN_MS = 3;

export const TIME_SCENARIOS: Scenario[] = [
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
  ...(
    [
      [999, 998],
      [500, 400],
      [0, 0],
    ] as [number, number][]
  ).flatMap((clocks) => [
    scenario(
      `clocks off by ${clocks.join(' and ')} ms and a pause that use up both margins leave no overlap`,
      {
        ...atTheLimit(2 * SETTINGS.skewMs - GRAIN_MS, clocks),
        expect: (world) => expectThat(gapMs(world) < 40, `they are ${gapMs(world)} ms short of the limit`),
      },
    ),
    scenario(`clocks off by ${clocks.join(' and ')} ms and a pause beyond both margins let a call out late`, {
      ...atTheLimit(2 * SETTINGS.skewMs + 60, clocks),
      without: ['one-consumer'],
      expect: (world) => expectThat(onlyTheHolderActs(world).length === 1, 'no call is late'),
    }),
  ]),
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
  scenario('a process that stood still until its time was up asks for the next delivery at once', {
    plan: {
      front: 'server',
      updates: [update(2, 1_000)],
      steps: [{ atMs: 1_500, step: { do: 'freeze', which: 1, forMs: 30_000 } }],
    },
    prepare: (world) => world.actor('a').deliver(update(1, 100, busyTalking)),
    expect: (world) => {
      const asked = world.history.of('answer')[0]?.retryAfterS;
      return expectThat(asked === 1, `it asks for it in ${String(asked)} s`);
    },
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
];
