import { describe, expect, it } from 'vitest';
import type { Cause } from './checks/repeats.ts';
import { generate } from './generate.ts';
import { printHistory } from './print.ts';
import { describeCounterexample } from './report.ts';
import { simulate } from './simulate.ts';
import { Tally } from './tally.ts';

/** Seconds; the long runs are `npm run sim`, and their results in ./README.md. */
const HISTORIES = 120;
/** In these each cause occurs: that a standing lease is lost under an update is rare. */
const FIRST_SEED = 1_971;

/** A forced release at the right moment is a scenario. */
const CAUSES: Cause[] = [
  'crash',
  'pause past expiry',
  'lost response',
  'settle failed or unknown',
  'lease lost',
];

describe('the protocol in simulated histories', () => {
  it(
    'keeps every promise, and repeats Telegram calls in each of the cases in which it may',
    { timeout: 240_000 },
    async () => {
      const tally = new Tally();
      for (let seed = FIRST_SEED; seed < FIRST_SEED + HISTORIES; seed += 1) {
        const plan = generate(seed);
        const { world, violations } = await simulate(plan);
        const [violation] = violations;
        if (violation !== undefined) expect.fail(await describeCounterexample(plan, violation));
        tally.add(world);
      }
      expect([...tally.repeatedBecause.keys()]).toEqual(expect.arrayContaining(CAUSES));
      expect([...tally.ends.keys()].sort()).toStrictEqual(['dead', 'done', 'expired']);
    },
  );

  it('is the same history each time for the same seed', async () => {
    const print = async (): Promise<string> => {
      const { world } = await simulate(generate(7));
      return printHistory(world.history.entries);
    };
    const first = await print();
    expect(first.split('\n').length).toBeGreaterThan(20);
    expect(await print()).toBe(first);
  });
});
