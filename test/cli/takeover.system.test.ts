import { describe, expect, it } from 'vitest';
import { botCommand, SIDE_BY_SIDE } from './bot-command.ts';
import { botIdOf, cuttableWay, sharedStore } from './shared-store.ts';

describe('two hosts on one store', SIDE_BY_SIDE, () => {
  const bot = botCommand();
  const shared = sharedStore();
  const start = async (env: Record<string, string | undefined>, ...args: string[]) => {
    const running = bot.begin(['start', '--port', '0', '--data', bot.folder(), ...args], { env });
    await running.until(args.includes('--standby') ? 'Standing by' : 'Bot is running');
    return running;
  };

  it('refuses the second host and names the first; once it has ended cleanly, starts at once', async () => {
    const env = await shared.freshTable();
    const first = await start(shared.asHost(env, 'press-1'));
    const args = ['start', '--port', '0', '--data', bot.folder()];
    const refused = await bot.run(args, { env: shared.asHost(env, 'press-2') });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('❌ Bot is already running!');
    expect(refused.stderr).toContain(`The lease is held by PID ${first.pid} on press-1.`);
    expect(refused.stderr).toMatch(/bot stop .*\(on that machine\)/);

    const other = { env: shared.asHost(env, 'press-2') };
    const stop = await bot.ask(['stop', '--data', bot.folder()], other);
    expect(stop.code).toBe(1);
    expect(stop.stderr).toContain(`The bot runs elsewhere: its lease is held by PID ${first.pid} on press-1`);
    const status = await bot.ask(['status', '--data', bot.folder(), '--port', '1'], other);
    expect(status.code).toBe(0);
    expect(status.stdout).toContain('It runs on another machine.');

    await first.stop();
    const second = await start(other.env);
    expect(second.stdout).toMatch(/Lease acquired \(fencing token 2, PID \d+ on press-2\)/);
  });

  it('hands over to a standby when the holder is killed, within its lease, in a time that it tells', async () => {
    const env = await shared.freshTable();
    const first = await start(shared.asHost(env, 'press-1'));
    const standby = await start(shared.asHost(env, 'press-2'), '--standby');
    expect(standby.stdout).toContain(`Standing by: the lease is held by PID ${first.pid} on press-1`);
    first.kill('SIGKILL');
    await standby.until('Bot is running');
    const told =
      /Took over from PID (\d+) on press-1 (\d+\.\d) s after its last sign of life; stood by for (\d+\.\d) s/;
    const [, pid, sinceAlive] = told.exec(standby.stdout) ?? [];
    expect(pid).toBe(String(first.pid));
    // The lease of 5 s and the margin of 0.5 s: sooner would be a second consumer.
    expect(Number(sinceAlive)).toBeGreaterThanOrEqual(5.5);
    expect(await shared.ask(env, '/kb_stats')).toContain('Total Atoms: 2');
  });

  it('hands over to a standby at once when the holder is stopped, and stops a standby too', async () => {
    const env = shared.asHost(await shared.freshTable(), 'press-1');
    const data = bot.folder();
    const first = bot.begin(['start', '--port', '0', '--data', data], { env });
    await first.until('Bot is running');
    const standby = bot.begin(['start', '--standby', '--port', '0', '--data', data], { env });
    await standby.until('Standing by');
    const stopped = await bot.ask(['stop', '--data', data], { env });
    expect(stopped.stdout).toContain(`✅ Bot stopped (PID ${first.pid})`);
    expect(stopped.stdout).toContain(`PID ${standby.pid} stands by and takes over`);
    await standby.until('Bot is running');
    const again = await bot.ask(['stop', '--data', data], { env });
    expect(again.stdout).toContain(`✅ Bot stopped (PID ${standby.pid})`);
  });

  it('leaves a holder that was frozen and woke after the takeover without effect, and ends it with a clear message', async () => {
    const env = await shared.freshTable();
    const frozen = await start(shared.asHost(env, 'press-1'));
    const standby = await start(shared.asHost(env, 'press-2'), '--standby');
    frozen.kill('SIGSTOP');
    await standby.until('Bot is running');
    expect(await shared.ask(env, '/kb_stats')).toContain('Total Atoms: 2');
    const answers = () =>
      shared
        .telegram()
        .calls('sendMessage')
        .filter(({ bot: id }) => id === botIdOf(env));
    expect(answers()).toHaveLength(1);

    frozen.kill('SIGCONT');
    const { code, stderr } = await frozen.finished;
    expect(code).toBe(1);
    expect(stderr).toContain('❌ This bot has lost its lease');
    expect(stderr).toContain(`PID ${standby.pid} on press-2 holds it now`);
    expect(await shared.ask(env, '/help')).toContain('/kb_search');
    expect(standby.hasEnded).toBe(false);
    expect(answers()).toHaveLength(2);
  });

  it('takes the lease again after the store was away, and goes on', async () => {
    const env = await shared.freshTable();
    const way = await cuttableWay(shared.endpoint());
    try {
      const running = await start({ ...env, AWS_ENDPOINT_URL_DYNAMODB: way.endpoint });
      way.cut();
      await running.until('Polling has stopped; taking the lease again...');
      way.mend();
      await running.until('🔐 Lease acquired again');
      expect(await shared.ask(env, '/kb_stats')).toContain('Total Atoms: 2');
      expect((await running.stop()).code).toBe(0);
    } finally {
      await way.close();
    }
  });

  it('does not snatch the lease from a live deployment: while a webhook is set it waits', async () => {
    const env = await shared.freshTable();
    const telegram = shared.telegram();
    const api = `${telegram.apiRoot}/bot${env['TELEGRAM_BOT_TOKEN']}`;
    await fetch(`${api}/setWebhook?url=http://127.0.0.1:9/telegram/webhook`);
    const standby = await start(env, '--standby');
    expect(standby.stdout).toContain('Standing by: a webhook is set, Telegram delivers to 127.0.0.1:9');
    const deleted = await bot.ask(['webhook', 'delete', '--yes'], { env });
    expect(deleted.code, deleted.stderr).toBe(0);
    await standby.until('Bot is running');
    expect(standby.stdout).toContain('Nobody held the lease; stood by for');
    expect(telegram.calls('deleteWebhook').filter(({ bot: id }) => id === botIdOf(env))).toHaveLength(1);
  });
});
