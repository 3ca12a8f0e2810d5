import { SCOPE } from '../world/handling.ts';
import { TRUE_CLOCK } from '../world/machine.ts';
import { update, scenario, nth, both, expectThat, busyTalking, type Scenario } from './scenario.ts';

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
];
