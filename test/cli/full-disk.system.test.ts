import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBotApiServer } from '../../functions/local/bot-api/server.ts';
import type { BotApiServer } from '../../functions/local/bot-api/types.ts';
import { cannotLimitFiles, limitFiles } from '../fixtures/file-size-limit.ts';
import { botCommand, RunningBot, SIDE_BY_SIDE, type Finished } from './bot-command.ts';

const TOKEN = '5150:full-disk-test';
const ANNA = { id: 7, first_name: 'Anna' };

const missing = cannotLimitFiles();

/** Runs a command to its end that can make no larger file from the beginning. */
function withFilesUpTo(bytes: number, command: readonly string[]): Promise<Finished> {
  const child = spawn('prlimit', [`--fsize=${bytes}:unlimited`, ...command], {
    env: { PATH: process.env['PATH'], HOME: tmpdir() },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new RunningBot(child).finished;
}

describe.skipIf(missing !== undefined)(
  `a full disk${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  SIDE_BY_SIDE,
  () => {
    const bot = botCommand();
    let telegram: BotApiServer;
    beforeAll(async () => {
      telegram = await startBotApiServer({
        bots: { [TOKEN]: { id: 5150, username: 'full_disk_bot', first_name: 'F' } },
      });
    });
    afterAll(() => telegram.close());

    it('at a first start is named in the error, and the next start with space goes on from what there is', async () => {
      const args = ['start', '--port', '0', '--data', bot.folder()];
      for (const bytes of [1, 500, 900, 20_000]) {
        const { code, stdout, stderr } = await withFilesUpTo(bytes, bot.command(args));
        expect({ bytes, code }).toEqual({ bytes, code: 1 });
        expect(stderr).toMatch(
          /^❌ The store in .* cannot be used now: .*File too large.*Mend that, then try again/m,
        );
        expect(`${stdout}${stderr}`).not.toMatch(/^\s+at /m);
      }
      const running = bot.begin(args);
      await running.until('Bot is running');
      expect((await running.stop()).code).toBe(0);
    });

    it('is reported by a start in the background, which could not leave a word in its log', async () => {
      const start = bot.command(['start', '--detach', '--data', bot.dataFolder()]);
      const { code, stderr } = await withFilesUpTo(0, start);
      expect(code).toBe(1);
      expect(stderr).toMatch(
        /❌ The log folder .* cannot be written: EFBIG.*Mend that, or choose another one/,
      );
    });

    it('is an outage that says what to do, ends with the space there is, and costs no update', async () => {
      const data = bot.dataFolder();
      const env = {
        TELEGRAM_BOT_TOKEN: TOKEN,
        TELEGRAM_API_ROOT: telegram.apiRoot,
        HANDLER_DEADLINE_MS: '2000',
        MAX_CLOCK_SKEW_MS: '500',
      };
      const running = bot.begin(['start', '--data', data, '--port', '0'], { env });
      await running.until('Bot is running');
      limitFiles(running.pid, 1);
      telegram.sendMessage({ from: ANNA, text: '/kb_stats' });
      await running.until('cannot be used now: IO error');
      expect(running.stdout).toContain('Nothing in it was deleted. Mend that, then try again');
      await running.until('taking the lease again');
      expect(running.hasEnded).toBe(false);

      limitFiles(running.pid, 'unlimited');
      await running.until('Lease acquired again');
      const answer = await telegram.nextMessage(ANNA.id, { timeoutMs: 90_000 });
      expect(answer.text).toContain('Total Atoms: 2');
      const ended = await running.stop();
      expect(ended).toMatchObject({ code: 0, stderr: '' });
      expect((await bot.ask(['dead', 'list', '--data', data])).stdout).toContain('No update is parked\n');
      const stats = await bot.ask(['kb', 'stats', '--json', '--data', data]);
      expect(JSON.parse(stats.stdout)).toMatchObject({ total: 2 });
    });
  },
);
