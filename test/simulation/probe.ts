import { generate, type Profile } from './generate.ts';
import { simulate } from './simulate.ts';
import { printHistory, printPlan } from './print.ts';
const [a, b, prof] = process.argv.slice(2);
const t = performance.now();
let n = 0;
const by: Record<string, number[]> = {};
for (let seed = Number(a); seed < Number(b); seed++) {
  const plan = generate(seed, prof as Profile);
  const r = await simulate(plan);
  n++;
  if (r.violations.length) {
    const v = r.violations[0]!;
    (by[v.check + ':' + plan.profile] ??= []).push(seed);
    if (Number(b) - Number(a) === 1) {
      console.log(printPlan(plan));
      console.log(printHistory(r.world.history.entries));
      console.log(r.violations);
    }
  }
}
console.log((performance.now() - t) / n, 'ms');
for (const [k, v] of Object.entries(by)) console.log(k, v.length, v.slice(0, 6).join(' '));
