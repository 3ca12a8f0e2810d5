import { describe, expect, it } from 'vitest';
import { generate } from './generate.ts';
import type { Plan } from './plan.ts';
import { describeCounterexample } from './report.ts';
import { simulate } from './simulate.ts';

/** A plan whose clocks are further apart than it says: a promise that cannot be kept. */
async function brokenPromise(): Promise<Plan> {
  for (let seed = 1; seed < 2_000; seed += 1) {
    const plan = { ...generate(seed, 'wild-clocks'), clocksWithinBound: true };
    const { violations } = await simulate(plan);
    if (violations.length > 0) return plan;
  }
  throw new Error('wild clocks break no promise');
}

describe('a counterexample', () => {
  it('is found where clocks are further apart than promised, shrunk, and printed with its plan', async () => {
    const plan = await brokenPromise();
    const { violations, world } = await simulate(plan);
    const [violation] = violations;
    if (violation === undefined) throw new Error('it is broken only once');
    const text = await describeCounterexample(plan, violation);
    expect(text).toContain(`Broken by seed ${plan.seed}`);
    expect(text).toContain(violation.check);
    expect(text.split('\n').length).toBeLessThan(world.history.entries.length);
  });
});
