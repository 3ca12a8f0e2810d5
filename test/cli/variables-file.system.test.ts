import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UsageError } from '../../functions/cli/usage-error.ts';
import { useVariablesFile, variablesFileOf, variablesLines } from '../../functions/cli/variables-file.ts';

const TOKEN = '4242:from-the-file';

describe('a file of variables', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'variables-'));
    path = join(folder, '.env');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const used = (content: string | Buffer, env: Record<string, string | undefined> = {}) => {
    writeFileSync(path, content, { mode: 0o600 });
    const environment = { BOT_ENV_FILE: path, ...env };
    useVariablesFile(environment);
    return environment;
  };

  it('gives what the environment does not say, of this program and of AWS', () => {
    const env = used(
      `\uFEFF# the bot's\r\nexport TELEGRAM_BOT_TOKEN="${TOKEN}"\r\nPORT=4000\nAWS_PROFILE='me'\nNODE_OPTIONS=--inspect\n`,
      { PORT: '5000' },
    );
    expect(env).toEqual({ BOT_ENV_FILE: path, TELEGRAM_BOT_TOKEN: TOKEN, AWS_PROFILE: 'me', PORT: '5000' });
    expect(variablesFileOf(env)).toEqual({
      path,
      names: ['AWS_PROFILE', 'TELEGRAM_BOT_TOKEN'],
      isOpen: false,
    });
  });

  it('is named at the start, with no value of it', () => {
    expect(variablesLines(used(`TELEGRAM_BOT_TOKEN=${TOKEN}\n`))).toEqual([
      `Variables: ${path} (TELEGRAM_BOT_TOKEN)`,
    ]);
    expect(variablesLines(used('TELEGRAM_TOKEN=a-wrong-name\n'))).toEqual([
      `Variables: ${path} (none of this program’s in it)`,
    ]);
  });

  it.skipIf(process.platform === 'win32')('warns where other users may read it', () => {
    const env = used(`TELEGRAM_BOT_TOKEN=${TOKEN}\n`);
    chmodSync(path, 0o644);
    expect(variablesLines(env)[1]).toBe(`⚠️ Other users may read ${path}: chmod 600 ${path}`);
  });

  it('is refused where it was named and cannot be read, or is no UTF-8', () => {
    expect(() => useVariablesFile({ BOT_ENV_FILE: join(folder, 'none') })).toThrow(UsageError);
    expect(() => used(Buffer.from('\uFEFFPORT=1\n', 'utf16le'))).toThrow(/not in UTF-8/);
  });

  it('is missed by nobody in the current folder, where a folder may have its name', () => {
    const before = process.cwd();
    process.chdir(folder);
    try {
      const env = { BOT_ENV_FILE: '.env' };
      useVariablesFile(env);
      mkdirSync(path);
      useVariablesFile(env);
      expect([env, variablesFileOf(env)]).toEqual([{ BOT_ENV_FILE: '.env' }, undefined]);
    } finally {
      process.chdir(before);
    }
  });

  it('is read by every command that is begun in its folder', () => {
    used('BOT_DATA=of-the-file\n');
    const { BOT_DATA: _, BOT_ENV_FILE: __, ...env } = process.env;
    const launcher = resolve('functions/cli/launch.js');
    const said = execFileSync(process.execPath, [launcher, 'stop', '--json'], {
      cwd: folder,
      env,
      encoding: 'utf8',
    });
    expect(said).toContain('stopped');
    const status = (environment: NodeJS.ProcessEnv): string => {
      try {
        return execFileSync(process.execPath, [launcher, 'status', '--json', '--port', '1'], {
          cwd: folder,
          env: environment,
          encoding: 'utf8',
        });
      } catch (error) {
        return (error as { stdout: string }).stdout;
      }
    };
    expect(status(env)).toContain(join(folder, 'of-the-file'));
    expect(status({ ...env, BOT_ENV_FILE: '' })).toContain(join(folder, '.data'));
  });
});
