import { update, scenario, nth, applied, doneBy, expectThat, type Scenario } from './scenario.ts';

export const STANDING_SCENARIOS: Scenario[] = [
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
];
