import { generate } from '../generate.ts';
import { simulate } from '../simulate.ts';
import { Tally } from '../tally.ts';

/** One process of `npm run sim:reach`: as many histories from a seed on, and what they met. */
const [first = 1, histories = 1] = process.argv.slice(2).map(Number);
const tally = new Tally();
for (let seed = first; seed < first + histories; seed += 1) {
  const { world, violations } = await simulate(generate(seed));
  const [violation] = violations;
  if (violation !== undefined) throw new Error(`seed ${seed} breaks a promise: ${violation.text}`);
  tally.add(world);
}
const { repeatedBecause, events, ends } = tally;
const counts = { histories, repeatedBecause: [...repeatedBecause], events: [...events], ends: [...ends] };
process.stdout.write(JSON.stringify(counts), () => process.exit(0));
