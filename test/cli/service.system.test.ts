import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { botCommand, SIDE_BY_SIDE } from './bot-command.ts';

const TOKEN = '123456:service-secret';
const hasSystemdAnalyze = spawnSync('systemd-analyze', ['--version']).status === 0;

describe('bot service', SIDE_BY_SIDE, () => {
  const bot = botCommand();
  const install = async (manager: string) => {
    const [data, folder] = [bot.folder(), bot.folder()];
    const env = { TELEGRAM_BOT_TOKEN: TOKEN, TABLE_NAME: 'a-table', ALLOWED_USER_IDS: '1, 2' };
    const result = await bot.ask(
      ['service', 'install', '--for', manager, '--output', folder, '--data', data, '--port', '4000'],
      { env },
    );
    expect(result.code, result.stderr).toBe(0);
    return { data, folder, ...result };
  };

  it('is not said to run where that is not looked at', async () => {
    for (const manager of ['launchd', 'windows']) {
      const { code, stdout } = await bot.ask(['service', 'status', '--for', manager]);
      expect(stdout).toMatch(/^To see it, run:\n/);
      expect(code).toBe(1);
    }
  });

  it('keeps the token in a file that its owner alone can read, and on no command line', async () => {
    for (const manager of ['systemd', 'launchd', 'windows']) {
      const { folder, stdout } = await install(manager);
      expect(stdout).not.toContain(TOKEN);
      const env = join(folder, 'env');
      expect(statSync(env).mode & 0o777).toBe(0o600);
      // As Node's own --env-file reads it, which the other two use.
      const read = spawnSync(
        process.execPath,
        [`--env-file=${env}`, '-p', 'process.env.TELEGRAM_BOT_TOKEN + process.env.ALLOWED_USER_IDS'],
        { encoding: 'utf8', env: {} },
      );
      expect(read.stdout).toBe(`${TOKEN}1, 2\n`);
      for (const file of ['agent-factory-bot.service', 'local.agent-factory-bot.plist'].map((name) =>
        join(folder, name),
      ))
        if (existsSync(file)) expect(readFileSync(file, 'utf8')).not.toContain(TOKEN);
    }
  });

  it('writes a systemd unit that restarts on failure, and that systemd-analyze accepts where it exists', async () => {
    const { data, folder, stdout } = await install('systemd');
    const unit = readFileSync(join(folder, 'agent-factory-bot.service'), 'utf8');
    expect(unit).toMatch(/^Restart=on-failure$/m);
    expect(unit).toMatch(/^StandardOutput=journal$/m);
    expect(unit).toContain(`EnvironmentFile=${join(folder, 'env')}\n`);
    expect(unit).toMatch(new RegExp(`^ExecStart=\\S+ .*start --standby --data ${data} --port 4000$`, 'm'));
    expect(stdout.includes('systemd-analyze verify: ✅')).toBe(hasSystemdAnalyze);
    expect(stdout).toMatch(/systemctl (--user )?enable --now agent-factory-bot\.service/);
  });

  it('prints with --output how the files get to where their service manager looks for them', async () => {
    for (const [manager, name, place] of [
      ['systemd', 'agent-factory-bot.service', /\/systemd\/(system|user)\//],
      ['launchd', 'local.agent-factory-bot.plist', /\/Library\/Launch/],
    ] as const) {
      const { folder, stdout } = await install(manager);
      const lines = stdout.split('\n').map((line) => line.trim());
      const copies = lines.findIndex((line) => line.startsWith(`cp ${join(folder, name)} /`));
      const [, , to] = lines[copies]!.split(' ');
      expect(to).toMatch(place);
      expect(lines[copies - 1]).toBe(`mkdir -p ${dirname(to!)}`);
      expect(lines.findIndex((line) => /(enable|bootstrap) /.test(line))).toBeGreaterThan(copies);
    }
  });

  it('writes a launchd agent that restarts on failure and rotates its log', async () => {
    const { data, folder, stdout } = await install('launchd');
    const plist = readFileSync(join(folder, 'local.agent-factory-bot.plist'), 'utf8');
    expect(plist).toMatch(/<key>SuccessfulExit<\/key>\s*<false\/>/);
    expect(plist).toContain(`<string>--env-file=${join(folder, 'env')}</string>`);
    expect(plist).toMatch(new RegExp(`<string>--log</string>\\s*<string>${join(data, 'logs')}</string>`));
    expect(stdout).toContain('launchctl bootstrap');
  });

  it('prints NSSM’s commands for Windows, with restart and log rotation', async () => {
    const { stdout } = await install('windows');
    for (const command of [
      'AppExit Default Restart',
      'AppRotateFiles 1',
      'AppRotateBytes 10485760',
      'icacls ',
    ])
      expect(stdout).toContain(command);
  });
});
