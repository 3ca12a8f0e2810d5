import { repetitions } from '../checks/repeats.ts';
import { LAYOUT } from '../world/handling.ts';
import {
  update,
  scenario,
  nth,
  both,
  applied,
  doneBy,
  expectThat,
  busyTalking,
  type Scenario,
} from './scenario.ts';

export const OPERATOR_SCENARIOS: Scenario[] = [
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
  scenario('a living holder that was released by force may send what its successor has sent', {
    plan: {
      callFates: [[0, { kind: 'slow', byMs: 6_000 }]],
      steps: [{ atMs: 1_000, step: { do: 'force-release', partition: 0, evenIfLive: true } }],
    },
    prepare: (world) => {
      const twice = update(1, 100, { calls: 2 });
      world.actor('a').deliver(twice);
      world.actor('b').deliver({ ...twice, atMs: 1_200 });
    },
    expect: (world) => {
      const again = world.history.of('call').find(({ machine, step }) => machine === 'a' && step === 1);
      const settled = applied(world, 'settle').find(({ machine }) => machine === 'b');
      return expectThat(
        again !== undefined && settled !== undefined && again.atMs > settled.atMs,
        'the holder that was released sent no second message after its successor had settled',
      );
    },
  }),
  scenario('a forced release of a standing lease is a reason to repeat calls for what comes later', {
    plan: {
      webhook: false,
      updates: [update(1, 12_500, { calls: 10, thinkMs: 20 })],
      steps: [
        { atMs: 0, step: { do: 'poller-start', poller: 1 } },
        { atMs: 12_400, step: { do: 'force-release', partition: 0, evenIfLive: true } },
        { atMs: 40_000, step: { do: 'poller-stop', poller: 1 } },
      ],
    },
    prepare: (world) => world.actor('b').deliver(update(1, 13_000, { calls: 10, thinkMs: 20 })),
    expect: (world) =>
      expectThat(repetitions(world)[0]?.cause === 'forced release', 'its first repetition has another cause'),
  }),
  scenario(
    'a forced release whose answer is lost is reported as one, though the lease is taken before it is asked again',
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
  ...[false, true].map((isRestored) =>
    scenario(`a layout that is lost${isRestored ? ' to an older one' : ''} is made anew above every token`, {
      plan: {
        partitions: 2,
        maxEnvironments: 1,
        updates: [update(1, 3_000), update(3, 10_000)],
        steps: [
          { atMs: 500, step: { do: 'partitions', count: 3 } },
          { atMs: 5_000, step: { do: 'lose-layout', isRestored } },
          { atMs: 6_000, step: { do: 'activate', count: 1 } },
          { atMs: 7_000, step: { do: 'partitions', count: 2 } },
        ],
      },
      prepare: (world) => {
        // Somebody who remembers it is at work when its items are retired.
        const a = world.actor('a');
        a.deliver(update(5, 4_000, {}, { chat: 1 }));
        a.deliver(update(6, 51_000, { calls: 30, thinkMs: 100 }, { chat: 1 }));
      },
      expect: (world) => {
        const { epoch, partitions } = world.table.items.get(LAYOUT) ?? {};
        const [, again] = applied(world, 'flip');
        return (
          doneBy(world, 3, 90_000) ??
          expectThat(epoch === 3 && partitions === 2, 'it was not made anew') ??
          expectThat((again?.atMs ?? 0) > 52_000, `nobody was waited for: ${again?.atMs}`)
        );
      },
    }),
  ),
  scenario(
    'a layout that is lost before anything was granted is cut as it was, by any process that activates it',
    {
      plan: {
        partitions: 3,
        updates: [update(1, 5_000)],
        steps: [
          { atMs: 1_000, step: { do: 'lose-layout', isRestored: false } },
          { atMs: 2_000, step: { do: 'activate', count: 1 } },
        ],
      },
      expect: (world) =>
        doneBy(world, 1, 10_000) ??
        expectThat(world.table.items.get(LAYOUT)?.['partitions'] === 3, 'it was cut anew'),
    },
  ),
];
