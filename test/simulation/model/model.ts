import { parseArgs } from 'node:util';
import { CLAUSES, type Clause } from './clauses.ts';
import { explore } from './explore.ts';
import { INSTANCES } from './instances.ts';

/**
 * `npm run model`: explores every instance whole, as far as `--most` states go, and then takes each clause away and looks
 * for a promise that breaks. Exit code 1: one breaks with every clause there, or a clause is not missed.
 */
const { values } = parseArgs({ options: { most: { type: 'string', default: '1000000' } } });
const most = Number(values.most);
if (!Number.isSafeInteger(most) || most < 1) {
  console.error('--most must be a whole number of states, from 1');
  process.exit(2);
}

for (const { name, bounds } of INSTANCES) {
  const { states, depth, exhausted, broken } = explore(bounds, { most });
  console.log(
    `${String(states).padStart(9)} states, ${depth} steps deep, ${exhausted ? 'all' : 'stopped'}: ${name}`,
  );
  if (broken === undefined) continue;
  console.log([broken.promise, ...broken.way.map((step) => `  ${step}`)].join('\n'));
  process.exitCode = 1;
}
console.log('Without');
for (const [clause, bounds] of Object.entries(CLAUSES)) {
  const { states, broken } = explore(bounds, { without: clause as Clause, most });
  const how =
    broken === undefined
      ? `NOT MISSED in ${states} states`
      : `${broken.way.length} steps (${states} states): ${broken.promise}`;
  console.log(`  ${clause}\n    ${how}`);
  if (broken === undefined) process.exitCode = 1;
}
