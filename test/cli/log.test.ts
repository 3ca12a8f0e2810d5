import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openLog } from '../../functions/cli/log.ts';

describe('the log files of a running bot', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bot-log-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('go on when they can be written again, say what is missing, and are closed either way', async () => {
    const stderr = vi.spyOn(process.stderr, 'write');
    const broken = new Promise<void>((resolve) => {
      stderr.mockImplementation(() => {
        resolve();
        return true;
      });
    });
    // The list of the rotated files cannot be read, so the rotation that comes now fails.
    mkdirSync(join(folder, 'bot.log.txt'));
    writeFileSync(join(folder, 'bot.log'), Buffer.alloc(10 * 1024 * 1024 - 50, '\n'));
    const log = await openLog(folder);
    log.say('the line that makes it too long');
    // At once, since it is tried again a second later.
    await broken;
    log.say('one that is lost');
    log.say('another one');

    rmdirSync(join(folder, 'bot.log.txt'));
    await sleep(1_100);
    log.say('back again');
    await log.close();
    const told = stderr.mock.calls.map(([text]) => String(text));
    stderr.mockRestore();
    expect(told).toEqual([expect.stringMatching(/^The log cannot be written, which is tried again: EISDIR/)]);
    const content = readFileSync(join(folder, 'bot.log'), 'utf8');
    expect(content).toMatch(/\(\d lines are missing here: the log could not be written\)\n\S+ back again\n$/);
    expect(content).not.toContain('one that is lost');
  });

  it('are refused at once where there can be none', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    await expect(openLog(file)).rejects.toThrow(/^The log folder .*file cannot be written: ENOTDIR/);
  });
});
