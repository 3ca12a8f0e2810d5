import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { isCode, paths, read, treeOf } from './sources.ts';

/** English that is read once, as far as a program can tell. `.github/CONTRIBUTING.md` has the rules. */
interface Passage {
  place: string;
  text: string;
}

const passagePaths = paths.filter((path) => path !== '.github/CHANGELOG.md');

/** Comments that stand one below the other are one passage. */
function commentsOf(path: string): Passage[] {
  const tree = treeOf(path);
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

/** A test's name with those of its suites, as a report shows it. */
function testNamesOf(path: string): Passage[] {
  const tree = treeOf(path);
  const found: Passage[] = [];
  const visit = (node: ts.Node, suites: readonly string[]): void => {
    const [kind, name] = ts.isCallExpression(node) ? [calledName(node), textOf(node.arguments[0])] : [];
    if (name !== undefined && (kind === 'it' || kind === 'test'))
      found.push({ place: placeOf(tree, node), text: [...suites, name].join(' ').trim() });
    const within = name !== undefined && kind?.startsWith('describe') === true ? [...suites, name] : suites;
    ts.forEachChild(node, (child) => visit(child, within));
  };
  visit(tree, []);
  return found;
}

/** The texts of help, and of errors that are made where they are thrown. */
function messagesOf(path: string): Passage[] {
  const tree = treeOf(path);
  const found: Passage[] = [];
  const add = (node: ts.Node | undefined): void => {
    const text = textOf(node);
    if (text !== undefined && text.includes(' ')) found.push({ place: placeOf(tree, node!), text });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isNewExpression(node) && /Error$/.test(node.expression.getText(tree)))
      node.arguments?.forEach(add);
    if (ts.isCallExpression(node) && /^(option|argument|description)$/.test(calledName(node) ?? ''))
      node.arguments.slice(0, 2).forEach(add);
    if (ts.isPropertyAssignment(node) && /^(summary|description)$/.test(node.name.getText(tree)))
      add(node.initializer);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

/** `it` of `it.each(table)(...)` and of `it(...)`, `option` of `program.option(...)`. */
function calledName({ expression }: ts.CallExpression): string | undefined {
  let called: ts.Node = expression;
  while (ts.isCallExpression(called) || (ts.isPropertyAccessExpression(called) && isSuite(called)))
    called = called.expression;
  if (ts.isIdentifier(called)) return called.text;
  return ts.isPropertyAccessExpression(called) ? called.name.text : undefined;
}

const isSuite = (node: ts.PropertyAccessExpression): boolean =>
  /^(it|test|describe)\b/.test(node.expression.getText());

/** A text with a word in place of each value. */
function textOf(node: ts.Node | undefined): string | undefined {
  if (node === undefined) return undefined;
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node))
    return node.head.text + node.templateSpans.map(({ literal }) => `X${literal.text}`).join('');
  return undefined;
}

const placeOf = (tree: ts.SourceFile, node: ts.Node): string =>
  `${tree.fileName}:${tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1}`;

/** A test's name and a message begin with a small letter where others stand before them. */
const capitalised = ({ place, text }: Passage): Passage => ({
  place,
  text: text.charAt(0).toUpperCase() + text.slice(1),
});

const comments = passagePaths.filter(isCode).flatMap(commentsOf);
const paragraphs = passagePaths.filter((path) => path.endsWith('.md')).flatMap(paragraphsOf);
const testNames = paths
  .filter((path) => path.endsWith('.test.ts'))
  .flatMap(testNamesOf)
  .map(capitalised);
const messages = paths
  .filter((path) => isCode(path) && !path.startsWith('test/'))
  .flatMap(messagesOf)
  .map(capitalised);

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

/** One word for a thing, the field's own; the word on the left is that of another field, or says nothing. */
const OTHER_WORDS: readonly (readonly [RegExp, string])[] = [
  [/\bdead[- ]letter/i, 'a parked update'],
  [/\bquarantine/i, 'a parked update'],
  [/\bupdates? (?:that )?(?:is|are|was|were|has been|have been) given up\b/i, 'a parked update'],
  [/\bleaders?(?:hip)?\b/i, 'the holder of a lease, or the consumer'],
  [/\bfail-?over\b/i, 'a takeover'],
  [/\b(?:master|slave) (?:node|process|instance)s?\b/i, 'the holder of a lease'],
  [/\bfence tokens?\b|\b(?:lease|sequence) tokens?\b/i, 'a fencing token'],
  [/\bexecution contexts?\b|\blambda instances?\b/i, 'an execution environment'],
  [/\b(?:black|white)-?list/i, 'the list of those who may or may not'],
  [
    /\btoken claims?\b|\bclaims? (?:of|to) (?:a|the|its) tokens?\b/i,
    'the right to poll: an update is claimed',
  ],
  [/\b(?:utils?|helpers?)\b/i, 'the concept of the code in it'],
];

describe.each([
  ['comments', comments],
  ['READMEs', paragraphs],
  ['test names', testNames],
  ['messages', messages],
])('%s', (_, passages) => {
  test('begin with their subject', () => {
    expect(passages.length).toBeGreaterThan(50);
    expect(offending(passages, beginsVaguely)).toEqual([]);
  });

  test('have one word for a thing', () => {
    const wrong = OTHER_WORDS.flatMap(([word, instead]) =>
      offending(passages, (sentence) => word.test(sentence)).map((place) => `${place} (say: ${instead})`),
    );
    expect(wrong).toEqual([]);
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
