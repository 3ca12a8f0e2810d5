import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CHANGELOG = '.github/CHANGELOG.md';

describe('npm version', () => {
  let folder: string;
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.org', '-C', folder, ...args], {
      encoding: 'utf8',
    }).trim();
  const read = (path: string): string => readFileSync(join(folder, path), 'utf8');
  const npmVersion = () =>
    spawnSync('npm', ['version', 'minor'], {
      cwd: folder,
      encoding: 'utf8',
      env: {
        ...process.env,
        GIT_AUTHOR_NAME: 'A',
        GIT_AUTHOR_EMAIL: 'a@example.org',
        GIT_COMMITTER_NAME: 'A',
        GIT_COMMITTER_EMAIL: 'a@example.org',
      },
    });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'release-'));
    for (const path of ['package.json', 'infra/release', CHANGELOG]) {
      cpSync(join(ROOT, path), join(folder, path), { recursive: true });
    }
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, '.gitignore'), 'node_modules\n');
    writeFileSync(
      join(folder, 'package.json'),
      read('package.json').replace(/"version": "\d[^"]*"/, '"version": "1.2.3"'),
    );
    writeFileSync(
      join(folder, CHANGELOG),
      '# Changelog\n\n## Unreleased\n\n- Bots fly.\n\n## 1.2.3 (2026-01-01)\n\n- Bots walk.\n',
    );
    git('init', '-q', '-b', 'main');
    git('add', '-A');
    git('commit', '-qm', 'Begin');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('raises the version, makes a section of the changelog, commits and tags', () => {
    const { status, stderr } = npmVersion();
    expect(status, stderr).toBe(0);
    expect(JSON.parse(read('package.json'))).toMatchObject({ version: '1.3.0' });
    expect(git('tag', '--points-at', 'HEAD')).toBe('v1.3.0');
    expect(git('status', '--porcelain')).toBe('');
    expect(read(CHANGELOG)).toMatch(
      /^# Changelog\n\n## Unreleased\n\n## 1\.3\.0 \(\d{4}-\d\d-\d\d\)\n\n- Bots fly\.\n\n## 1\.2\.3 /,
    );
    const args = ['--import', 'tsx', 'infra/release/run.ts', 'notes', '1.3.0'];
    expect(execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })).toBe('- Bots fly.\n');
  });

  it('changes nothing where nobody has written down what changes', () => {
    writeFileSync(join(folder, CHANGELOG), read(CHANGELOG).replace('- Bots fly.\n\n', ''));
    git('commit', '-qam', 'Forget');
    const { status, stderr } = npmVersion();
    expect(status).not.toBe(0);
    expect(stderr).toContain('The changelog has nothing below "## Unreleased"');
    expect(git('status', '--porcelain')).toBe('');
    expect(git('tag')).toBe('');
  });
});
