import { generate } from '../generate.ts';
import { SCENARIOS } from '../scenarios/all.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { simulate } from '../simulate.ts';

/**
 * Run in a copy of the project with one mutant in it: says which check catches the mutant, or that none does.
 * The check that caught it last time comes first, then scenarios, since they are short, then random histories.
 */
const histories = Number(process.argv[2] ?? 600);
const lastTime = process.argv[3] ?? '';
/** Beyond this seed each history is of one of these. */
const HALF = 300;
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
  const [, seed] = /^history (\d+) /.exec(lastTime) ?? [];
  const told = seed === undefined ? undefined : await byHistory(Number(seed));
  if (told !== undefined) return told;
  const isLast = ({ name }: Scenario): boolean => lastTime === `scenario "${name}"`;
  const inTurn = [...SCENARIOS].sort((a, b) => Number(isLast(b)) - Number(isLast(a)));
  for (const { name, run } of inTurn) if ((await run()) !== undefined) return `scenario "${name}"`;
  for (let next = 1; next <= histories; next += 1) {
    const broken = await byHistory(next);
    if (broken !== undefined) return broken;
  }
  return undefined;
}

async function byHistory(seed: number): Promise<string | undefined> {
  const plan = generate(seed, seed <= HALF ? undefined : hostile[seed % hostile.length]);
  const [violation] = (await simulate(plan)).violations;
  return violation && `history ${seed} (${plan.profile}): ${violation.check}`;
}

// A mutant may bring the simulation itself down, which is as good a sign as any.
const crashed = (error: unknown): string =>
  `the simulation stops: ${error instanceof Error ? error.name : 'error'}`;
const caught = await caughtBy().catch(crashed);
process.stdout.write(JSON.stringify({ caught: caught ?? null }));
process.exit(0);
