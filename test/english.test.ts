import { readdirSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

/** English that is read once, as far as a program can tell. `.github/CONTRIBUTING.md` has the rules. */
const ROOT = fileURLToPath(new URL('..', import.meta.url));

interface Passage {
  place: string;
  text: string;
}

const paths = ['functions', 'infra', 'test', '.github']
  .flatMap((base) =>
    readdirSync(join(ROOT, base), { recursive: true, encoding: 'utf8' }).map((name) => join(base, name)),
  )
  .concat('README.md')
  .map((path) => normalize(path).replaceAll('\\', '/'))
  .filter((path) => !path.includes('node_modules') && path !== '.github/CHANGELOG.md');

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** Comments that stand one below the other are one passage. */
function commentsOf(path: string): Passage[] {
  const source = read(path);
  const tree = ts.createSourceFile(path, source, ts.ScriptTarget.Latest);
  const found: (Passage & { line: number })[] = [];
  for (const { 0: comment, index } of withoutLiterals(tree).matchAll(/\/\*[^]*?\*\/|\/\/.*/g)) {
    const { line } = tree.getLineAndCharacterOfPosition(index);
    const text = comment.replace(/^\/\*\*?|\*\/$/g, '').replace(/^\s*(\*|\/\/) ?/gm, '');
    const last = found.at(-1);
    const goesOn = comment.startsWith('//') && last?.line === line - 1;
    if (goesOn) Object.assign(last, { text: `${last.text} ${text}`, line });
    else found.push({ place: `${path}:${line + 1}`, text, line });
  }
  return found;
}

/** The source with blanks in place of strings, templates, patterns and texts of markup, which may look like comments. */
function withoutLiterals(tree: ts.SourceFile): string {
  const pieces: string[] = [];
  let end = 0;
  const visit = (node: ts.Node): void => {
    if (
      !ts.isLiteralExpression(node) &&
      !ts.isTemplateMiddleOrTemplateTail(node) &&
      !ts.isTemplateHead(node) &&
      !ts.isJsxText(node)
    )
      return ts.forEachChild(node, visit);
    const start = node.getStart(tree);
    pieces.push(tree.text.slice(end, start), ' '.repeat(node.end - start));
    end = node.end;
  };
  visit(tree);
  return pieces.join('') + tree.text.slice(end);
}

/** Paragraphs, list items and cells of tables, without code. */
function paragraphsOf(path: string): Passage[] {
  const found: Passage[] = [];
  let isCode = false;
  let open: Passage | undefined;
  for (const [index, line] of read(path).split('\n').entries()) {
    if (/^\s*(```|~~~)/.test(line)) isCode = !isCode;
    if (isCode || /^\s*(```|~~~)?$/.test(line)) {
      open = undefined;
      continue;
    }
    const place = `${path}:${index + 1}`;
    if (/^\s*\|/.test(line)) {
      found.push(...line.split('|').map((text) => ({ place, text: text.trim() })));
      open = undefined;
    } else if (open === undefined || /^\s*([-*#>]|\d+\.)/.test(line)) {
      open = { place, text: line.replace(/^\s*([-*#>]+|\d+\.)\s*/, '') };
      found.push(open);
    } else open.text += ` ${line.trim()}`;
  }
  return found;
}

function testNamesOf(path: string): Passage[] {
  const source = read(path);
  return [...source.matchAll(/\b(?:it|test)(?:\.\w+)*(?:\([^()]*\))?\(\s*(['`])(.*?)\1/g)].map((match) => ({
    place: `${path}:${source.slice(0, match.index).split('\n').length}`,
    text: match[2] ?? '',
  }));
}

const comments = paths.filter((path) => /\.(tsx?|m?js)$/.test(path)).flatMap(commentsOf);
const paragraphs = paths.filter((path) => path.endsWith('.md')).flatMap(paragraphsOf);
const testNames = paths.filter((path) => path.endsWith('.test.ts')).flatMap(testNamesOf);

/** Sentences, each with its end; a tag of a comment begins one. */
function sentencesOf({ text }: Passage): string[] {
  const plain = text
    .replace(/`[^`]*`/g, '`code`')
    .replace(/\s+/g, ' ')
    .replace(/\b(e\.g|i\.e|etc|vs)\./g, '$1');
  return plain
    .split(/(?<=[.?!:][)*_"]?) (?=\W?[A-Z])| (?=@(?:param|returns|throws)\b)/)
    .map((sentence) => sentence.replace(/^[\s*_(]+/, ''));
}

const offending = (passages: readonly Passage[], isWrong: (sentence: string) => boolean): string[] =>
  passages.flatMap((passage) =>
    sentencesOf(passage)
      .filter(isWrong)
      .map((sentence) => `${passage.place}: ${sentence.slice(0, 90)}`),
  );

const beginsVaguely = (sentence: string): boolean =>
  (/^(What|Who|Of|Whose|Whoever)\b/.test(sentence) && !sentence.trimEnd().endsWith('?')) ||
  /^@(returns|param \S+) (what|who|of|whose|whoever)\b/i.test(sentence);
/** "Told apart" says that two things can be distinguished. */
const hidesWhoSays = (sentence: string): boolean =>
  /\b(is|are|was|were|be|been) told\b(?! apart\b)/.test(sentence);

describe.each([
  ['comments', comments],
  ['READMEs', paragraphs],
  ['test names', testNames],
])('%s', (_, passages) => {
  test('begin with their subject', () => {
    expect(passages.length).toBeGreaterThan(50);
    expect(offending(passages, beginsVaguely)).toEqual([]);
  });

  test('say who says something', () => {
    expect(offending(passages, hidesWhoSays)).toEqual([]);
  });
});

test.each([
  ['The end. What it left behind.', beginsVaguely, true],
  ['What does it leave behind?', beginsVaguely, false],
  ['Runs it. @param line of text @returns what it printed', beginsVaguely, true],
  ['The user is told so.', hidesWhoSays, true],
  ['The two are told apart by their order.', hidesWhoSays, false],
])('the rule reads "%s"', (text, isWrong, expected) => {
  expect(offending([{ place: 'here', text }], isWrong).length > 0).toBe(expected);
});
