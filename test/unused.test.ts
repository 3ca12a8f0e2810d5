import { describe, expect, test } from 'vitest';
import { read, type Source, sourcesOf } from './sources.ts';

/** The files that start by themselves, and that nobody imports. */
const ENTRY_POINT =
  /^(functions\/(webhook|health|watchdog|registration|rollout|importer)\/handler|functions\/cli\/(bot|bundle|launch)|functions\/local\/page\/app\/(main|history)|infra\/(app|release\/run))\.(tsx?|js)$/;
/** A command of package.json or a part of the test run itself. */
const STARTED_BY_TESTS =
  /\.test\.ts$|^test\/(summary-reporter|cli\/packed-command-folder|fixtures\/shared-dynamodb)\.ts$/;

/** Packages that no file imports, each used otherwise. */
const UNIMPORTED: Readonly<Record<string, string>> = {
  '@types/node': 'the types of Node.js itself',
  'aws-cdk': 'the command cdk',
  jiti: 'eslint reads its configuration with it',
  'native-store': 'brings a DynamoDB API where there is one for this machine',
};

/** Values that nobody imports, each read by somebody else. */
const UNTAKEN: Readonly<Record<string, string>> = {
  'functions/dynamodb/personal-data.ts TELLS_OF': 'the compiler, which holds the table to be complete',
};

const code = sourcesOf('functions/', 'infra/', 'test/');
const house = code.filter(({ path }) => !path.startsWith('test/'));

/** The names that the files of a list take from each file; `*` where they take it whole. */
function takenBy(sources: readonly Source[]): Map<string, Set<string>> {
  const taken = new Map<string, Set<string>>();
  const take = (file: string, names: readonly string[]): void => {
    const known = taken.get(file) ?? new Set();
    for (const name of names) known.add(name);
    taken.set(file, known);
  };
  for (const { path, text } of sources) {
    const named = /^(?:import|export) (?:type )?\{([^}]*)\} from '([^']+)';/gm;
    for (const [, names = '', specifier = ''] of text.matchAll(named))
      take(resolved(path, specifier), names.split(',').map(originalName));
    const whole = /(?:\* as \w+ from|^import|import\()\s*'([^']+)'/gm;
    for (const [, specifier = ''] of text.matchAll(whole)) take(resolved(path, specifier), ['*']);
  }
  return taken;
}

const originalName = (name: string): string =>
  name
    .trim()
    .replace(/^type /, '')
    .split(' as ')[0]!;

function resolved(path: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier;
  return new URL(specifier, `file:///${path}`).pathname.slice(1);
}

/** Types are left out: one that only a signature names is no dead code. */
const valuesOf = (text: string): string[] =>
  [...text.matchAll(/^export (?:async )?(?:const|let|function\*?|(?:abstract )?class) (\w+)/gm)].map(
    ([, name = '']) => name,
  );

describe('everything is used', () => {
  test('each file', () => {
    const taken = takenBy(code);
    const unused = code
      .map(({ path }) => path)
      .filter((path) => !taken.has(path) && !ENTRY_POINT.test(path) && !STARTED_BY_TESTS.test(path))
      .filter((path) => !isStarted(path));
    expect(unused).toEqual([]);
  });

  test('each value that a file exports', () => {
    const taken = takenBy(code);
    const unused = house
      .filter(({ path }) => !ENTRY_POINT.test(path) && taken.get(path)?.has('*') !== true)
      .flatMap(({ path, text }) =>
        valuesOf(text)
          .filter((name) => taken.get(path)?.has(name) !== true)
          .map((name) => `${path} ${name}`),
      );
    expect(unused.sort()).toEqual(Object.keys(UNTAKEN).sort());
  });

  test('each package', () => {
    const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<
      'dependencies' | 'devDependencies',
      Record<string, string>
    >;
    const imported = [...new Set(sourcesOf('').flatMap(({ imports }) => imports))];
    const isImported = (name: string): boolean =>
      imported.some((each) => each === name || each.startsWith(`${name}/`));
    const unused = Object.keys({ ...dependencies, ...devDependencies }).filter(
      (name) => !isImported(name.replace(/^@types\//, '')),
    );
    expect(unused.sort()).toEqual(Object.keys(UNIMPORTED).sort());
  });
});

/** By a command of package.json or of the gate, or as a program of its own by a test that names it. */
function isStarted(path: string): boolean {
  const name = path.split('/').at(-1)!;
  return (
    [read('package.json'), read('.ci/run')].some((text) => text.includes(path)) ||
    code.some(({ text, path: own }) => own !== path && text.includes(name))
  );
}
