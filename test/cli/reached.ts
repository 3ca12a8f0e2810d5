import ts from 'typescript';
import { dirname, join, normalize } from 'node:path';
import { paths, treeOf } from '../sources.ts';

interface Declared {
  readonly file: string;
  readonly node: ts.Node;
}

/**
 * The text of a function, and of each function, class and value at the top of a file that it may come to: read by
 * names, so that it holds too much rather than too little.
 * @param stops the names of those that are not followed
 */
export function reachedFrom(file: string, name: string, stops: ReadonlySet<string>): string[] {
  const first = exported(file, name);
  if (first === undefined) throw new Error(`${file} has no ${name}`);
  const reached = new Map([[first.node, first]]);
  for (const [, declared] of reached)
    for (const next of namedIn(declared)) if (!stops.has(nameOf(next.node))) reached.set(next.node, next);
  return [...reached.keys()].map((node) => node.getText());
}

interface FileNames {
  readonly own: ReadonlyMap<string, ts.Node>;
  /** By the name that the file gives it. */
  readonly imported: ReadonlyMap<string, { file: string; name: string }>;
}

const knownFiles = new Map<string, FileNames>();

function namesOf(file: string): FileNames {
  const known = knownFiles.get(file);
  if (known !== undefined) return known;
  const own = new Map<string, ts.Node>();
  const imported = new Map<string, { file: string; name: string }>();
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && node.importClause?.isTypeOnly !== true)
      take(node.moduleSpecifier, node.importClause?.namedBindings);
    else if (ts.isVariableDeclaration(node) && node.initializer !== undefined)
      take(lateImport(node.initializer), node.name);
    ts.forEachChild(node, visit);
  };
  const take = (from: ts.Node | undefined, names: ts.Node | undefined): void => {
    if (from === undefined || !ts.isStringLiteral(from) || !from.text.startsWith('.')) return;
    if (names === undefined || !(ts.isNamedImports(names) || ts.isObjectBindingPattern(names))) return;
    const target = normalize(join(dirname(file), from.text)).replaceAll('\\', '/');
    for (const { name, propertyName } of names.elements)
      imported.set(name.getText(), { file: target, name: (propertyName ?? name).getText() });
  };
  const tree = treeOf(file);
  visit(tree);
  for (const statement of tree.statements) {
    if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement))
      own.set(nameOf(statement), statement);
    if (ts.isVariableStatement(statement))
      for (const each of statement.declarationList.declarations) own.set(nameOf(each), each);
  }
  const names = { own, imported };
  knownFiles.set(file, names);
  return names;
}

/** The module of `await import('./a.ts')`. */
function lateImport(node: ts.Expression): ts.Node | undefined {
  const call = ts.isAwaitExpression(node) ? node.expression : node;
  return ts.isCallExpression(call) && call.expression.kind === ts.SyntaxKind.ImportKeyword
    ? call.arguments[0]
    : undefined;
}

function exported(file: string, name: string): Declared | undefined {
  if (!paths.includes(file)) return undefined;
  const node = namesOf(file).own.get(name);
  return node && { file, node };
}

const knownNodes = new Map<ts.Node, Declared[]>();

function namedIn({ file, node }: Declared): Declared[] {
  const known = knownNodes.get(node);
  if (known !== undefined) return known;
  const { own, imported } = namesOf(file);
  const found: Declared[] = [];
  knownNodes.set(node, found);
  const visit = (each: ts.Node): void => {
    if (ts.isTypeNode(each)) return;
    if (ts.isIdentifier(each)) {
      const [here, there] = [own.get(each.text), imported.get(each.text)];
      if (here !== undefined && here !== node) found.push({ file, node: here });
      const other = there && exported(there.file, there.name);
      if (other !== undefined) found.push(other);
    }
    ts.forEachChild(each, visit);
  };
  visit(node);
  return found;
}

function nameOf(node: ts.Node): string {
  return (node as ts.NamedDeclaration).name?.getText() ?? '';
}
