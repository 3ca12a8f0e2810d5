import { generate } from './generate.ts';
import { describeCounterexample } from './report.ts';
import { simulate } from './simulate.ts';
import { Tally, type Counts } from './tally.ts';

/** As many histories, from that seed on. */
export interface Range {
  first: number;
  histories: number;
}

/** The message that a process sends back for its range. */
export type RangeResult = { counts: Counts } | { seed: number; counterexample: string };

/** Runs them one after the other; the first that breaks a promise ends the range. */
export async function simulateRange({ first, histories }: Range): Promise<RangeResult> {
  const tally = new Tally();
  for (let seed = first; seed < first + histories; seed += 1) {
    const plan = generate(seed);
    const { world, violations } = await simulate(plan);
    const [violation] = violations;
    if (violation !== undefined)
      return { seed, counterexample: await describeCounterexample(plan, violation) };
    tally.add(world);
  }
  const { repeatedBecause, events, ends } = tally;
  return { counts: { histories: tally.histories, repeatedBecause, events, ends } };
}
