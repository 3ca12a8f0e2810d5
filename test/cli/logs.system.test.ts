import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { targetArguments } from '../../functions/cli/invocation.ts';
import { startBotApiServer } from '../../functions/local/bot-api/server.ts';
import { LogReader } from '../../functions/cli/log-reader.ts';
import { freePort } from '../fixtures/free-port.ts';
import { botCommand } from './bot-command.ts';

describe('the reader of a log', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bot-log-reader-'));
    file = join(folder, 'bot.log');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('gives each whole line once, also those of a file that is rotated away meanwhile', async () => {
    writeFileSync(file, 'one\ntwo\nthr');
    const reader = (await LogReader.open(folder))!;
    expect(await reader.next()).toEqual(['one', 'two']);
    expect(await reader.next()).toEqual([]);
    appendFileSync(file, 'ee é');
    expect(await reader.next()).toEqual([]);
    appendFileSync(file, '\nfour\n');
    renameSync(file, join(folder, 'rotated.log'));
    expect(await reader.next()).toEqual(['three é', 'four']);
    writeFileSync(file, 'five\n');
    expect(await reader.next()).toEqual(['five']);
    await reader.close();
  });

  it('goes back into rotated files for lines that the present one does not have', async () => {
    const [oldest, older] = [join(folder, 'a.log'), join(folder, 'b.log')];
    writeFileSync(oldest, '1\n2\n');
    writeFileSync(older, '3\n4\n');
    writeFileSync(file, '5\n');
    writeFileSync(join(folder, 'bot.log.txt'), `${oldest}\n${older}\n`);
    const reader = (await LogReader.open(folder))!;
    expect(await reader.earlier(3)).toEqual(['2', '3', '4']);
    await reader.close();
  });

  it('finds none where no bot has written one', async () => {
    expect(await LogReader.open(join(folder, 'none'))).toBeUndefined();
  });
});

describe('the log of a bot in the background', () => {
  const bot = botCommand();

  it('has a line for each update, and is followed to the end', { timeout: 240_000 }, async () => {
    const token = '5199:logs-test';
    const anna = { id: 7, first_name: 'Anna' };
    const telegram = await startBotApiServer({
      bots: { [token]: { id: 5199, username: 'logs_bot', first_name: 'L' } },
    });
    const env = { TELEGRAM_BOT_TOKEN: token, TELEGRAM_API_ROOT: telegram.apiRoot };
    const data = bot.dataFolder();
    const log = join(bot.folder(), 'elsewhere');
    const where = ['--data', data, '--port', String(await freePort())];
    const nothing = await bot.ask(['logs', ...targetArguments('logs', where)]);
    expect(nothing).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('There is no log in') as string,
    });

    const started = await bot.run(['start', '--detach', '--log', log, ...where], { env });
    expect(started.code, started.stderr).toBe(0);
    expect(started.stdout).toContain('Chat: https://t.me/logs_bot\n');
    expect(started.stdout).toMatch(/Chat, and the guarantee at work: http:\/\/localhost:\d+\/\?key=\w+/);
    expect(started.stdout).toContain(
      `agent-factory-bot logs --follow ${targetArguments('logs', where).join(' ')}`,
    );

    const following = bot.begin(['logs', '-f', ...targetArguments('logs', where)]);
    await following.until('Bot is running\n');
    telegram.sendMessage({ from: anna, text: 'a secret question', bot: 5199 });
    await following.until(' is done (');
    await bot.ask(['stop', ...targetArguments('stop', where)], { env });
    await following.until('Bot stopped');
    following.kill('SIGTERM');
    expect((await following.finished).code).toBe(0);
    expect(following.stdout).not.toContain('secret');

    const last = await bot.ask([
      'logs',
      '-n',
      '1',
      '--json',
      '--log',
      log,
      ...targetArguments('logs', where),
    ]);
    expect(JSON.parse(last.stdout)).toEqual({
      log: join(log, 'bot.log'),
      lines: [expect.stringMatching(/^\S+Z ✅ Bot stopped$/)],
    });
    await telegram.close();
  });

  it('of one in a terminal is said to be there', async () => {
    const where = ['--data', bot.dataFolder(), '--port', String(await freePort())];
    const running = bot.begin(['start', '--local', ...where]);
    await running.until('Bot is running');
    const refused = await bot.ask(['logs', ...targetArguments('logs', where)]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`The bot (PID ${running.pid}) writes to the terminal`);
    await running.stop();
  });
});
