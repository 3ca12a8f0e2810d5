import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { targetArguments } from '../../functions/cli/invocation.ts';
import { botCommand, SIDE_BY_SIDE } from './bot-command.ts';

describe('kill -9', SIDE_BY_SIDE, () => {
  const bot = botCommand();

  it('at any stage of a first start leaves a folder that the next start takes as it is', async () => {
    const store = ['--data', bot.folder()];
    for (const stage of [
      'Store:',
      '🔐 Lease acquired',
      'importing the starter',
      'Health check endpoint',
      'Bot is running',
    ]) {
      const running = bot.begin(['start', '--port', '0', ...store]);
      // Once the atoms are there they are not imported again.
      await Promise.race([running.until(stage), running.until('Bot is running')]);
      running.kill('SIGKILL');
      expect((await running.finished).signal).toBe('SIGKILL');
    }
    const last = bot.begin(['start', '--port', '0', ...store]);
    await last.until('Bot is running');
    expect((await last.stop()).code).toBe(0);
    const stats = await bot.ask(['kb', 'stats', '--json', ...store]);
    expect((JSON.parse(stats.stdout) as { total: number }).total).toBeGreaterThan(100);
  });

  it('in the middle of a stop leaves a lease that the next start takes over at once', async () => {
    const target = ['--port', '0', '--data', bot.dataFolder()];
    const running = bot.begin(['start', ...target]);
    await running.until('Bot is running');
    running.kill('SIGTERM');
    await running.until('Stopping');
    running.kill('SIGKILL');
    await running.finished;
    const next = bot.begin(['start', ...target]);
    await next.until('Bot is running');
  });

  it('of the stopping command itself harms nothing: the bot ends cleanly, by it or by the next one', async () => {
    const target = ['--port', '0', '--data', bot.dataFolder()];
    const running = bot.begin(['start', ...target]);
    await running.until('Bot is running');
    const stop = bot.begin(['stop', ...targetArguments('stop', target)]);
    await stop.until('Sending SIGTERM...');
    stop.kill('SIGKILL');
    expect((await bot.run(['stop', ...targetArguments('stop', target)])).code).toBe(0);
    expect(await running.finished).toMatchObject({ code: 0 });
  });

  it('is what stop resorts to when the bot does not end, and it says so', async () => {
    const target = ['--port', '0', '--data', bot.dataFolder()];
    const env = { HANDLER_DEADLINE_MS: '1000', MAX_CLOCK_SKEW_MS: '250' };
    const running = bot.begin(['start', ...target], { env });
    await running.until('Bot is running');
    running.kill('SIGSTOP');
    const stop = await bot.run(['stop', ...targetArguments('stop', target)], { env });
    expect(stop.code, stop.stderr).toBe(0);
    expect(stop.stdout).toContain('It did not end in time. Sending SIGKILL...');
    expect(stop.stdout).toContain(`✅ Bot stopped (PID ${running.pid})`);
  });

  it('of a bot in the background while it starts is reported by the command that started it, as is every other end', async () => {
    const data = bot.folder();
    const args = ['start', '--detach', '--port', '0', '--data', data];
    const env = { TELEGRAM_BOT_TOKEN: '1:refused', TELEGRAM_API_ROOT: 'http://127.0.0.1:9' };
    // It has not come up before it is found: it waits for a Telegram that says nothing.
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const starting = bot.begin(args, { env: { ...env, TELEGRAM_API_ROOT: `http://127.0.0.1:${port}` } });
    const pid = await vi.waitUntil(() => pidIn(data), { timeout: 60_000, interval: 10 });
    process.kill(pid, 'SIGKILL');
    const killed = await starting.finished;
    silent.close();
    expect(killed.code).toBe(1);
    expect(killed.stderr).toContain('❌ The bot ended at once (SIGKILL)');

    const refused = await bot.run(args, { env });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/^❌ Telegram cannot be reached/);
    expect(readFileSync(join(data, 'logs', 'bot.log'), 'utf8')).toContain('Telegram cannot be reached');
  });
});

function pidIn(data: string): number | undefined {
  if (!existsSync(join(data, 'run'))) return undefined;
  const name = readdirSync(join(data, 'run')).find((each) => /^\d+\.json$/.test(each));
  return name === undefined ? undefined : Number.parseInt(name, 10);
}
