import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { targetOptionsOf } from '../../functions/cli/target-options.ts';
import { CLEAN_ENV, type Env } from './bot-command.ts';
import { leaves } from './example-lines.ts';
import { inProcess, type Ran } from './example-world.ts';

/** Arguments with which a command is called rightly; the others take none. */
const ARGUMENTS: Record<string, string[]> = {
  'kb import': ['/no/such/file'],
  'kb check': ['/no/such/file'],
  'kb search': ['motor'],
  'kb get': ['no:such:atom'],
  'kb delete': ['no:such:atom', '--yes'],
  'partitions set': ['2', '--yes'],
  'dead show': ['1'],
  'dead replay': ['1'],
  'dead drop': ['1', '--yes'],
  'updates show': ['1'],
  'users forget': ['1', '--yes'],
  'secrets set': ['token'],
  release: ['--force', '--reason', 'a test'],
};

describe('--json of every command', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bot-json-'));
  const env: Env = {
    ...CLEAN_ENV,
    BOT_DATA: join(folder, 'none'),
    AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
    AWS_MAX_ATTEMPTS: '1',
  };
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const run = (args: string[]): Promise<Ran> => inProcess(args, { folder, env, input: '' });
  const failed = (words: string[], ran: Ran, code: number): void => {
    const told = `${words.join(' ')}: ${ran.stdout}${ran.stderr}`;
    expect(ran.code, told).toBe(code);
    expect(JSON.parse(ran.stdout), told).toEqual({
      error: { message: expect.stringMatching(/^\w/) as string, exit_code: code },
    });
  };

  it('is one value with exit code 2 where an option does not exist', async () => {
    for (const { words } of await leaves()) {
      const ran = await run([...words, ...(ARGUMENTS[words.join(' ')] ?? []), '--no-such-option', '--json']);
      failed(words, ran, 2);
    }
  });

  it('is one value with exit code 1 where the stack cannot be read', async () => {
    for (const { words } of await leaves()) {
      const command = words.join(' ');
      // doctor tells of it within a result of its own.
      if (command === 'doctor' || !targetOptionsOf(command).includes('stack')) continue;
      const ran = await run([...words, ...(ARGUMENTS[words.join(' ')] ?? []), '--stack', 'None', '--json']);
      failed(words, ran, 1);
    }
  });
});
