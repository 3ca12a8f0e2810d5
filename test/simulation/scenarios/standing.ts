import {
  update,
  scenario,
  nth,
  applied,
  doneBy,
  expectThat,
  ledgerOf,
  WEEK_MS,
  type Scenario,
} from './scenario.ts';

export const STANDING_SCENARIOS: Scenario[] = [
  scenario('a poller hands nothing over between two updates, and all of it when it stops', {
    plan: {
      webhook: false,
      maxEnvironments: 2,
      updates: [update(1, 2_000), update(2, 14_000), update(3, 26_200)],
      steps: [
        { atMs: 0, step: { do: 'poller-start', poller: 1 } },
        { atMs: 25_000, step: { do: 'poller-stop', poller: 1 } },
        { atMs: 25_500, step: { do: 'webhook', isSet: true } },
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
      webhook: false,
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
      webhook: false,
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
      webhook: false,
      steps: [
        { atMs: 0, step: { do: 'poller-start', poller: 1 } },
        { atMs: 40_000, step: { do: 'poller-stop', poller: 1 } },
      ],
    },
    decide: () => nth('renew', 1, { kind: 'duplicated', afterMs: 4_000 }),
    expect: (world) => expectThat(applied(world, 'renew').length > 3, 'it was lost'),
  }),
  scenario('a poller tries an update again under a new token', {
    plan: {
      webhook: false,
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
      webhook: false,
      updates: [update(1, 2_000, { hangs: { times: 1, afterCalls: 0 } })],
      steps: [
        { atMs: 0, step: { do: 'poller-start', poller: 1 } },
        { atMs: 60_000, step: { do: 'poller-stop', poller: 1 } },
      ],
    },
    expect: (world) => doneBy(world, 1, 20_000, 2),
  }),
  scenario('an update that waits over a quiet week confirms none of those whose ids start anew', {
    plan: {
      webhook: false,
      updates: [
        update(900_000, 8_000, { throws: { times: 3, afterCalls: 0 } }),
        update(100, WEEK_MS + 60_000, {}, { chat: 2, generation: 2 }),
        // While the one of before the week goes on waiting.
        update(101, WEEK_MS + 61_000, {}, { chat: 3, generation: 2 }),
      ],
      steps: [
        { atMs: 0, step: { do: 'poller-start', poller: 1 } },
        { atMs: 9_000, step: { do: 'freeze', which: 0, forMs: WEEK_MS + 51_200 } },
        { atMs: WEEK_MS + 200_000, step: { do: 'poller-stop', poller: 1 } },
        { atMs: WEEK_MS + 300_000, step: { do: 'webhook', isSet: true } },
      ],
    },
    expect: (world) =>
      expectThat(
        [100, 101].every((id) => ledgerOf(world, id)?.['status'] === 'done'),
        'one was lost',
      ),
  }),
  ...[32, 100].map((partitions) =>
    scenario(`a poller takes and keeps ${partitions} partitions though each request takes 300 ms`, {
      plan: {
        partitions,
        webhook: false,
        updates: [update(1, 30_000), update(2, 55_000)],
        steps: [
          { atMs: 0, step: { do: 'poller-start', poller: 1 } },
          { atMs: 60_000, step: { do: 'poller-stop', poller: 1 } },
        ],
      },
      decide: () => () => ({ kind: 'delayed', byMs: 300, every: true }),
      expect: (world) =>
        expectThat(
          !world.history.of('event').some(({ event }) => event.type === 'lost'),
          'a part of it was lost',
        ) ??
        doneBy(world, 1, 33_000) ??
        doneBy(world, 2, 58_000),
    }),
  ),
];
