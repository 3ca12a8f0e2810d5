import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** The files of this house, as the tests of its rules read them. Paths are those from its root, with slashes. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

export interface Source {
  readonly path: string;
  readonly text: string;
  /** At its top or later: other files by their path here, packages by their name. */
  readonly imports: readonly string[];
}

export const paths: readonly string[] = ['functions', 'infra', 'test', '.github', '.ci']
  .flatMap((base) =>
    readdirSync(join(ROOT, base), { recursive: true, encoding: 'utf8' }).map((name) => join(base, name)),
  )
  .concat(
    readdirSync(ROOT, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name),
  )
  .map(withSlashes)
  .filter((path) => !path.includes('node_modules'));

export const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

export const isCode = (path: string): boolean => /\.(tsx?|m?js)$/.test(path) && !path.endsWith('.d.ts');

const known = new Map<string, ts.SourceFile>();
export function treeOf(path: string): ts.SourceFile {
  const tree = known.get(path) ?? ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest, true);
  known.set(path, tree);
  return tree;
}

/** The literal parts of the texts in a file; the names of modules are none. */
export function literalsOf(tree: ts.SourceFile): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) return;
    if (ts.isLiteralExpression(node) || ts.isTemplateLiteralToken(node)) found.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

/** The code whose paths begin so. */
export const sourcesOf = (...begins: readonly string[]): Source[] =>
  paths
    .filter((path) => isCode(path) && begins.some((begin) => path.startsWith(begin)))
    .map((path) => {
      const text = read(path);
      return { path, text, imports: importsOf(path, text) };
    });

function importsOf(path: string, text: string): string[] {
  return ts
    .preProcessFile(text)
    .importedFiles.map(({ fileName }) =>
      fileName.startsWith('.') ? withSlashes(normalize(join(dirname(path), fileName))) : fileName,
    );
}

function withSlashes(path: string): string {
  return normalize(path).replaceAll('\\', '/');
}
