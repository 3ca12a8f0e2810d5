import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const folders: string[] = [];

/** A checkout with a command of a few lines, which the real launcher starts. */
describe('a checkout’s command', { timeout: 240_000 }, () => {
  let checkout: string;
  const write = (name: string, content: string): void =>
    writeFileSync(join(checkout, 'functions/cli', name), content);
  const launch = (): string => execFileSync(process.execPath, [launcher()], { encoding: 'utf8' }).trim();
  const launcher = (): string => join(checkout, 'functions/cli/launch.js');
  const compiled = (): string[] => readdirSync(join(checkout, 'node_modules/.cache/bot'));

  beforeEach(() => {
    checkout = realpathSync(mkdtempSync(join(tmpdir(), 'checkout-')));
    folders.push(checkout);
    for (const folder of ['functions/cli', 'node_modules/.cache'])
      mkdirSync(join(checkout, folder), { recursive: true });
    writeFileSync(join(checkout, 'package.json'), '{ "type": "module" }');
    for (const name of ['launch.js', 'compiled.js'])
      copyFileSync(join(ROOT, 'functions/cli', name), join(checkout, 'functions/cli', name));
    for (const name of ['esbuild', 'tsx'])
      symlinkSync(join(ROOT, 'node_modules', name), join(checkout, 'node_modules', name));
    write('word.ts', `export const word: string = 'first';`);
    write('bot.ts', `import { word } from './word.ts';\nconsole.log(word, import.meta.url);`);
  });

  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true });
  });

  test('is compiled once for as long as no source changes, and finds the files beside its sources', () => {
    const place = pathToFileURL(join(checkout, 'functions/cli/bot.ts')).href;
    expect(launch()).toBe(`first ${place}`);
    expect(launch()).toBe(`first ${place}`);
    expect(compiled()).toHaveLength(1);
    write('word.ts', `export const word: string = 'second';`);
    expect(launch()).toBe(`second ${place}`);
    expect(compiled()).toHaveLength(2);
    // A change of the way does as much as one of a source.
    const way = join(checkout, 'functions/cli/compiled.js');
    writeFileSync(way, `${readFileSync(way, 'utf8')}\n`);
    launch();
    expect(compiled()).toHaveLength(3);
  });

  test('is a module by its name, for a Node.js that knows no other sign', () => {
    launch();
    const [folder = ''] = compiled();
    const files = readdirSync(join(checkout, 'node_modules/.cache/bot', folder));
    expect(files.filter((name) => !/\.mjs(\.map)?$/.test(name))).toEqual([]);
  });

  test('is translated as it loads where nothing can be kept', () => {
    writeFileSync(join(checkout, 'node_modules/.cache/bot'), '');
    expect(launch()).toContain('first ');
  });

  test('names the source where it fails', () => {
    write(
      'bot.ts',
      `interface Gone {\n  readonly soon: boolean;\n}\nthrow new Error('no' + ({} as Gone).soon);`,
    );
    const { stderr } = spawnSync(process.execPath, [launcher()], { encoding: 'utf8' });
    expect(stderr).toMatch(/functions\/cli\/bot\.ts:4/);
    write('bot.ts', `const = ;`);
    expect(spawnSync(process.execPath, [launcher()], { encoding: 'utf8' }).stderr).toContain('bot.ts:1');
  });

  test('says what to install where nothing compiles it', () => {
    rmSync(join(checkout, 'node_modules/esbuild'));
    const { status, stderr } = spawnSync(process.execPath, [launcher()], { encoding: 'utf8' });
    expect(status).toBe(2);
    expect(stderr).toContain('npm ci --include=dev');
  });
});
