import type { Plan } from './plan.ts';
import { printHistory, printPlan } from './print.ts';
import { shrink } from './shrink.ts';
import { simulate } from './simulate.ts';
import type { Violation } from './checks/violation.ts';

/** A counterexample as a reader wants it: shrunk, its plan, its history, and what it breaks. */
export async function describeCounterexample(plan: Plan, violation: Violation): Promise<string> {
  const smallest = await shrink(plan, violation);
  const { world, violations } = await simulate(smallest);
  const broken = violations.map(
    ({ check, atMs, text }) => `  ${(atMs / 1000).toFixed(3)}  ${check}: ${text}`,
  );
  return [
    `Broken by seed ${plan.seed}, shrunk:`,
    ...broken,
    '',
    printPlan(smallest),
    '',
    printHistory(world.history.entries),
  ].join('\n');
}
