import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, describe, expect, it } from 'vitest';
import { thirdPartyLicences, thirdPartyOf } from '../../functions/cli/third-party.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

interface Lockfile {
  packages: Record<string, { dev?: boolean; hasInstallScript?: boolean }>;
}
const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as Lockfile;

/** Packages that run a script when they are installed, and why they may. Another one fails here first. */
const INSTALL_SCRIPTS: Record<string, string> = {
  'classic-level': 'builds its native part where none is prebuilt for the platform: the embedded store',
  esbuild:
    'puts the binary of the platform in its place: bundles and TypeScript in the checkout, never packed',
};

/** Packages without a licence file, whose licence is known by name alone. */
const NO_LICENCE_FILE: readonly string[] = [
  '@aws-lambda-powertools/commons',
  '@aws-lambda-powertools/logger',
  '@aws-lambda-powertools/metrics',
  '@aws-sdk/credential-provider-http',
  '@aws-sdk/credential-provider-login',
  '@aws-sdk/nested-clients',
  'lazy',
  'worker-f',
];

/** The licences that everybody who passes the bot on can keep to. */
const PERMISSIVE =
  /^\(?(MIT|MIT-0|ISC|0BSD|BSD-2-Clause|BSD-3-Clause|Apache-2\.0|BlueOak-1\.0\.0|Unlicense|Python-2\.0|CC0-1\.0|Zlib)( (OR|AND) [\w.-]+)*\)?$/;

describe('the packages of others', () => {
  const installed = thirdPartyOf(ROOT);

  it('that run a script when they are installed are those with a reason', () => {
    const scripts = Object.entries(packages).filter(([, { hasInstallScript }]) => hasInstallScript);
    const names = new Set(scripts.map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 13)));
    expect([...names].sort()).toEqual(Object.keys(INSTALL_SCRIPTS).sort());
  });

  it('that come with the packed command are needed by no test alone', () => {
    const names = installed.map(({ name }) => name);
    expect(
      names.filter((name) => /dynoxide|vitest|playwright|^aws-cdk|esbuild|typescript/.test(name)),
    ).toEqual([]);
  });

  it('have a licence that lets the bot be passed on, and bring its words', () => {
    expect(installed.length).toBeGreaterThan(50);
    expect(installed.filter(({ license }) => !PERMISSIVE.test(license))).toEqual([]);
    expect(
      installed
        .filter(({ text }) => text === '')
        .map(({ name }) => name)
        .sort(),
    ).toEqual([...NO_LICENCE_FILE]);
  });

  it('of a function’s bundle are all in the file of licences', async () => {
    const { metafile } = await build({
      entryPoints: [
        join(ROOT, 'functions/webhook/handler.ts'),
        join(ROOT, 'functions/local/page/app/main.tsx'),
      ],
      outdir: 'nowhere',
      bundle: true,
      write: false,
      metafile: true,
      platform: 'node',
      format: 'esm',
      jsx: 'automatic',
      jsxImportSource: 'preact',
      logLevel: 'silent',
    });
    const bundled = new Set(
      Object.keys(metafile.inputs).flatMap(
        (path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? [],
      ),
    );
    expect(bundled.size).toBeGreaterThan(10);
    const text = thirdPartyLicences(ROOT);
    expect([...bundled].filter((name) => !text.includes(`${name} `))).toEqual([]);
  });
});

describe('a package', () => {
  const root = mkdtempSync(join(tmpdir(), 'third-party-'));
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it('of development is left out, and one that is missing is named', () => {
    const lock = (missing: object): void =>
      writeFileSync(
        join(root, 'package-lock.json'),
        JSON.stringify({
          packages: {
            '': {},
            'node_modules/a': { version: '1.0.0', license: 'MIT' },
            'node_modules/b': { version: '2.0.0', license: 'MIT', dev: true },
            ...missing,
          },
        }),
      );
    mkdirSync(join(root, 'node_modules/a'), { recursive: true });
    writeFileSync(join(root, 'node_modules/a/LICENSE.md'), 'Do as you like.\r\n');
    lock({ 'node_modules/c': { version: '3.0.0', license: 'MIT', optional: true } });
    expect(thirdPartyOf(root)).toEqual([
      { name: 'a', version: '1.0.0', license: 'MIT', text: 'Do as you like.' },
    ]);
    lock({ 'node_modules/c': { version: '3.0.0', license: 'MIT' } });
    expect(() => thirdPartyOf(root)).toThrow('node_modules/c is not installed: run npm ci');
  });
});
