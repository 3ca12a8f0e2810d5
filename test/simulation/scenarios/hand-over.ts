import { SETTINGS } from '../world/bot-process.ts';
import type { PlannedUpdate } from '../world/updates.ts';
import {
  WEEK_MS,
  ALWAYS,
  update,
  scenario,
  nth,
  applied,
  ledgerOf,
  putOutcomeOfLongAgo,
  doneBy,
  expectThat,
  type Scenario,
} from './scenario.ts';

/** Messages, presses and inline queries of one user, all at once; but for the first they are dropped without an answer. */
function floodOf(chat: number, count: number, atMs: number): PlannedUpdate[] {
  const kinds = ['message', 'callback_query', 'inline_query'] as const;
  return Array.from({ length: count }, (_, at) =>
    update(at + 1, atMs, { calls: at < kinds.length ? 1 : 0 }, { chat, kind: kinds[at % kinds.length]! }),
  );
}

export const HAND_OVER_SCENARIOS: Scenario[] = [
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
  scenario('a lease is handed over to each of those who wait, though others are quicker at first', {
    prepare: (world) => {
      for (let n = 1; n <= 7; n += 1) world.actor(`waits:${n}`).deliver(update(n, 100 + n));
    },
    expect: (world) =>
      [1, 2, 3, 4, 5, 6, 7].map((id) => doneBy(world, id, 100 + SETTINGS.waitBudgetMs)).find(Boolean),
  }),
  scenario('the flood of one user keeps another of the same partition waiting for less than two seconds', {
    plan: {
      maxEnvironments: 4,
      maxConnections: 4,
      updates: [...floodOf(7, 200, 100), update(1_000, 5_000, {}, { chat: 8 })],
    },
    expect: (world) => doneBy(world, 1_000, 7_000),
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
];
