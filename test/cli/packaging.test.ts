import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

describe('the packed package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bot-package-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('runs without TypeScript and brings the starter atoms', { timeout: 120_000 }, () => {
    const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', folder], {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [{ filename, files }] = JSON.parse(packed.slice(packed.indexOf('[\n'))) as [
      { filename: string; files: { path: string }[] },
    ];
    const paths = files.map(({ path }) => path);
    expect(paths).toContain('dist/bot.js');
    expect(paths).toContain('dist/starter/plc-basics.json');
    expect(paths).toContain('dist/atoms.schema.json');
    expect(paths).toContain('dist/THIRD-PARTY-LICENCES.txt');
    expect(paths.filter((path) => path.endsWith('.ts'))).toEqual([]);

    execFileSync('tar', ['-xzf', join(folder, filename), '-C', folder]);
    const unpacked = join(folder, 'package');
    // The link stands for the dependencies that npm would install there, none of which are bundled.
    symlinkSync(join(ROOT, 'node_modules'), join(unpacked, 'node_modules'), 'junction');
    const run = (...args: string[]): string =>
      execFileSync(process.execPath, [join(unpacked, 'functions/cli/launch.js'), ...args], {
        encoding: 'utf8',
        cwd: folder,
      });
    expect(run('--version')).toMatch(/^1\.0\.0\+[0-9a-z.]{12,}\n$/);
    expect(run('kb', 'check', join(unpacked, 'dist/starter'), '--data', join(folder, 'data'))).toMatch(
      /Atoms would be added: \d{3}/,
    );
  });

  it('runs in the checkout as npx bot, which asks no registry', () => {
    const version = execFileSync('npx', ['--offline', 'bot', '--version'], { cwd: ROOT, encoding: 'utf8' });
    expect(version).toBe('1.0.0\n');
  });

  it('runs in the checkout as npm run bot', () => {
    const version = execFileSync('npm', ['run', '--silent', 'bot', '--', '--version'], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    expect(version).toBe('1.0.0\n');
  });
});
