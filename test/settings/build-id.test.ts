import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildId } from '../../functions/settings/build-id.ts';

describe('the build id', () => {
  let root: string;
  const git = (...args: string[]): string =>
    execFileSync('git', ['-C', root, '-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  const hasGit = (): boolean => {
    try {
      execFileSync('git', ['--version'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  };
  const sourcesIn = (folder: string): void => {
    for (const name of ['functions', 'infra']) {
      mkdirSync(join(folder, name), { recursive: true });
      writeFileSync(join(folder, name, 'a.ts'), 'export {};\n');
    }
    for (const name of ['cdk.json', 'package-lock.json']) writeFileSync(join(folder, name), '{}');
    writeFileSync(join(folder, 'package.json'), '{"version":"2.3.4"}');
  };
  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'build-id-')));
    sourcesIn(root);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('takes the commit that BUILD_COMMIT names, and refuses what is none', () => {
    expect(buildId({ BUILD_COMMIT: '3f2a9c1d5e6b7a8c9d0e' }, root)).toBe('2.3.4+3f2a9c1d5e6b');
    expect(() => buildId({ BUILD_COMMIT: 'main' }, root)).toThrow(
      'BUILD_COMMIT takes a commit’s id'.replace('’', "'"),
    );
  });

  it('is a hash of the sources where no commit is known, and another one for other sources', () => {
    const before = buildId({}, root);
    expect(before).toMatch(/^2\.3\.4\+sources\.[0-9a-f]{12}$/);
    expect(buildId({}, root)).toBe(before);
    appendFileSync(join(root, 'functions', 'a.ts'), '// changed\n');
    expect(buildId({}, root)).not.toBe(before);
  });

  it.skipIf(!hasGit())('is the commit of git, with a hash beside it while something is not committed', () => {
    git('init', '-q');
    git('add', '-A');
    git('commit', '-q', '-m', 'first');
    const commit = git('rev-parse', 'HEAD').slice(0, 12);
    expect(buildId({}, root)).toBe(`2.3.4+${commit}`);
    writeFileSync(join(root, 'notes.md'), 'no source');
    expect(buildId({}, root)).toBe(`2.3.4+${commit}`);
    writeFileSync(join(root, 'infra', 'b.ts'), '');
    expect(buildId({}, root)).toMatch(new RegExp(`^2\\.3\\.4\\+${commit}\\.[0-9a-f]{12}$`));
  });

  it.skipIf(!hasGit())('is no commit of a repository that merely surrounds the sources', () => {
    git('init', '-q');
    git('add', '-A');
    git('commit', '-q', '-m', 'first');
    const inner = join(root, 'inner');
    sourcesIn(inner);
    expect(buildId({}, inner)).toMatch(/^2\.3\.4\+sources\./);
  });
});
