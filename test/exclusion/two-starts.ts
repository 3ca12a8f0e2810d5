/**
 * Two starts with one token, in many ways: `npm run two-starts [-- part of a way's name]`. Counts whose question was answered
 * twice.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleCommand } from '../../functions/cli/bundle.ts';
import { tryWay } from './try-way.ts';
import { WAYS } from './ways.ts';

const root = mkdtempSync(join(tmpdir(), 'two-starts-'));
chmodSync(root, 0o755);
// Inside the checkout, since packages are looked up from where the bundle lies.
const bundle = fileURLToPath(new URL(`../../node_modules/.cache/two-starts-${process.pid}`, import.meta.url));
const part = process.argv[2] ?? '';
const ways = WAYS.filter(({ name }) => name.includes(part));
if (ways.length === 0) {
  process.stderr.write(`No way has "${part}" in its name:\n${WAYS.map(({ name }) => name).join('\n')}\n`);
  process.exit(2);
}
const total = { tried: 0, asked: 0, twice: 0, failed: 0 };
try {
  const program = await bundleCommand(bundle);
  for (const way of ways) {
    const why = way.unless?.();
    if (why !== undefined) {
      console.log(`- ${way.name}: skipped, ${why}`);
      continue;
    }
    const { asked, twice, never, found } = await tryWay(way, { program, root });
    const isRight = found === undefined && twice === 0 && never === 0;
    const told = `${asked} asked, ${twice} answered twice, ${never} never${found === undefined ? '' : `: ${found}`}`;
    console.log(`${isRight ? '✓' : '✗'} ${way.name}: ${told}`);
    total.tried += 1;
    total.asked += asked;
    total.twice += twice;
    total.failed += isRight ? 0 : 1;
  }
} finally {
  for (const folder of [root, bundle]) rmSync(folder, { recursive: true, force: true });
}
console.log(`${total.tried} ways, ${total.asked} questions; answered twice: ${total.twice}`);
process.exitCode = total.failed === 0 ? 0 : 1;
