import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { explain } from '../../functions/cli/explain.ts';

it('names the way to a package that an updated checkout does not have yet', async () => {
  const missing = 'a-package-that-nobody-installed';
  const error: unknown = await import(missing).catch((thrown: unknown) => thrown);
  const words = explain(error, { args: [], debug: false });
  expect(words).toContain(missing);
  expect(words).toMatch(/^❌ .*\nInstall what the checkout needs: npm ci --include=dev$/);
});

const OPENS_UNTIL_REFUSED = `
  import { openSync } from 'node:fs';
  import { explain } from './functions/cli/explain.ts';
  try {
    for (;;) openSync('package.json');
  } catch (error) {
    console.log(explain(error, { args: [], debug: false }));
  }`;

it.skipIf(process.platform === 'win32')('names the limit where a process may open no more files', () => {
  const args = ['--import', 'tsx', '--input-type=module', '-e', OPENS_UNTIL_REFUSED];
  const command = 'ulimit -n 200; exec "$0" "$@"';
  const stdout = execFileSync('sh', ['-c', command, process.execPath, ...args], { encoding: 'utf8' });
  expect(stdout).toMatch(/^❌ EMFILE: .*\nRaise the limit \(ulimit -n 1024, .*\), then try again\.\n$/);
});
