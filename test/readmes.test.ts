import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isCode, paths, read, ROOT } from './sources.ts';

const readmes = paths.filter((path) => path.endsWith('.md')).map((path) => ({ path, text: read(path) }));

/** Names and paths in backticks: the words of each, as `a.ts`, `b` or `c*.ts`. */
const namesIn = (text: string): string[] =>
  [...text.matchAll(/`([^`\n]+)`/g)].flatMap(([, code = '']) => code.split(/[\s,;:()]+/)).filter(Boolean);

/** As GitHub makes the address of a heading. */
const anchorsOf = (text: string): Set<string> =>
  new Set(
    [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );

/** Folders that no checkout has: the packed command's, and the one of processes in a data folder. */
const MADE_LATER: readonly string[] = ['dist/', 'run/'];

/** Every folder that a file is in. */
const foldersOf = (path: string): string[] =>
  path
    .split('/')
    .slice(0, -1)
    .map((_, depth, names) => names.slice(0, depth + 1).join('/'));

describe('READMEs', () => {
  test('link to files and headings that exist', () => {
    const broken = readmes.flatMap(({ path, text }) =>
      [...text.matchAll(/\]\((?!https?:|mailto:)([^)\s]+)/g)]
        .map(([, target = '']) => target)
        .filter((target) => {
          const [file = '', anchor] = target.split('#');
          const found = file === '' ? path : normalize(join(dirname(path), file)).replaceAll('\\', '/');
          if (!existsSync(join(ROOT, found))) return true;
          return anchor !== undefined && found.endsWith('.md') && !anchorsOf(read(found)).has(anchor);
        })
        .map((target) => `${path} -> ${target}`),
    );
    expect(broken).toEqual([]);
  });

  test('name npm scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: object };
    const missing = readmes.flatMap(({ path, text }) =>
      [...text.matchAll(/npm run (\w[\w:-]*)/g)]
        .map(([, script = '']) => script)
        .filter((script) => !(script in scripts))
        .map((script) => `${path}: npm run ${script}`),
    );
    expect(missing).toEqual([]);
  });

  test('name files that exist', () => {
    const missing = readmes.flatMap(({ path, text }) =>
      namesIn(text)
        .filter((name) => /^[\w@./-]+\.tsx?$/.test(name) && !name.startsWith('node_modules'))
        .filter((name) => !paths.some((each) => `/${each}`.endsWith(`/${name.replace(/^(\.\.?\/)+/, '')}`)))
        .map((name) => `${path}: ${name}`),
    );
    expect(missing).toEqual([]);
  });

  test('name folders that exist', () => {
    const folders = [...new Set(paths.flatMap(foldersOf))];
    const missing = readmes.flatMap(({ path, text }) =>
      namesIn(text)
        .filter((name) => /^(\.\.?\/)*[\w-][\w./-]*\/$/.test(name) && !MADE_LATER.includes(name))
        .filter(
          (name) => !folders.some((each) => `/${each}/`.endsWith(`/${name.replace(/^(\.\.?\/)+/, '')}`)),
        )
        .map((name) => `${path}: ${name}`),
    );
    expect(missing).toEqual([]);
  });

  test('stand in each folder of functions/ that has more than three files', () => {
    const folders = new Set(
      paths.filter((path) => /^functions\/\w+\/[^/]+$/.test(path) && isCode(path)).map(dirname),
    );
    const bare = [...folders]
      .filter((folder) => paths.filter((path) => dirname(path) === folder && isCode(path)).length > 3)
      .filter((folder) => !paths.includes(`${folder}/README.md`));
    expect(folders.size).toBeGreaterThan(10);
    expect(bare).toEqual([]);
  });

  test('list each file of their folder', () => {
    const left = readmes
      .filter(({ path }) => /^(functions|infra|test)\/.*README\.md$/.test(path))
      .flatMap(({ path, text }) => {
        const named = namesIn(text).map((name) => name.split('/').at(-1)!);
        return paths
          .filter((each) => dirname(each) === dirname(path) && isCode(each))
          .map((each) => each.split('/').at(-1)!)
          .filter((name) => !named.some((each) => isNameOf(each, name)))
          .map((name) => `${path}: ${name}`);
      });
    expect(left).toEqual([]);
  });
});

/** With or without its ending, or as a pattern such as `limits*.ts`. */
function isNameOf(named: string, file: string): boolean {
  const stem = file.replace(/(\.test)?\.\w+$/, '');
  if (named === file || named === stem) return true;
  const pattern = named.replaceAll('.', '\\.').replaceAll('*', '.*');
  return named.includes('*') && /^[\w.*\\-]+$/.test(pattern) && new RegExp(`^${pattern}$`).test(file);
}
