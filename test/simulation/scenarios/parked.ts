import {
  WEEK_MS,
  HOUR_MS,
  ALWAYS,
  update,
  scenario,
  nth,
  applied,
  ledgerOf,
  doneBy,
  expectThat,
  expectUnlisted,
  CRASH_SIXTH,
  type Scenario,
} from './scenario.ts';

export const PARKED_SCENARIOS: Scenario[] = [
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
];
