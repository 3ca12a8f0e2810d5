/**
 * How long somebody waits who starts the bot without a token: from the command to the first answer to the person who opened
 * the page, in a fresh clone's first start (an empty data folder, and nothing compiled yet), in the start after it, and
 * in both of the packed command. The page's opening in a browser comes on top, which `test/local/page/page.system.test.ts`
 * prints with it. Run with `npm run bench:start [-- rounds]`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleCommand } from '../../functions/cli/bundle.ts';
import { PageCaller, addressIn } from '../local/page/page-caller.ts';

const rounds = Number(process.argv[2] ?? 3);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** The rate of Linux, on every machine of today. */
const TICKS_A_SECOND = 100;

interface Start {
  runningMs: number;
  answeredMs: number;
  /** The time of the process and of the compiler that it waits for; absent where the system gives none. */
  processorMs: number | undefined;
}

const cache = join(ROOT, 'node_modules/.cache');
mkdirSync(cache, { recursive: true });
const bundle = mkdtempSync(join(cache, 'bench-start-'));
try {
  const programs = {
    'npm start in a checkout': join(ROOT, 'functions/cli/launch.js'),
    'the packed command': await bundleCommand(bundle),
  };
  for (const [name, program] of Object.entries(programs)) {
    const starts: [first: Start, second: Start][] = [];
    for (let round = 0; round < rounds; round += 1) {
      // A source that was written since is compiled anew, as in a fresh clone.
      utimesSync(join(ROOT, 'functions/cli/bot.ts'), new Date(), new Date());
      starts.push(await twice(program));
    }
    report(
      `${name}, first`,
      starts.map(([first]) => first),
    );
    report(
      `${name}, again`,
      starts.map(([, second]) => second),
    );
  }
  console.log(`load of the machine at the end: ${loadavg()[0]!.toFixed(1)}`);
} finally {
  rmSync(bundle, { recursive: true });
}

async function twice(program: string): Promise<[Start, Start]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-start-'));
  try {
    return [await start(program, folder), await start(program, folder)];
  } finally {
    rmSync(folder, { recursive: true, maxRetries: 3 });
  }
}

async function start(program: string, folder: string): Promise<Start> {
  const startedMs = performance.now();
  const child = spawn(process.execPath, [program, 'start', '--port', '0', '--data', join(folder, 'data')], {
    env: { PATH: process.env['PATH'], HOME: folder, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('Bot is running')) resolve();
    });
    child.once('exit', () => reject(new Error(`The bot ended: ${said}`)));
  });
  const runningMs = performance.now() - startedMs;
  const caller = await PageCaller.of(addressIn(said));
  await caller.ask('telegram/sendMessage', { from: 1, text: 'motor does not start' });
  while ((await caller.ask<unknown[]>('telegram/messages', { chat: 1 })).length < 2)
    await new Promise((resolve) => setTimeout(resolve, 10));
  const answeredMs = performance.now() - startedMs;
  const processorMs = processorTimeOf(child.pid!);
  child.kill();
  await once(child, 'exit');
  return { runningMs, answeredMs, processorMs };
}

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: utime, stime, cutime and cstime. */
function processorTimeOf(pid: number): number | undefined {
  if (process.platform !== 'linux') return undefined;
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return (ticks / TICKS_A_SECOND) * 1000;
}

function report(name: string, starts: readonly Start[]): void {
  const seconds = (of: (start: Start) => number | undefined): string => {
    const all = starts.map(of).filter((ms) => ms !== undefined);
    const median = all.sort((a, b) => a - b)[Math.floor(all.length / 2)];
    return median === undefined ? '  ?  ' : `${(median / 1000).toFixed(2)} s`;
  };
  const [running, answered, processor] = [
    seconds(({ runningMs }) => runningMs),
    seconds(({ answeredMs }) => answeredMs),
    seconds(({ processorMs }) => processorMs),
  ];
  console.log(`${name.padEnd(30)} running ${running}   answered ${answered}   processor ${processor}`);
}
