import { targetArguments } from '../../functions/cli/invocation.ts';
import { buildId } from '../../functions/settings/build-id.ts';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBotApiServer } from '../../functions/local/bot-api/server.ts';
import type { BotApiServer } from '../../functions/local/bot-api/types.ts';
import { freePort } from '../fixtures/free-port.ts';
import { legacyAtoms } from '../fixtures/legacy-atoms.ts';
import { botCommand, SIDE_BY_SIDE, type RunningBot } from './bot-command.ts';

/** The eight acceptance tests of the system that this one replaces, as its operators know them. */
describe('the bot command', SIDE_BY_SIDE, () => {
  const bot = botCommand();
  const place = async (
    data = bot.dataFolder(),
  ): Promise<{ data: string; port: number; target: string[] }> => {
    const port = await freePort();
    return { data, port, target: ['--data', data, '--port', String(port)] };
  };
  const start = async (target: string[]): Promise<RunningBot> => {
    const running = bot.begin(['start', ...target]);
    await running.until('Bot is running');
    return running;
  };

  it('1. starts: the lease is acquired, the health check is named, the bot runs', async () => {
    const { port, target } = await place(bot.folder());
    const running = await start(target);
    expect(running.stdout).toContain('First start: importing the starter knowledge base...');
    expect(running.stdout).toMatch(/🔐 Lease acquired \(fencing token 1, PID \d+ on \S+\)/);
    expect(running.stdout).toContain(`Health check endpoint: http://localhost:${port}/health\n`);
    expect(running.stdout).toContain('✅ Bot is running');
    const { code, stdout, stderr } = await running.stop();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/✅ Bot stopped\n$/);
  });

  it('2. refuses a second start, names the holder, and says how to stop it', async () => {
    const { data, target } = await place();
    const running = await start(target);
    for (const args of [target, ['--data', data, '--port', String(await freePort())]]) {
      const { code, stdout, stderr } = await bot.run(['start', ...args]);
      expect(code).toBe(1);
      expect(`${stdout}${stderr}`).toContain('❌ Bot is already running!');
      expect(stderr).toMatch(new RegExp(`The lease is held by PID ${running.pid} on \\S+\\.`));
      expect(stderr).toContain(`To stop the running bot:\n  npx agent-factory-bot stop --data ${data}\n`);
      expect(stderr).not.toMatch(/\n\s+at /);
    }
    expect(running.hasEnded).toBe(false);
  });

  it('3. and 4. answers GET /health, and tells its status', async () => {
    const { port, target } = await place();
    const running = await start(target);
    const response = await fetch(`http://localhost:${port}/health`);
    expect(response.status).toBe(200);
    const health = (await response.json()) as { uptime_seconds: number };
    expect(health).toMatchObject({ status: 'running', pid: running.pid, version: buildId() });
    expect(Number.isInteger(health.uptime_seconds)).toBe(true);

    const { code, stdout } = await bot.run(['status', ...target]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Lease: EXISTS$/m);
    expect(stdout).toMatch(/^Health endpoint: ✅ RESPONDING$/m);
    expect(stdout).toMatch(new RegExp(`^ +PID: ${running.pid}$`, 'm'));
    expect(stdout).toMatch(/^ +Status: running$/m);
    const [, seconds, minutes] = /^ +Uptime: (\d+) seconds \((\d+\.\d) minutes\)$/m.exec(stdout) ?? [];
    expect(minutes).toBe((Number(seconds) / 60).toFixed(1));
    expect(stdout).toMatch(/^✅ Bot is RUNNING$/m);

    const coloured = await bot.run(['status', ...target], { env: { NO_COLOR: undefined, FORCE_COLOR: '1' } });
    expect(stdout).not.toContain('\u001b');
    expect(coloured.stdout).toContain('\u001b[32mEXISTS\u001b[39m');

    const json = await bot.run(['status', '--json', ...target]);
    expect(JSON.parse(json.stdout)).toMatchObject({
      running: true,
      lease: [{ partition: 0, state: 'busy', exists: true, fencing_token: 1 }],
      health: { pid: running.pid },
    });
  });

  it('5. stops, and then says that it does not run', async () => {
    const { target } = await place();
    const running = await start(target);
    const stop = await bot.run(['stop', ...targetArguments('stop', target)]);
    expect(stop).toMatchObject({ code: 0, stderr: '' });
    expect(stop.stdout).toBe(
      `Found bot process: PID ${running.pid}\nSending SIGTERM...\n✅ Bot stopped (PID ${running.pid})\n`,
    );
    expect((await running.finished).code).toBe(0);

    const status = await bot.run(['status', ...target]);
    expect(status.code).toBe(1);
    expect(status.stdout).toMatch(/^Lease: NOT FOUND$/m);
    expect(status.stdout).toMatch(/^Health endpoint: ❌ NOT RESPONDING$/m);
    expect(status.stdout).toMatch(/^❌ Bot is NOT RUNNING$/m);

    const again = await bot.run(['stop', ...targetArguments('stop', target)]);
    expect(again).toMatchObject({ code: 0, stdout: 'Bot is not running: there is nothing to stop\n' });
  });

  it('6. restarts, whether it runs or not, and in the background returns when it answers', async () => {
    const { port, target } = await place();
    const first = await bot.run(['restart', '--detach', ...target]);
    expect(first.code, first.stderr).toBe(0);
    const [, pid] = /✅ Bot is running \(PID (\d+)\)/.exec(first.stdout) ?? [];
    const second = await bot.run(['restart', '--detach', ...target]);
    expect(second.code, second.stderr).toBe(0);
    expect(second.stdout).toContain(`✅ Bot stopped (PID ${pid})\n`);
    expect(second.stdout).toContain(`Health check endpoint: http://localhost:${port}/health\n`);
    const health = (await (await fetch(`http://localhost:${port}/health`)).json()) as { pid: number };
    expect(second.stdout).toContain(`✅ Bot is running (PID ${health.pid})\n`);
    expect(String(health.pid)).not.toBe(pid);
    for (const [options, code] of [
      [['--standby', '--webhook'], 2],
      [['--log', process.execPath], 1],
    ] as const) {
      expect(await bot.run(['restart', ...target, ...options])).toMatchObject({ code, stdout: '' });
    }
    expect((await bot.run(['stop', ...targetArguments('stop', target)])).stdout).toContain(
      `✅ Bot stopped (PID ${health.pid})`,
    );
  });

  it('8. starts two seconds after kill -9: the lease of a dead process does not block', async () => {
    const { target } = await place();
    const killed = await start(target);
    killed.kill('SIGKILL');
    await killed.finished;
    const status = await bot.run(['status', ...target]);
    expect(status.code).toBe(1);
    expect(status.stdout).toContain('that process has ended: the next start takes over at once');
    const next = await start(target);
    expect(next.stdout).toMatch(/Lease acquired \(fencing token 2/);
    expect(next.stdout).toContain(`Lease taken over from PID ${killed.pid} on`);
  });
});

describe('the bot command, with Telegram', () => {
  const bot = botCommand();
  const token = '4242:acceptance';
  let telegram: BotApiServer;

  beforeAll(async () => {
    telegram = await startBotApiServer({
      bots: { [token]: { id: 4242, username: 'acceptance_bot', first_name: 'A' } },
    });
  });
  afterAll(() => telegram.close());

  it('7. answers /kb_stats with the numbers of the old system’s export', async () => {
    const data = bot.folder();
    const file = join(data, 'export.json');
    writeFileSync(file, JSON.stringify([...legacyAtoms()]));
    const env = { TELEGRAM_BOT_TOKEN: token, TELEGRAM_API_ROOT: telegram.apiRoot };
    const imported = await bot.run(['kb', 'import', '--replace', file, '--data', data], { env });
    expect(imported.stdout).toContain('✅ Knowledge base published: 1,434 atoms');
    const running = bot.begin(['start', '--data', data, '--port', String(await freePort())], { env });
    await running.until('Bot is running');
    telegram.sendMessage({ from: { id: 7, first_name: 'Anna' }, text: '/kb_stats' });
    const answer = await telegram.nextMessage(7, { timeoutMs: 90_000 });
    expect(answer.text).toBe(`📊 Knowledge Base Stats

Total Atoms: 1,434

By Manufacturer:
  • Siemens: 1,307
  • Allen Bradley: 127

By Type:
  • Specification: 1,432
  • Concept: 1
  • Procedure: 1

💡 Use /kb_search <topic> to search atoms`);
    expect((await running.stop()).code).toBe(0);
  });

  it('tells administrators of atoms that arrived before it was started', async () => {
    telegram.user({ id: 8, first_name: 'Root' });
    const told = telegram.nextMessage(8, { timeoutMs: 90_000 });
    const env = { TELEGRAM_BOT_TOKEN: token, TELEGRAM_API_ROOT: telegram.apiRoot, ADMIN_USER_IDS: '8' };
    const target = ['--data', bot.dataFolder(), '--port', String(await freePort())];
    const running = bot.begin(['start', ...target], { env });
    expect((await told).text).toBe('📚 A new version of the knowledge base is live: 2 articles.');
    expect((await running.stop()).code).toBe(0);
  });
});
