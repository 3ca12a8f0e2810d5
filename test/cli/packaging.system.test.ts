import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PageCaller, addressIn } from '../local/page/page-caller.ts';
import { CLEAN_ENV, RunningBot } from './bot-command.ts';

const NAME = 'agent-factory-bot';
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

describe('the packed package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bot-package-'));
  const installed = join(folder, 'node_modules', NAME);
  let paths: string[] = [];
  let started: RunningBot | undefined;

  beforeAll(() => {
    const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', folder], {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [{ filename, files }] = JSON.parse(packed.slice(packed.indexOf('[\n'))) as [
      { filename: string; files: { path: string }[] },
    ];
    paths = files.map(({ path }) => path);
    install(join(folder, filename), installed);
  }, 120_000);
  afterAll(() => {
    started?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  const run = (...args: string[]): string =>
    execFileSync('npx', ['--offline', NAME, ...args], { encoding: 'utf8', cwd: folder });

  it('holds the command, the page, the starter atoms and the licences, and no TypeScript', () => {
    expect(paths).toEqual(
      expect.arrayContaining([
        'dist/bot.js',
        'dist/page/main.js',
        'dist/page/main.css',
        'dist/starter/plc-basics.json',
        'dist/atoms.schema.json',
        'dist/THIRD-PARTY-LICENCES.txt',
      ]),
    );
    expect(paths.filter((path) => /\.tsx?$/.test(path))).toEqual([]);
  });

  it('runs in an empty folder, with the packages that it names and no others', { timeout: 120_000 }, () => {
    expect(run('--version')).toMatch(/^1\.0\.0\+[0-9a-z.]{12,}\n$/);
    expect(run('kb', 'check', join(installed, 'dist/starter'), '--data', join(folder, 'data'))).toMatch(
      /Atoms would be added: \d{3}/,
    );
  });

  it('starts there with a page that needs no building, and answers on it', { timeout: 120_000 }, async () => {
    const data = join(folder, 'started');
    const bot = new RunningBot(
      spawn(join(folder, 'node_modules/.bin', NAME), ['start', '--port', '0', '--data', data], {
        cwd: folder,
        env: CLEAN_ENV,
      }),
    );
    started = bot;
    await bot.until('Bot is running');
    const address = addressIn(bot.stdout);
    for (const file of ['main.js', 'main.css']) {
      const served = await fetch(new URL(`/page/${file}`, address));
      expect(await served.text()).toBe(readFileSync(join(installed, 'dist/page', file), 'utf8'));
    }
    const caller = await PageCaller.of(address);
    const person = await caller.person();
    await caller.ask('telegram/sendMessage', { from: person, text: 'motor does not start' });
    const texts = async (): Promise<string[]> =>
      (await caller.ask<{ text: string }[]>('telegram/messages', { chat: person })).map(({ text }) => text);
    await expect.poll(async () => (await texts())[1]).toContain('Search Results');
    expect((await bot.stop()).code).toBe(0);
  });
});

describe('the checkout', () => {
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

/**
 * Installs as npm would, from no registry: the package, its command, and of the packages in the checkout those alone
 * that it depends on.
 */
function install(tarball: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '--strip-components=1', '-C', folder]);
  const modules = dirname(folder);
  const { dependencies, bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  for (const name of Object.keys(dependencies)) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name), 'junction');
  }
  mkdirSync(join(modules, '.bin'));
  for (const [name, file] of Object.entries(bin)) {
    chmodSync(join(folder, file), 0o755);
    symlinkSync(join(folder, file), join(modules, '.bin', name));
  }
}

interface Manifest {
  readonly dependencies: Record<string, string>;
  readonly bin: Record<string, string>;
}
