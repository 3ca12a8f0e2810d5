import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataFolderError } from '../../functions/local/store/data-folder-error.ts';
import { localSecrets } from '../../functions/local/local-bot.ts';
import { Session } from '../../functions/local/page/session.ts';

describe('the token of a bot without an account', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'local-bot-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const file = (): string => join(folder, 'local-bot.json');

  it('is kept in a file of its owner alone, and another one in another folder', () => {
    const kept = localSecrets(folder, { create: true });
    expect(kept.token).toMatch(/^1000000001:[A-Za-z0-9_-]{35}$/);
    expect(localSecrets(folder, { create: false })).toEqual(kept);
    if (process.platform !== 'win32') expect(statSync(file()).mode & 0o777).toBe(0o600);
    rmSync(file());
    expect(localSecrets(folder, { create: true }).token).not.toBe(kept.token);
  });

  it('is made up where none may be kept', () => {
    const first = localSecrets(folder, { create: false });
    expect(localSecrets(folder, { create: false }).token).not.toBe(first.token);
    expect(first.botId).toBe('1000000001');
  });

  it('is made anew where the file holds none', () => {
    for (const content of ['', '{}', '{"token":"1000000001:local-development-only"}']) {
      writeFileSync(file(), content);
      const { token } = localSecrets(folder, { create: true });
      expect(localSecrets(folder, { create: false }).token).toBe(token);
    }
  });

  it.each([
    ['local-bot.json', () => localSecrets(folder, { create: true })],
    ['page-key', () => Session.of(folder)],
  ])('names a file of the data folder that cannot be used, and the way out: %s', (name, use) => {
    mkdirSync(join(folder, name));
    expect(use).toThrow(DataFolderError);
    expect(use).toThrow(`${join(folder, name)} cannot be used: `);
    expect(use).toThrow('move it away: it is made anew');
  });
});
