import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { HealthReport } from '../../functions/status/report.ts';
import { botCommand, SIDE_BY_SIDE } from './bot-command.ts';
import { sharedStore } from './shared-store.ts';

const STEPPED_CLOCK = fileURLToPath(new URL('../fixtures/stepped-clock.mjs', import.meta.url));

describe('a bot over a table whose clock is set wrong while it runs', SIDE_BY_SIDE, () => {
  const bot = botCommand();
  const shared = sharedStore();

  it.skipIf(process.platform === 'win32')(
    'is degraded by it, tells of it wherever it is asked, and is healthy again after it',
    async () => {
      const env = await shared.freshTable();
      const data = bot.folder();
      const running = bot.begin(['start', '--data', data, '--port', '0'], {
        env: { ...env, NODE_OPTIONS: `--import ${STEPPED_CLOCK}` },
      });
      await running.until('Bot is running');
      const [, port] = /localhost:(\d+)\/health/.exec(running.stdout)!;
      const health = async (): Promise<[number, HealthReport]> => {
        const answer = await fetch(`http://127.0.0.1:${port}/health`);
        return [answer.status, (await answer.json()) as HealthReport];
      };
      const until = async (status: number): Promise<HealthReport> => {
        for (;;) {
          const [now, report] = await health();
          if (now === status) return report;
          await sleep(250);
        }
      };
      expect(await health()).toMatchObject([200, { reasons: [] }]);

      running.kill('SIGUSR2');
      const told =
        /this machine’s clock is off: about [45]\.\d s ahead of the store's, seen \d{4}-\d\d-\d\dT/;
      expect((await until(503)).reasons).toEqual([expect.stringMatching(told)]);
      const asked = await bot.ask(['status', '--data', data], { env });
      expect(asked.stdout).toMatch(/Status: degraded\n/);
      expect(asked.stdout).toMatch(told);
      const doctor = await bot.ask(['doctor', '--data', data], { env });
      expect(doctor.stdout).toMatch(told);
      expect(running.stdout).toMatch(/⚠️ This machine's clock is about [45]\.\d s ahead of the store's/);

      running.kill('SIGUSR2');
      expect((await until(200)).reasons).toEqual([]);
      expect(running.stdout).toContain('This machine’s clock agrees with the store’s again');
      expect((await running.stop()).code).toBe(0);
    },
  );
});
