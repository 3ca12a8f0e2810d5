/**
 * What a cold start costs: the synthesised webhook bundle against a bundle of grammY and the DynamoDB client that does
 * nothing, and against an empty process. Run with `npm run bench:cold-start`; budgets are in infra/README.md.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { buildSync } from 'esbuild';
import { synthesise } from '../infra/synthesised.ts';

const ROUNDS = 25;
const NOTHING = `
  import { Bot } from 'grammy/web';
  import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
  import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));
  export const handler = async () => [Bot, UpdateCommand, client];
`;

const synth = await synthesise({ stage: 'prod' });
const folder = mkdtempSync(join(tmpdir(), 'cold-start-'));
try {
  const empty = join(folder, 'empty.mjs');
  writeFileSync(empty, 'export const handler = async () => {};');
  const nothing = join(folder, 'nothing.mjs');
  buildSync({
    stdin: { contents: NOTHING, resolveDir: process.cwd() },
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    outfile: nothing,
  });
  const bundles = { empty, nothing, webhook: synth.bundleOf('Webhook') };
  const times: Record<string, number[]> = { empty: [], nothing: [], webhook: [] };
  // In turns, so that what else the machine does falls upon all of them.
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, file] of Object.entries(bundles)) times[name]!.push(timeToLoad(file));
  }
  const medians = Object.fromEntries(Object.entries(times).map(([name, values]) => [name, median(values)]));
  const own = medians['webhook']! - medians['empty']!;
  const floor = medians['nothing']! - medians['empty']!;
  for (const [name, file] of Object.entries(bundles)) {
    console.log(
      `${name.padEnd(8)} ${kilobytes(file).padStart(7)} KB  ${medians[name]!.toFixed(0).padStart(4)} ms`,
    );
  }
  console.log(
    `beyond an empty process: ${own.toFixed(0)} ms; the bundle that does nothing: ${floor.toFixed(0)} ms`,
  );
  console.log(
    `ratio: ${(own / floor).toFixed(2)} (whole processes: ${(medians['webhook']! / medians['nothing']!).toFixed(2)})`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
  synth.remove();
}

/** Milliseconds from the start of a process until its handler is there. */
function timeToLoad(file: string): number {
  const env = {
    PATH: process.env['PATH'],
    TABLE_NAME: 'table',
    TELEGRAM_BOT_TOKEN: '1:bench',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
  const script = `await import(${JSON.stringify(`file://${file}`)}); process.exit(0)`;
  const startedAt = performance.now();
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { env });
  if (status !== 0) throw new Error(stderr.toString());
  return performance.now() - startedAt;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

function kilobytes(file: string): string {
  return (statSync(file).size / 1024).toFixed(1);
}
