/**
 * A cold start: the synthesised webhook bundle, from the start of a process to its first answer, against bundles that
 * answer with grammY alone, or write one item with the DynamoDB client before they do, and against an empty process.
 * The store and Telegram answer at once. Budgets are in README.md.
 *
 *   npm run bench:cold-start [-- rounds]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { buildSync, type BuildOptions } from 'esbuild';
import { BUNDLING } from '../../infra/bundling.ts';
import { synthesise } from '../infra/synthesised.ts';
import { createPeerTables, deployOurs, eventOf, message, TABLES } from './peers/contenders.ts';
import { startWire } from './peers/wire.ts';

const rounds = Number(process.argv[2] ?? 25);

const ANSWERING = `
  import { Bot } from 'grammy/web';
  const { TELEGRAM_BOT_TOKEN: token, TELEGRAM_API_ROOT: apiRoot } = process.env;
  const botInfo = { id: 4243, is_bot: true, first_name: 'Bench', username: 'bench_bot' };
  const bot = new Bot(token, { botInfo, client: { apiRoot } });
  bot.on('message', (ctx) => ctx.reply('An answer as long as most are. '.repeat(20)));
`;
const GRAMMY = `${ANSWERING}
  export const handler = (event) => bot.handleUpdate(JSON.parse(event.body));
`;
const GRAMMY_AND_SDK = `${ANSWERING}
  import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
  import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));
  export const handler = async (event) => {
    const update = JSON.parse(event.body);
    await client.send(new PutCommand({ TableName: '${TABLES.updates}', Item: { id: String(update.update_id) } }));
    await bot.handleUpdate(update);
  };
`;
/** All of the webhook function, but for what it reads before its first update. */
const LOADED = `
  import { webhookFunction } from './functions/wiring/webhook.ts';
  const { receive } = webhookFunction(process.env);
  export const handler = receive;
`;
const DO_NOTHING: BuildOptions = {
  bundle: true,
  outExtension: { '.js': '.mjs' },
  minify: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  mainFields: ['module', 'main'],
};

/** One process of a bundle; `null` where it has no update to answer. */
interface Start {
  loadedMs: number;
  /** The processor's time until then: what else the machine does adds less to it. */
  loadedCpuMs: number;
  answeredMs: number | null;
  rssMb: number;
}

const wire = await startWire();
const environment = await deployOurs(wire);
await createPeerTables(wire.store);
const synth = await synthesise('prod');
const folder = mkdtempSync(join(tmpdir(), 'cold-start-'));
try {
  const empty = join(folder, 'empty', 'index.mjs');
  mkdirSync(dirname(empty));
  writeFileSync(empty, 'export {};');
  const bundles = {
    empty: { file: empty },
    'grammY alone': { file: bundle('grammy', GRAMMY), text: 'hello' },
    'grammY and SDK, one put': { file: bundle('sdk', GRAMMY_AND_SDK), text: 'hello' },
    'webhook, without its reading': {
      file: bundle('webhook', LOADED, { ...BUNDLING, define: { BUILD_ID: '"bench"' } }),
    },
    'webhook, /help': { file: synth.bundleOf('Webhook'), text: '/help' },
    'webhook, a search': { file: synth.bundleOf('Webhook'), text: 'motor control' },
  };
  const starts = new Map(Object.keys(bundles).map((name) => [name, [] as Start[]]));
  // In turns, so that what else the machine does falls upon all of them.
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, { file, ...update }] of Object.entries(bundles))
      starts.get(name)!.push(await start(file, 'text' in update ? update.text : undefined));
  }
  console.log(`The median of ${rounds} processes each; the store is ${wire.storeName}.\n`);
  console.log('| bundle | size | loaded | first answer | processor until loaded | memory |');
  console.log('| --- | ---: | ---: | ---: | ---: | ---: |');
  for (const [name, { file }] of Object.entries(bundles)) {
    const of = (pick: (one: Start) => number | null): number =>
      median(starts.get(name)!.map((one) => pick(one) ?? NaN));
    const cells = [
      `${(sizeOf(dirname(file)) / 1024).toFixed(1)} KB`,
      `${of((one) => one.loadedMs).toFixed(0)} ms`,
      Number.isNaN(of((one) => one.answeredMs)) ? '' : `${of((one) => one.answeredMs).toFixed(0)} ms`,
      `${of((one) => one.loadedCpuMs).toFixed(0)} ms`,
      `${of((one) => one.rssMb).toFixed(0)} MB`,
    ];
    console.log(`| ${name} | ${cells.join(' | ')} |`);
  }
  const beyond = (name: keyof typeof bundles, pick: (one: Start) => number): number =>
    median(starts.get(name)!.map(pick)) - median(starts.get('empty')!.map(pick));
  const ratio = (pick: (one: Start) => number): string =>
    (beyond('webhook, without its reading', pick) / beyond('grammY and SDK, one put', pick)).toFixed(2);
  console.log(
    `\nLoading the webhook function beyond an empty process, against grammY and the SDK: ${ratio((one) => one.loadedCpuMs)}x the processor's time, ${ratio((one) => one.loadedMs)}x the time that passes.`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
  synth.remove();
  await wire.close();
}
process.exit();

function bundle(name: string, contents: string, how: BuildOptions = DO_NOTHING): string {
  const outdir = join(folder, name);
  buildSync({ ...how, stdin: { contents, resolveDir: process.cwd() }, outdir });
  return join(outdir, 'stdin.mjs');
}

function sizeOf(bundled: string): number {
  return readdirSync(bundled).reduce((bytes, file) => bytes + statSync(join(bundled, file)).size, 0);
}

/** Loads a bundle in a process of its own, and has it answer a message. */
async function start(file: string, text: string | undefined): Promise<Start> {
  const event = text === undefined ? undefined : eventOf(message(text));
  const script = `
    const { handler } = await import(${JSON.stringify(`file://${file}`)});
    const { user, system } = process.cpuUsage();
    const loadedAt = performance.timeOrigin + performance.now();
    const event = ${JSON.stringify(event) ?? 'undefined'};
    const context = { getRemainingTimeInMillis: () => 30_000, awsRequestId: '1' };
    const result = event === undefined ? undefined : await handler(event, context);
    if (result !== undefined && result.statusCode !== 200) throw new Error(JSON.stringify(result));
    const answeredAt = performance.timeOrigin + performance.now();
    process.stdout.write('\\n' + JSON.stringify({ loadedAt, answeredAt, loadedCpuMs: (user + system) / 1000, rss: process.memoryUsage().rss }), () => process.exit(0));
  `;
  const startedAt = performance.timeOrigin + performance.now();
  const env = { PATH: process.env['PATH'], ...environment };
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { env });
  let output = '';
  let errors = '';
  child.stdout.on('data', (data: Buffer) => (output += data.toString()));
  child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${output}${errors}`);
  const told = JSON.parse(output.trim().split('\n').at(-1) ?? '') as Record<
    'loadedAt' | 'answeredAt' | 'loadedCpuMs' | 'rss',
    number
  >;
  return {
    loadedMs: told.loadedAt - startedAt,
    loadedCpuMs: told.loadedCpuMs,
    answeredMs: event === undefined ? null : told.answeredAt - startedAt,
    rssMb: told.rss / 1024 / 1024,
  };
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
