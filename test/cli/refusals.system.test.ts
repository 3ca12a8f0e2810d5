import { once } from 'node:events';
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { botCommand, SIDE_BY_SIDE, type Env, type Finished } from './bot-command.ts';
import { movedClock } from '../fixtures/moved-clock.ts';
import { botIdOf, sharedStore } from './shared-store.ts';

/** A user that may not write everywhere: where the tests run as root, the command runs as this one. */
const NOBODY = process.getuid?.() === 0 ? 65534 : undefined;

describe('a start that is refused says what to do next', SIDE_BY_SIDE, () => {
  const bot = botCommand();
  const shared = sharedStore();
  const start = (env: Env, ...args: string[]): Promise<Finished> =>
    bot.run(['start', '--port', '0', '--data', bot.folder(), ...args], { env });
  const expectRefusal = ({ code, stderr }: Finished, ...texts: string[]): void => {
    // A variable that is missing or wrong is wrong usage.
    expect(code, stderr).toBe(/region is set/.test(stderr) ? 2 : 1);
    for (const text of texts) expect(stderr).toContain(text);
    expect(stderr).toMatch(/^❌ /);
    expect(stderr).not.toMatch(/\n\s+at /);
  };

  it('when a stranger has the port, before it takes the lease or imports anything', async () => {
    const stranger = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1');
    await once(stranger, 'listening');
    const port = String((stranger.address() as AddressInfo).port);
    const data = bot.folder();
    const says = `Port ${port} is in use by another program: choose another one with --port`;
    try {
      const [refused, behindWebhook] = await Promise.all([
        bot.run(['start', '--data', data, '--port', port]),
        bot.run(['start', '--webhook', '--data', bot.folder(), '--port', port], {
          env: { TELEGRAM_BOT_TOKEN: `123456:${'a'.repeat(35)}` },
        }),
      ]);
      for (const each of [refused, behindWebhook]) {
        expectRefusal(each, says);
        expect(each.stdout).not.toMatch(/Lease acquired|importing/);
      }
      const status = await bot.ask(['status', '--data', data, '--port', port]);
      expect(status.stdout).toMatch(/^Lease: NOT FOUND$/m);
      expect(status.stdout).toContain('another program answers there (HTTP 200)');
      expect(status.code).toBe(1);
    } finally {
      stranger.close();
    }
  });

  it('when no AWS region is set', async () => {
    const env = { AWS_REGION: undefined, AWS_CONFIG_FILE: '/dev/null' };
    for (const where of [
      ['--table', 'a-table'],
      ['--stack', 'a-stack'],
    ]) {
      const refused = await bot.ask(['status', ...where], { env });
      expectRefusal(refused, 'No AWS region is set: set AWS_REGION');
      expect(refused.stderr).not.toContain('Unexpected error');
    }
  });

  it('when the data folder may not be written', async () => {
    const folder = bot.folder();
    chmodSync(folder, 0o555);
    const running = bot.begin(['start', '--port', '0', '--data', join(folder, 'data')], { uid: NOBODY });
    expectRefusal(await running.finished, `The data folder ${join(folder, 'data')}`, 'cannot be created');
    chmodSync(folder, 0o755);
  });

  it('when the data folder is damaged, and deletes nothing in it', async () => {
    const data = bot.dataFolder();
    const files = join(data, 'store');
    for (const name of readdirSync(files).filter((each) => each.startsWith('MANIFEST')))
      writeFileSync(join(files, name), 'not a manifest');
    const tables = readdirSync(files).filter((name) => name.endsWith('.ldb') || /^\d+\.log$/.test(name));
    const contents = tables.map((name) => readFileSync(join(files, name), 'base64'));
    expectRefusal(
      await bot.run(['start', '--port', '0', '--data', data]),
      `The store in ${files} cannot be opened`,
      'Nothing was changed. Restore the folder from a backup, or start with another one: --data FOLDER',
    );
    expect(tables.map((name) => readFileSync(join(files, name), 'base64'))).toEqual(contents);
  });

  it('when the table does not answer, or the clock is off by more than the protocol allows', async () => {
    const env = await shared.freshTable();
    const unreachable = { ...env, AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9' };
    expectRefusal(await start(unreachable), 'DynamoDB did not answer', 'try again when it answers');
    const moved = await movedClock(shared.endpoint(), 3_600_000);
    try {
      const refused = await start({ ...env, AWS_ENDPOINT_URL_DYNAMODB: moved.endpoint });
      expectRefusal(
        refused,
        "This machine's clock is about 3",
        's behind the store',
        'set it by NTP, then try again',
      );
      const asked = { ...env, AWS_ENDPOINT_URL_DYNAMODB: moved.endpoint };
      for (const command of [
        ['partitions', 'set', '2', '--yes'],
        ['release', '--force', '--even-if-live', '--reason', 'x'],
        ['dead', 'replay', '1'],
        ['dead', 'drop', '1', '--yes'],
      ]) {
        expectRefusal(
          await bot.ask(command, { env: asked }),
          "This machine's clock is about 3",
          'behind the store',
        );
      }
    } finally {
      await moved.close();
    }
  });

  it('when Telegram refuses the token or cannot be reached', async () => {
    const env = await shared.freshTable();
    const refused = await start({ ...env, TELEGRAM_BOT_TOKEN: '999:nobody' });
    expectRefusal(refused, 'Telegram refused the bot token (401 Unauthorized)', '@BotFather');
    expect(refused.stderr).not.toContain('999:nobody');
    expectRefusal(
      await start({ ...env, TELEGRAM_API_ROOT: 'http://127.0.0.1:9' }),
      'Telegram cannot be reached',
    );
    const behindProxy = {
      ...env,
      TELEGRAM_API_ROOT: 'http://127.0.0.1:9',
      HTTPS_PROXY: 'http://127.0.0.1:9',
    };
    expectRefusal(await start(behindProxy), 'HTTPS_PROXY is set', 'NODE_USE_ENV_PROXY=1');
  });

  it('when a webhook is set, which it does not delete', async () => {
    const env = await shared.freshTable();
    const api = `${shared.telegram().apiRoot}/bot${env['TELEGRAM_BOT_TOKEN']}`;
    await fetch(`${api}/setWebhook?url=http://127.0.0.1:9/secret-path`);
    const refused = await start(env);
    expectRefusal(
      refused,
      "Somebody else has this bot's token",
      'Telegram delivers to 127.0.0.1:9',
      'npx agent-factory-bot stop --stack NAME',
      'a webhook is never deleted unasked',
    );
    expect(refused.stderr).not.toContain('secret-path');
    const info = (await (await fetch(`${api}/getWebhookInfo`)).json()) as { result: { url: string } };
    expect(info.result.url).not.toBe('');
  });

  it('when another program polls with its token: it stops, and leaves the lease', async () => {
    const env = await shared.freshTable();
    const api = `${shared.telegram().apiRoot}/bot${env['TELEGRAM_BOT_TOKEN']}`;
    const running = bot.begin(['start', '--port', '0', '--data', bot.folder()], { env });
    await running.until('Bot is running');
    const stranger = new AbortController();
    const polling = (async () => {
      while (!stranger.signal.aborted)
        await fetch(`${api}/getUpdates?timeout=1`, { signal: stranger.signal }).then(
          (response) => response.text(),
          () => {},
        );
    })();
    const { code, stderr } = await running.finished;
    stranger.abort();
    await polling;
    expect(code).toBe(1);
    expect(stderr).toContain('terminated by other getUpdates request');
    expect(stderr).toContain('Another program polls with this token, without the lease');
    const status = await bot.ask(['status', '--port', '1', '--data', bot.folder()], { env });
    expect(status.stdout).toMatch(/^Lease: NOT FOUND$/m);
    expect(
      shared
        .telegram()
        .calls('deleteWebhook')
        .filter(({ bot: id }) => id === botIdOf(env)),
    ).toEqual([]);
  });

  it('when a variable is wrong, which it names, so that no service tries again for ever', async () => {
    const { code, stderr } = await start({ MAX_ATTEMPTS: 'many', TELEGRAM_BOT_TOKEN: 'not a token' });
    expect(stderr).toContain('MAX_ATTEMPTS takes a whole number from 1 to 100');
    expect(stderr).toContain('TELEGRAM_BOT_TOKEN takes a bot token');
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(code).toBe(2);
  });

  it('shows a stack with --debug alone, and tells wrong usage by exit code 2', async () => {
    const env = { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9', TABLE_NAME: 'nothing' };
    const debug = await start(env, '--debug');
    expect(debug.stderr).toMatch(/\n\s+at /);
    for (const args of [
      ['start', '--port', 'x'],
      ['frobnicate'],
      ['start', '--no-such-option'],
      ['kb', 'delete'],
      ['kb'],
    ]) {
      const { code, stderr } = await bot.ask(args);
      expect({ args, code }).toEqual({ args, code: 2 });
      expect(stderr).not.toBe('');
    }
  });
});
