import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Api } from 'grammy';
import { describe, expect, it } from 'vitest';
import { botCommand, SIDE_BY_SIDE } from './bot-command.ts';
import { botIdOf, NEW_BOT, sharedStore } from './shared-store.ts';

describe('restart', SIDE_BY_SIDE, () => {
  const bot = botCommand();
  const shared = sharedStore();
  const pidOf = (stdout: string): string | undefined => /Bot is running \(PID (\d+)\)/.exec(stdout)?.[1];

  it('starts the same bot at the same port in the same mode, and no other one in its place', async () => {
    // None of the variables that name another store are set: the data folder is its store.
    const { TELEGRAM_BOT_TOKEN, TELEGRAM_API_ROOT } = await shared.freshTable();
    const env = { TELEGRAM_BOT_TOKEN, TELEGRAM_API_ROOT };
    const data = bot.dataFolder();
    const { username } = await new Api(TELEGRAM_BOT_TOKEN!, { apiRoot: TELEGRAM_API_ROOT }).getMe();
    const name = `@${username}`;
    const detached = await bot.run(['start', '--detach', '--data', data, '--port', '0'], { env });
    expect(detached.code, detached.stderr).toBe(0);
    const [url] = /http:\/\/\S+\/health/.exec(detached.stdout) ?? [];
    expect(await (await fetch(url!)).json()).toMatchObject({ bot: name, data_folder: data });

    const bare = await bot.run(['restart', '--detach', '--data', data]);
    expect(bare.code).toBe(2);
    expect(bare.stderr).toContain(`it is ${name} on Telegram, and here no bot token is set`);
    const other = { ...env, TELEGRAM_BOT_TOKEN: `${NEW_BOT.id}:shared-store-test` };
    const foreign = await bot.run(['restart', '--detach', '--data', data], { env: other });
    expect(foreign.stderr).toContain(`it is ${name}, and here the token of another bot is set`);
    expect((await fetch(url!)).ok).toBe(true);

    const restarted = await bot.run(['restart', '--detach', '--data', data], { env });
    expect(restarted.code, restarted.stderr).toBe(0);
    expect(pidOf(restarted.stdout)).not.toBe(pidOf(detached.stdout));
    expect(restarted.stdout).toContain(url);
    const status = await bot.ask(['status', '--data', data]);
    expect(status.stdout).toContain(`Bot: ${name} (${botIdOf(env)})\nData folder: ${data}\n`);
    expect(status.stdout).toMatch(/Expires: \d{4}-\d\d-\d\d .* \(renewed as long as it runs\)/);
    expect((await bot.ask(['stop', '--data', data])).code).toBe(0);

    const toy = await bot.run(['start', '--data', data, '--port', '0']);
    expect(toy.code).toBe(2);
    expect(toy.stderr).toContain(
      `The data folder ${data} serves ${name} on Telegram, and no bot token is set`,
    );
    const explicit = bot.begin(['start', '--local', '--data', data, '--port', '0'], { env });
    await explicit.until('Bot is running');
    expect(explicit.stdout).toContain('Bot: local, not on Telegram (--local)');
    expect((await explicit.stop()).code).toBe(0);
  });

  it('keeps the log where it is, and serves no page where none was wanted', async () => {
    const [data, logs] = [bot.dataFolder(), bot.folder()];
    const like = ['--no-page', '--log', logs];
    const started = await bot.run(['start', '--detach', '--local', '--data', data, '--port', '0', ...like]);
    expect(started.code, started.stderr).toBe(0);
    for (let time = 1; time <= 2; time += 1) {
      const again = await bot.run(['restart', '--detach', '--local', '--data', data, '--json']);
      expect(JSON.parse(again.stdout)).toMatchObject({ log: join(logs, 'bot.log'), page_url: null });
    }
    expect(readFileSync(join(logs, 'bot.log'), 'utf8').split('✅ Bot is running')).toHaveLength(4);
    expect((await bot.ask(['stop', '--data', data])).code).toBe(0);
  });

  it('keeps a bot behind its webhook', async () => {
    const env = await shared.freshTable();
    const data = bot.folder();
    const started = await bot.run(['start', '--webhook', '--detach', '--data', data, '--port', '0'], { env });
    expect(started.code, started.stderr).toBe(0);
    const { TABLE_NAME: _, ...withoutTable } = env;
    const moved = await bot.run(['restart', '--detach', '--data', data], { env: withoutTable });
    expect(moved.stderr).toContain(`it works on the table ${env['TABLE_NAME']}`);
    const restarted = await bot.run(['restart', '--detach', '--data', data, '--json'], { env });
    expect(restarted.code, restarted.stderr).toBe(0);
    const { log } = JSON.parse(restarted.stdout) as { log: string };
    expect(log).toContain(data);
    expect(readFileSync(log, 'utf8').split('Webhook: ')).toHaveLength(3);
    expect((await bot.ask(['stop', '--data', data], { env })).code).toBe(0);
  });
});
