import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { validRecord } from '../fixtures/foreign-atoms.ts';
import { freePort } from '../fixtures/free-port.ts';
import { targetArguments } from '../../functions/cli/invocation.ts';
import { botCommand, SIDE_BY_SIDE, type Finished } from './bot-command.ts';

/** A user that may not read everything: where the tests run as root, the command runs as this one. */
const NOBODY = process.getuid?.() === 0 ? 65534 : undefined;

describe('a data folder', SIDE_BY_SIDE, () => {
  const bot = botCommand();

  it('that was mistyped is refused by commands that only read, and not created', async () => {
    const data = join(bot.folder(), 'typo');
    const run = (...args: string[]): Promise<Finished> =>
      bot.ask([...args, '--data', data], { env: { PORT: '1' } });
    for (const args of [
      ['dead', 'list'],
      ['kb', 'stats'],
      ['updates', 'show', '1'],
      ['partitions', 'show'],
    ]) {
      const { code, stdout, stderr } = await run(...args);
      expect({ args, code, stdout }).toEqual({ args, code: 1, stdout: '' });
      expect(stderr).toContain(`❌ There is no store in ${data}`);
      expect(stderr).toContain(`npx agent-factory-bot start --data ${data}`);
    }
    expect((await run('doctor')).stdout).toContain(`There is no store in ${data}`);
    expect((await run('status')).stdout).toContain('Bot is NOT RUNNING');
    expect((await run('stop')).stdout).toContain('there is nothing to stop');
    for (const content of [undefined, '[{"atom_id":"x"}]', 'no JSON']) {
      const file = join(bot.folder(), 'atoms.json');
      if (content !== undefined) writeFileSync(file, content);
      expect((await run('kb', 'import', file)).code).toBe(1);
    }
    expect(existsSync(data)).toBe(false);
    writeFileSync(data, '');
    expect((await run('status')).stdout).toContain(`Data folder: ${data} (is a file)\n`);
  });

  it('is begun by an import, and a check before it compares with nothing', async () => {
    const [data, folder] = [join(bot.folder(), 'new'), bot.folder()];
    const file = join(folder, 'atoms.json');
    writeFileSync(file, JSON.stringify([validRecord('acme:press:a')]));
    const checked = await bot.ask(['kb', 'check', file, '--data', data]);
    expect(checked).toMatchObject({ code: 0, stderr: '' });
    expect(checked.stdout).toContain('Atoms would be added: 1');
    expect(existsSync(data)).toBe(false);
    const imported = await bot.ask(['kb', 'import', file, '--data', data]);
    expect(imported.stdout).toContain('✅ Knowledge base published: 1 atom ');
  });

  it('that lost a file of its store is refused by every command, and stays as it is', async () => {
    const data = bot.dataFolder();
    rmSync(join(data, 'store', 'CURRENT'));
    const contents = (): Record<string, string> =>
      Object.fromEntries(
        readdirSync(join(data, 'store')).map((name) => [
          name,
          readFileSync(join(data, 'store', name), 'base64'),
        ]),
      );
    const before = contents();
    for (const args of [['doctor'], ['status'], ['dead', 'list'], ['kb', 'export'], ['start']]) {
      const run = args[0] === 'start' ? bot.run : bot.ask;
      const { code, stdout, stderr } = await run([...args, '--data', data], { env: { PORT: '0' } });
      expect({ args, code }).toEqual({ args, code: 1 });
      expect(`${stdout}${stderr}`).toMatch(
        /its file CURRENT is gone\. Nothing was changed\. Restore the folder/,
      );
    }
    expect(contents()).toEqual(before);
  });

  it('of somebody else’s is not called damaged: it says who may not, and as whom to run', async () => {
    for (const mode of [NOBODY === undefined ? 0o500 : 0o755, NOBODY === undefined ? 0o000 : 0o700]) {
      const data = bot.dataFolder();
      chmodSync(data, 0o755);
      chmodSync(join(data, 'store'), mode);
      const refused = await bot.begin(['dead', 'list', '--data', data], { uid: NOBODY }).finished;
      chmodSync(join(data, 'store'), 0o700);
      expect(refused.code).toBe(1);
      expect(refused.stderr).toMatch(
        /^❌ The store in \S+ may not be used by .*\(?uid \d+\)?: .*ermission denied/,
      );
      expect(refused.stderr).toMatch(/Run the command as its owner \(uid \d+\), or allow/);
      expect(refused.stderr).not.toContain('backup');
    }
  });

  it('has a bot of its own: another one that answers at the port is neither reported nor stopped', async () => {
    const port = String(await freePort());
    const running = bot.begin(['start', '--data', bot.dataFolder(), '--port', port]);
    await running.until('Bot is running');
    for (const other of [bot.dataFolder(), join(bot.folder(), 'none')]) {
      const target = ['--data', other, '--port', port];
      const status = await bot.ask(['status', ...target]);
      expect(status.code).toBe(1);
      expect(status.stdout).toContain(`another bot (PID ${running.pid}) answers there`);
      expect(status.stdout).toContain('❌ Bot is NOT RUNNING');
      const stop = await bot.ask(['stop', ...targetArguments('stop', target)]);
      expect(stop).toMatchObject({ code: 0, stdout: 'Bot is not running: there is nothing to stop\n' });
      const restart = await bot.run(['restart', ...target]);
      expect(restart.stderr).toContain(`Port ${port} is in use by another bot (PID ${running.pid}, local, `);
      expect(restart.stderr).toMatch(/or stop that bot: npx \S+ stop --data \S+\n/);
    }
    expect(running.hasEnded).toBe(false);
    expect((await running.stop()).code).toBe(0);
  });
});
