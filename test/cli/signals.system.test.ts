import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { botCommand, CLEAN_ENV, RunningBot, SIDE_BY_SIDE } from './bot-command.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const canMakeContainers =
  process.platform === 'linux' &&
  spawnSync('unshare', ['--pid', '--fork', '--mount-proc', 'true']).status === 0;
/** A network of its own, whose one address is 127.0.0.1; then it becomes the program that is named behind. */
const WITHOUT_IPV6 = [
  ...['--user', '--map-root-user', '--net', 'sh', '-c'],
  'echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6 && ip link set lo up && exec "$@"',
  'sh',
];
const canMakeNetworks =
  process.platform === 'linux' && spawnSync('unshare', [...WITHOUT_IPV6, 'true']).status === 0;
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const knowsProxies = major >= 24 || (major === 22 && minor >= 21);
const UNSHARE = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child'];

describe('a signal', SIDE_BY_SIDE, () => {
  const bot = botCommand();
  const folder = mkdtempSync(join(tmpdir(), 'signals-'));
  const started: ChildProcess[] = [];
  afterAll(() => {
    for (const child of started) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  const begin = (words: readonly string[], data: string) => {
    const [program, ...args] = words;
    const env = {
      PATH: process.env['PATH'],
      HOME: folder,
      PORT: '0',
      BOT_DATA: data,
      NO_UPDATE_NOTIFIER: '1',
    };
    const child = spawn(program!, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
    started.push(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (output += String(part)));
    const ended = once(child, 'close').then(([code, signal]) => ({
      code: code as number | null,
      signal: signal as string,
      output,
    }));
    const says = async (text: string): Promise<void> => {
      while (!output.includes(text)) {
        if (child.exitCode !== null) throw new Error(`It ended before it said "${text}": ${output}`);
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    };
    return { child, ended, says };
  };
  const firstChildOf = (child: ChildProcess): number =>
    Number(execFileSync('pgrep', ['-P', String(child.pid)], { encoding: 'utf8' }).split('\n')[0]);

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('drains the bot: %s', async (signal) => {
    const running = bot.begin(['start', '--data', bot.dataFolder(), '--port', '0']);
    await running.until('Bot is running');
    running.kill(signal);
    const { code, stdout } = await running.finished;
    expect({ code, last: stdout.trim().split('\n').at(-1) }).toEqual({ code: 0, last: '✅ Bot stopped' });
  });

  it('to npm start reaches the bot, which drains', async () => {
    const npm = begin(['npm', 'start', '--silent'], bot.dataFolder());
    await npm.says('Bot is running');
    npm.child.kill('SIGTERM');
    expect(await npm.ended).toMatchObject({
      code: 0,
      output: expect.stringContaining('✅ Bot stopped') as string,
    });
  });

  it('that kills npm leaves no bot behind', async () => {
    const data = bot.dataFolder();
    const npm = begin(['npm', 'start', '--silent'], data);
    await npm.says('Bot is running');
    npm.child.kill('SIGKILL');
    expect((await npm.ended).output).toContain('✅ Bot stopped');
  });

  it.skipIf(!canMakeContainers)(
    'to npm start as the first process of a container drains the bot',
    async () => {
      const container = begin([...UNSHARE, 'npm', 'start', '--silent'], bot.dataFolder());
      await container.says('Bot is running');
      process.kill(firstChildOf(container.child), 'SIGTERM');
      expect(await container.ended).toMatchObject({
        code: 0,
        output: expect.stringContaining('✅ Bot stopped') as string,
      });
    },
  );

  it.skipIf(!canMakeContainers)('ends the first process of a container also while it loads', async () => {
    const words = [...UNSHARE, ...bot.command(['start'])];
    const container = begin(words, bot.dataFolder());
    // Its first lines of JavaScript take over; before them the system itself ignores a signal to such a process.
    const send = setInterval(() => {
      try {
        process.kill(firstChildOf(container.child), 'SIGTERM');
      } catch {
        return;
      }
    }, 50);
    const { output } = await container.ended;
    clearInterval(send);
    expect(output).not.toContain('Bot is running');
  });

  it('ends it in time whatever connections hold on to it', async ({ onTestFinished: afterwards }) => {
    const running = bot.begin(['start', '--data', bot.dataFolder(), '--port', '0']);
    await running.until('Bot is running');
    const port = Number(/localhost:(\d+)\/health/.exec(running.stdout)?.[1]);
    const ask = 'GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n';
    const open = async (text: string) => {
      const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
      socket.on('error', () => {});
      afterwards(() => void socket.destroy());
      await once(socket, 'connect');
      socket.write(text);
      return socket;
    };
    const gone = await open(ask.repeat(3));
    gone.resetAndDestroy();
    await open(ask + ask);
    await open('GET /health HTTP/1.1\r\nHost: local');
    (await open('POST /telegram/webhook HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf')).end();
    running.kill('SIGTERM');
    expect((await running.finished).code).toBe(0);
  });
});

describe('a bot on this machine', SIDE_BY_SIDE, () => {
  const bot = botCommand();

  it('answers at 127.0.0.1 and at ::1', async () => {
    const running = bot.begin(['start', '--data', bot.dataFolder(), '--port', '0']);
    await running.until('Bot is running');
    const port = /localhost:(\d+)\/health/.exec(running.stdout)?.[1];
    expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200);
    const hasIpv6 = await fetch(`http://[::1]:${port}/health`).then(
      ({ status }) => status === 200,
      (error: { cause?: { code?: string } }) => error.cause?.code,
    );
    expect([true, 'EADDRNOTAVAIL', 'ENETUNREACH']).toContain(hasIpv6);
    await running.stop();
  });

  it.skipIf(!canMakeNetworks)(
    'answers at a port of its own where there is no IPv6, as in a container',
    async ({ onTestFinished: afterwards }) => {
      const command = bot.command(['start', '--local', '--data', bot.dataFolder(), '--port', '9876']);
      const container = spawn('unshare', [...WITHOUT_IPV6, ...command], {
        env: { ...CLEAN_ENV },
        stdio: ['pipe', 'pipe', 'pipe'],
      });
      const running = new RunningBot(container);
      afterwards(() => running.kill('SIGKILL'));
      await running.until('Bot is running');
      expect(running.stdout).toContain('http://localhost:9876/health');
      // It has become the bot.
      expect((await running.stop()).code).toBe(0);
    },
  );

  it.skipIf(!knowsProxies).each([{}, { NO_PROXY: 'example.com' }, { no_proxy: '' }])(
    'is reached, and reaches its own servers, past the proxy that Node.js asks for all others: %o',
    async (variables) => {
      const proxy = 'http://127.0.0.1:1';
      const env = { ...variables, NODE_USE_ENV_PROXY: '1', HTTP_PROXY: proxy, HTTPS_PROXY: proxy };
      const data = bot.dataFolder();
      const running = bot.begin(['start', '--local', '--data', data, '--port', '0'], { env });
      await running.until('Bot is running');
      const status = await bot.run(['status', '--data', data], { env });
      expect(status.stdout).toContain('Health endpoint: ✅ RESPONDING');
      expect((await running.stop()).code).toBe(0);
    },
  );
});
