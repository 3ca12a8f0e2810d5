/**
 * What a cold start costs: loading the webhook function against loading bundles that do nothing with grammY, or with
 * grammY and the DynamoDB client, and against an empty process; and the synthesised bundle until it has read what
 * needs no update, from a store that answers at once. Run with `npm run bench:cold-start [-- rounds]`; budgets are in
 * infra/README.md.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { buildSync, type BuildOptions } from 'esbuild';
import { BUNDLING } from '../../infra/bundling.ts';
import { synthesise } from '../infra/synthesised.ts';

const rounds = Number(process.argv[2] ?? 25);
const GRAMMY = `
  import { Bot } from 'grammy/web';
  export const handler = async () => [Bot];
`;
const GRAMMY_AND_SDK = `
  import { Bot } from 'grammy/web';
  import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
  import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));
  export const handler = async () => [Bot, UpdateCommand, client];
`;
/** All of the webhook function, but for its reading. */
const LOADED = `
  import { webhookFunction } from './functions/wiring/webhook.ts';
  const { receive } = webhookFunction(process.env);
  export const handler = receive;
`;

const DO_NOTHING: BuildOptions = {
  minify: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  mainFields: ['module', 'main'],
};

interface Start {
  ms: number;
  rssMb: number;
}

/** A DynamoDB in which there is nothing but who the bot is. */
const store = createServer((request, response) => {
  let body = '';
  request.on('data', (data: Buffer) => (body += data.toString()));
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
    const bot = { bot_id: { N: '1' }, username: { S: 'bench' }, first_name: { S: 'Bench' } };
    response.end(JSON.stringify(body.includes('"STATUS"') ? { Item: bot } : {}));
  });
}).listen(0, '127.0.0.1');
await once(store, 'listening');
const endpoint = `http://127.0.0.1:${(store.address() as AddressInfo).port}`;
const synth = await synthesise({ stage: 'prod' });
const folder = mkdtempSync(join(tmpdir(), 'cold-start-'));
try {
  const empty = join(folder, 'empty.mjs');
  writeFileSync(empty, 'export const handler = async () => {};');
  const bundles = {
    empty,
    grammy: bundle('grammy', GRAMMY),
    'grammy and SDK': bundle('sdk', GRAMMY_AND_SDK),
    webhook: bundle('webhook', LOADED, { ...BUNDLING, define: { BUILD_ID: '"bench"' } }),
    'webhook, ready': synth.bundleOf('Webhook'),
  };
  const starts = new Map(Object.keys(bundles).map((name) => [name, [] as Start[]]));
  // In turns, so that what else the machine does falls upon all of them.
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, file] of Object.entries(bundles)) starts.get(name)!.push(await start(file));
  }
  const ms = (name: keyof typeof bundles): number => median(starts.get(name)!.map((one) => one.ms));
  for (const [name, file] of Object.entries(bundles)) {
    const rss = median(starts.get(name)!.map((one) => one.rssMb));
    const size = `${(statSync(file).size / 1024).toFixed(1)} KB`;
    console.log(
      `${name.padEnd(14)} ${size.padStart(9)}  ${ms(name as keyof typeof bundles)
        .toFixed(0)
        .padStart(4)} ms  ${rss.toFixed(0).padStart(4)} MB`,
    );
  }
  const own = ms('webhook') - ms('empty');
  const floor = ms('grammy and SDK') - ms('empty');
  console.log(`beyond an empty process: ${own.toFixed(0)} ms; grammY and SDK: ${floor.toFixed(0)} ms`);
  const whole = ms('webhook') / ms('grammy and SDK');
  console.log(`ratio of the medians: ${(own / floor).toFixed(2)} (whole processes: ${whole.toFixed(2)})`);
  // What else a machine does only ever adds.
  const least = (name: keyof typeof bundles): number => Math.min(...starts.get(name)!.map((one) => one.ms));
  const leastRatio = (least('webhook') - least('empty')) / (least('grammy and SDK') - least('empty'));
  console.log(`ratio of the quickest: ${leastRatio.toFixed(2)}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
  synth.remove();
  store.close();
}

function bundle(name: string, contents: string, how: BuildOptions = DO_NOTHING): string {
  const outfile = join(folder, `${name}.mjs`);
  buildSync({ ...how, stdin: { contents, resolveDir: process.cwd() }, bundle: true, outfile });
  return outfile;
}

/** From the start of a process until its handler is there. */
async function start(file: string): Promise<Start> {
  const env = {
    PATH: process.env['PATH'],
    TABLE_NAME: 'table',
    TELEGRAM_BOT_TOKEN: '1:bench',
    TELEGRAM_API_ROOT: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
  const script = `await import(${JSON.stringify(`file://${file}`)}); console.log(process.memoryUsage().rss); process.exit(0)`;
  const startedAt = performance.now();
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { env });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => (output += data.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(output);
  return { ms: performance.now() - startedAt, rssMb: Number(output.trim().split('\n').at(-1)) / 1024 / 1024 };
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
