import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const { dependencies, overrides } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  dependencies: Record<string, string>;
  overrides: Record<string, string>;
};

/** Node.js 22 warns at a start of what 20 keeps to itself without this option. */
const WARNS = ['--pending-deprecation', '--input-type=module'];

it('loads no module of Node.js that goes, with any package that a run needs', () => {
  const names = JSON.stringify(Object.keys(dependencies));
  // A package that has no module of its own name is loaded by the path of one, and is none of these.
  const program = `for (const name of ${names}) await import(name).catch(() => {}); console.log('loaded');`;
  const { stdout, stderr } = spawnSync(process.execPath, [...WARNS, '--eval', program], { encoding: 'utf8' });
  expect(stdout).toBe('loaded\n');
  expect(stderr.split('\n').filter((line) => line.includes('module is deprecated'))).toEqual([]);
});

it('overrides a version of a package for that reason alone', () => {
  // node-fetch, which grammY has for old versions of Node.js, asks for one that loads `punycode`.
  expect(Object.keys(overrides)).toEqual(['whatwg-url']);
});
