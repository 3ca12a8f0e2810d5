import { SCOPE } from '../world/handling.ts';
import {
  ALWAYS,
  update,
  scenario,
  applied,
  ledgerOf,
  doneBy,
  expectThat,
  type Scenario,
} from './scenario.ts';

export const POISON_SCENARIOS: Scenario[] = [
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
];
