import { generate } from '../generate.ts';
import { SCENARIOS } from '../scenarios/all.ts';
import { simulate } from '../simulate.ts';

/**
 * Run in a copy of the project with one mutant in it: tells by what the mutant is caught, or that it is not.
 * Scenarios first, since they are short; then random histories.
 */
const histories = Number(process.argv[2] ?? 600);
const hostile = [
  'network',
  'crashes',
  'freezes',
  'clocks',
  'telegram',
  'outages',
  'poison',
  'operators',
  'standing',
  'reuse',
] as const;

async function caughtBy(): Promise<string | undefined> {
  for (const { name, run } of SCENARIOS) {
    const broken = await run();
    if (broken !== undefined) return `scenario "${name}"`;
  }
  for (let seed = 1; seed <= histories; seed += 1) {
    const plan = generate(seed, seed <= histories / 2 ? undefined : hostile[seed % hostile.length]);
    const { violations } = await simulate(plan);
    const [violation] = violations;
    if (violation !== undefined) return `history ${seed} (${plan.profile}): ${violation.check}`;
  }
  return undefined;
}

// A mutant may bring the simulation itself down, which is as good a sign as any.
const crashed = (error: unknown): string =>
  `the simulation stops: ${error instanceof Error ? error.name : 'error'}`;
const caught = await caughtBy().catch(crashed);
process.stdout.write(JSON.stringify({ caught: caught ?? null }));
process.exit(0);
