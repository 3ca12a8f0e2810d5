import { update, scenario, nth, doneBy, expectThat, type Scenario } from './scenario.ts';

export const CLAIM_SCENARIOS: Scenario[] = [
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
];
