import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Experiment } from '../../../functions/local/page/experiment/experiment.ts';
import { WITHOUT_BROWSER, Visitor, hasBrowser, openBrowser, seriousProblems } from './browser.ts';
import { openChat, type OpenChat } from './open-chat.ts';
import { PageCaller } from './page-caller.ts';

/** A consumer that says where it works, and that somebody else holds the lease. */
const CONSUMER = `
  const { pid, env } = process;
  const lease = { partition: '0', holder: 'local:here:' + env.VICTIM + ':1', fencingToken: 7, expiresAtMs: 1e15 };
  process.send({ trace: { type: 'request', process: 'x', purpose: 'acquire', atMs: 1, endedAtMs: 2, result: 'applied', lease } });
  require('node:fs').writeFileSync(process.argv[2] + '/' + pid, JSON.stringify({ pid, env }));
  process.send({ listening: 1 });
  process.on('disconnect', () => process.exit());
`;
/** Each act that takes something away from somebody, and a body that it would take. */
const DESTRUCTIVE = {
  'experiment/kill-holder': {},
  'experiment/kill': { name: 'consumer 1' },
  'experiment/freeze': { name: 'consumer 1' },
  'experiment/thaw': { name: 'consumer 1' },
  'experiment/store': {},
  'experiment/telegram': { kind: 'hang' },
  'experiment/twice': {},
  'experiment/poison': {},
  'experiment/add': {},
  'experiment/traffic': { perSecond: 20 },
} as const;

describe('the destructive acts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'own-processes-'));
  let chat: OpenChat;
  let caller: PageCaller;
  let victim: ChildProcess;
  /** A DynamoDB that is somebody else's, as the environment of the page's own process names it. */
  let foreign: Server;
  let asked = 0;

  beforeAll(async () => {
    foreign = createServer((_, response) => ((asked += 1), response.end())).listen(0, '127.0.0.1');
    victim = spawn(process.execPath, ['-e', 'setInterval(() => console.log("alive"), 20)']);
    await Promise.all([once(foreign, 'listening'), once(victim, 'spawn')]);
    const endpoint = `http://127.0.0.1:${(foreign.address() as AddressInfo).port}`;
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', endpoint);
    vi.stubEnv('DYNAMODB_ENDPOINT', endpoint);
    vi.stubEnv('TABLE_NAME', 'of-somebody-else');
    vi.stubEnv('TELEGRAM_BOT_TOKEN', '7:of-somebody-else');
    const program = join(folder, 'consumer.cjs');
    writeFileSync(program, CONSUMER);
    chat = await openChat({
      startExperiment: () =>
        Experiment.start({
          program: '/usr/bin/env',
          args: [`VICTIM=${victim.pid}`, process.execPath, program, folder],
        }),
    });
    caller = await PageCaller.of(chat.address);
  });

  afterAll(async () => {
    vi.unstubAllEnvs();
    await chat.close();
    foreign.close();
    victim.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });

  const expectVictimAlive = async (): Promise<void> => {
    // It still says so: neither ended nor stopped.
    await once(victim.stdout!, 'data');
    expect(victim.exitCode ?? victim.signalCode).toBeNull();
  };

  test('are refused, each, as long as the page has started nothing', async () => {
    for (const [act, body] of Object.entries(DESTRUCTIVE))
      await expect(caller.ask(`guarantee/${act}`, body), act).rejects.toThrow('No experiment runs');
  });

  test('reach no process that the page did not start, however it is named', async () => {
    await caller.ask('guarantee/experiment/start');
    for (const act of ['freeze', 'thaw', 'kill']) {
      for (const name of [String(victim.pid), `local:here:${victim.pid}:1`, 'consumer 9', '__proto__', ''])
        await expect(caller.ask(`guarantee/experiment/${act}`, { name }), act).rejects.toThrow('There is no');
      for (const body of [{ pid: victim.pid }, { name: victim.pid }, {}])
        await expect(caller.ask(`guarantee/experiment/${act}`, body), act).rejects.toThrow(/Invalid/);
    }
    // The last grant in the trace is the other process's.
    await expect(caller.ask('guarantee/experiment/kill-holder')).rejects.toThrow('No living consumer holds');
    await expectVictimAlive();
  });

  test('reach the processes that it did start, and them alone', async () => {
    const { experiment } = await caller.ask<{
      experiment: { consumers: { name: string; pid: number; state: string }[] };
    }>('guarantee/state');
    const [first, second] = experiment.consumers;
    await caller.ask('guarantee/experiment/kill', { name: first!.name });
    await expect.poll(() => isRunning(first!.pid)).toBe(false);
    expect(isRunning(second!.pid)).toBe(true);
    await expectVictimAlive();
  });

  test('take away no store but that of the experiment, whichever the page’s process has to use', async () => {
    const { experiment } = await caller.ask<{ experiment: { consumers: { pid: number }[] } }>(
      'guarantee/state',
    );
    const consumers = experiment.consumers.map(
      ({ pid }) => JSON.parse(readFileSync(join(folder, String(pid)), 'utf8')) as { env: NodeJS.ProcessEnv },
    );
    for (const { env } of consumers) {
      expect(env).toMatchObject({ TABLE_NAME: 'experiment' });
      expect(JSON.stringify(env)).not.toContain('of-somebody-else');
      expect(env['DYNAMODB_ENDPOINT']).toBeUndefined();
    }
    const own = consumers[0]!.env['AWS_ENDPOINT_URL_DYNAMODB']!;
    await fetch(own);
    await caller.ask('guarantee/experiment/store');
    await expect(fetch(own)).rejects.toThrow();
    expect(asked).toBe(0);
    await fetch(process.env['AWS_ENDPOINT_URL_DYNAMODB']!);
    expect(asked).toBe(1);
  });

  describe.skipIf(!hasBrowser)(hasBrowser ? 'in a browser' : `(skipped: ${WITHOUT_BROWSER})`, () => {
    let browser: Browser;
    beforeAll(async () => void (browser = await openBrowser()));
    afterAll(() => browser.close());

    test('have no button before the page has started something, nor after that has ended', async () => {
      await caller.ask('guarantee/experiment/stop');
      const visitor = await Visitor.open(browser, chat.address);
      const { page } = visitor;
      await page.getByRole('button', { name: 'Guarantee' }).click();
      const start = page.getByRole('button', { name: 'Start an experiment' });
      const danger = page.getByRole('button', { name: /kill|freeze|store|429|silent|twice|cannot be/i });
      await start.waitFor();
      expect(await danger.count()).toBe(0);
      await start.click();
      await page.getByRole('button', { name: 'kill -9 the holder' }).waitFor();
      expect(await danger.count()).toBeGreaterThan(5);
      await page.setViewportSize({ width: 360, height: 740 });
      await danger.last().scrollIntoViewIfNeeded();
      // A row that is wider than the phone is moved within its table, and the page's head stays.
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
      expect((await page.getByRole('heading', { level: 1 }).boundingBox())!.y).toBeGreaterThanOrEqual(0);
      expect(await seriousProblems(visitor)).toEqual([]);
      await page.getByRole('button', { name: 'End the experiment' }).click();
      await start.waitFor();
      expect(await danger.count()).toBe(0);
      await visitor.leave();
    });
  });
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
