/** The long run: `npm run chaos -- --help`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { AmazonStoreError, amazonStoreFolder } from './amazon-store.ts';
import { runChaos } from './chaos.ts';
import { reportTable } from './report.ts';
import { unavailable, type StoreName } from './stores.ts';

const USAGE = `Usage: npm run chaos -- [options]

Real consumer processes, killed and paused, over a real store that is stopped and cut off; ends with a count, and
fails when an update was lost or something happened that the guarantee does not know.

  --minutes <n>        how long faults happen (default 2)
  --store <name>       dynalite, dynoxide or dynamodb-local (default dynalite)
  --consumers <n>      processes (default 3)
  --partitions <n>     updates handled at once (default 1)
  --updates <n>        sent meanwhile (default 400 a minute)
  --fault-every <ms>   between two faults, on average (default 1500)
  --deadline <ms>      HANDLER_DEADLINE_MS (default 2000); the skew margin is a tenth of it
  --seed <n>           of the plan of faults (default: by the clock)
  --jar-folder <dir>   where DynamoDBLocal.jar lies; without it npm installs it into a temporary folder
  --quiet              nothing but the count
`;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '2' },
    store: { type: 'string', default: 'dynalite' },
    consumers: { type: 'string', default: '3' },
    partitions: { type: 'string', default: '1' },
    updates: { type: 'string' },
    'fault-every': { type: 'string', default: '1500' },
    deadline: { type: 'string', default: '2000' },
    seed: { type: 'string' },
    'jar-folder': { type: 'string' },
    quiet: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

if (values.help) process.stdout.write(USAGE);
else process.exitCode = await main();

async function main(): Promise<number> {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const store = storeNamed(values.store);
  const minutes = positive('--minutes', values.minutes);
  const deadlineMs = positive('--deadline', values.deadline);
  const seed = values.seed === undefined ? Date.now() % 1_000_000 : positive('--seed', values.seed);
  const missing = unavailable(store);
  if (missing !== undefined) {
    process.stderr.write(`${store} cannot run here: ${missing}\n`);
    return 2;
  }
  const jars = mkdtempSync(join(tmpdir(), 'chaos-jars-'));
  try {
    const jarFolder =
      store === 'dynamodb-local'
        ? amazonStoreFolder({ jarFolder: values['jar-folder'], folder: jars })
        : undefined;
    say(`Seed ${seed}`);
    const report = await runChaos({
      store,
      jarFolder,
      seed,
      consumers: positive('--consumers', values.consumers),
      partitions: positive('--partitions', values.partitions),
      deadlineMs,
      skewMs: Math.round(deadlineMs / 10),
      telegramSpeed: 1,
      durationMs: minutes * 60_000,
      updates: Math.round(
        values.updates === undefined ? minutes * 400 : positive('--updates', values.updates),
      ),
      faultEveryMs: positive('--fault-every', values['fault-every']),
      poisonUnderFire: true,
      drainWithinMs: 15 * 60_000,
      ...(!values.quiet && { say }),
    });
    say('');
    say(reportTable(report));
    for (const [reason, history] of report.examples) say(`\nShown again, as ${reason}:\n${history}`);
    for (const violation of report.violations) say(`✗ ${violation}`);
    return report.violations.length === 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof AmazonStoreError)) throw error;
    process.stderr.write(`dynamodb-local cannot run here: ${error.message}\n`);
    return 2;
  } finally {
    rmSync(jars, { recursive: true, force: true });
  }
}

function storeNamed(name: string): StoreName {
  if (name === 'dynalite' || name === 'dynoxide' || name === 'dynamodb-local') return name;
  throw new Error('--store takes dynalite, dynoxide or dynamodb-local');
}

function positive(option: string, value: string): number {
  const number = Number(value);
  if (!(number > 0)) throw new Error(`${option} takes a number above 0`);
  return number;
}
