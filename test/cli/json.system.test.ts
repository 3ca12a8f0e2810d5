import { describe, expect, it } from 'vitest';
import { botCommand, SIDE_BY_SIDE } from './bot-command.ts';

describe('--json', SIDE_BY_SIDE, () => {
  const bot = botCommand();

  it('prints one value also where the command did not succeed, and the exit code tells how', async () => {
    const data = bot.dataFolder();
    const cases: [string[], number][] = [
      [['kb', 'get', 'nope'], 1],
      [['kb', 'import', '/no/such/file'], 1],
      [['kb', 'delete', 'siemens:S7-1200:motor-control'], 2],
      [['kb', 'gett'], 2],
      [['dead', 'show', '1'], 1],
      [['updates', 'show', '1'], 1],
      [['webhook', 'info'], 2],
      [['start', '--webhook', '--detach'], 2],
      [['start'], 2],
      [['start', '--standby', '--webhook'], 2],
    ];
    const results = await Promise.all(
      cases.map(async ([args, code]) => ({
        args,
        wanted: code,
        ran: await bot.run([...args, '--json', '--data', data], { env: { PORT: '0' } }),
      })),
    );
    for (const { args, wanted, ran } of results) {
      const told = `${args.join(' ')}: ${ran.stdout}${ran.stderr}`;
      expect(ran.code, told).toBe(wanted);
      expect(JSON.parse(ran.stdout), told).toMatchObject({
        error: { message: expect.stringMatching(/\w/) as string, exit_code: ran.code },
      });
    }
  });
});
