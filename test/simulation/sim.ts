import { parseArgs } from 'node:util';
import { generate } from './generate.ts';
import { describeCounterexample } from './report.ts';
import { simulate } from './simulate.ts';
import { Tally } from './tally.ts';

/** `npm run sim -- --histories 1000000 --seed 1`: as many histories, from that seed on. How to read it: ./README.md. */
const { values } = parseArgs({
  options: {
    histories: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    /** Prints that one history, broken or not. */
    show: { type: 'boolean', default: false },
  },
});
const first = Number(values.seed);
const histories = values.show ? 1 : Number(values.histories);
if (!Number.isSafeInteger(first) || !Number.isSafeInteger(histories) || histories < 1) {
  throw new RangeError('--seed and --histories must be whole numbers');
}

const tally = new Tally();
const startedAt = performance.now();
let toldAt = startedAt;
for (let seed = first; seed < first + histories; seed += 1) {
  const plan = generate(seed);
  const { world, violations } = await simulate(plan);
  const [violation] = violations;
  if (violation !== undefined) {
    console.log(await describeCounterexample(plan, violation));
    process.exitCode = 1;
    break;
  }
  if (values.show) {
    const { printHistory, printPlan } = await import('./print.ts');
    console.log(`${printPlan(plan)}\n\n${printHistory(world.history.entries)}`);
  }
  tally.add(world);
  if (performance.now() - toldAt > 10_000) {
    toldAt = performance.now();
    console.error(progress());
  }
}
console.error(progress());
console.log(String(tally));

function progress(): string {
  const seconds = (performance.now() - startedAt) / 1000;
  const rate = tally.histories / seconds;
  return `${tally.histories} of ${histories} histories, ${rate.toFixed(0)} a second, ${((histories - tally.histories) / rate / 60).toFixed(0)} minutes to go`;
}
