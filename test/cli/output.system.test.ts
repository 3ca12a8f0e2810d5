import { execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { targetArguments } from '../../functions/cli/invocation.ts';
import { botCommand, SIDE_BY_SIDE } from './bot-command.ts';

const hasDevFull = existsSync('/dev/full');

describe('output that cannot be written', SIDE_BY_SIDE, () => {
  const bot = botCommand();

  it('does not end a running bot: it goes on when nobody reads any more, and stops cleanly', async () => {
    const target = ['--data', bot.dataFolder(), '--port', '0'];
    const running = bot.begin(['start', ...target]);
    await running.until('Lease acquired');
    running.child.stdout!.destroy();
    running.child.stdin!.write('/help\n/kb_stats\n');
    await running.until('Nobody reads the standard output any more. The bot goes on');
    expect((await bot.ask(['status', ...target])).stdout).toContain('✅ Bot is RUNNING');
    expect(await bot.run(['stop', ...targetArguments('stop', target)])).toMatchObject({
      code: 0,
      stderr: '',
    });
    expect((await running.finished).code).toBe(0);
    expect((await bot.ask(['status', ...target])).stdout).toMatch(/^Lease: NOT FOUND$/m);
  });

  it('keeps a bot from starting when it is the log that was asked for', async () => {
    const data = bot.dataFolder();
    const file = join(data, 'file');
    writeFileSync(file, '');
    const refused = await bot.run(['start', '--data', data, '--port', '0', '--log', file]);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(/^❌ The log folder \S+file cannot be written: /);
  });

  it('is no failure of an export whose reader has read enough', async () => {
    const exporting = bot.begin(['kb', 'export', '--data', bot.dataFolder()]);
    exporting.child.stdout!.destroy();
    expect(await exporting.finished).toMatchObject({ code: 0, stderr: '' });
  });

  it.skipIf(!hasDevFull)('is reported in one sentence, and by the exit code', async () => {
    const data = bot.dataFolder();
    for (const command of ['export', 'stats']) {
      const child = spawn(
        'sh',
        ['-c', 'exec "$0" "$@" > /dev/full', ...bot.command(['kb', command, '--data', data])],
        { stdio: ['ignore', 'ignore', 'pipe'] },
      );
      const ended = new Promise((resolve) => child.once('close', resolve));
      expect(await text(child.stderr)).toBe(
        '❌ Standard output cannot be written: there is no space left (ENOSPC)\n',
      );
      expect(await ended).toBe(1);
    }
  });
});

describe('bot kb export FILE', SIDE_BY_SIDE, () => {
  const bot = botCommand();
  const place = () => {
    const data = bot.dataFolder();
    const run = (file: string) => bot.run(['kb', 'export', file, '--data', data]);
    return { folder: bot.folder(), run };
  };

  it('follows a link, keeps the mode of what it replaces, and leaves nothing beside it', async () => {
    const { folder, run } = place();
    const [file, link, dangling] = ['file', 'link', 'dangling'].map((name) => join(folder, name));
    writeFileSync(file!, 'old', { mode: 0o600 });
    symlinkSync('file', link!);
    symlinkSync('made', dangling!);
    for (const name of [link, dangling]) expect((await run(name!)).code).toBe(0);
    for (const name of [link, dangling]) expect(lstatSync(name!).isSymbolicLink()).toBe(true);
    for (const name of [file!, join(folder, 'made')])
      expect(JSON.parse(readFileSync(name, 'utf8'))).toHaveLength(2);
    expect(statSync(file!).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).sort()).toEqual(['dangling', 'file', 'link', 'made']);
  });

  it.skipIf(process.platform === 'win32')('writes into a pipe of that name', async () => {
    const { folder, run } = place();
    const fifo = join(folder, 'fifo');
    execFileSync('mkfifo', [fifo]);
    const reader = spawn('cat', [fifo], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [read, exported] = await Promise.all([text(reader.stdout), run(fifo)]);
    expect(exported.code).toBe(0);
    expect(JSON.parse(read)).toHaveLength(2);
    expect(lstatSync(fifo).isFIFO()).toBe(true);
  });

  // A link to the device: were it replaced, it would be the link.
  it.skipIf(!hasDevFull)('writes into a device, and says when that is full', async () => {
    const { folder, run } = place();
    const link = join(folder, 'full');
    symlinkSync('/dev/full', link);
    const refused = await run(link);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/^❌ \S+full cannot be written: ENOSPC: no space left on device/);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(statSync('/dev/full').isCharacterDevice()).toBe(true);
  });
});
