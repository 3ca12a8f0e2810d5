import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { isCode, paths, read, treeOf } from './sources.ts';

/** English that is read once, as far as a program can tell. `.github/CONTRIBUTING.md` has the rules. */
interface Passage {
  place: string;
  text: string;
}

/** All that a file of code says in English, found in one walk: a parsed house is read once, and not once for each rule. */
interface Spoken {
  comments: Passage[];
  /** A test's name with those of its suites, as a report shows it. */
  testNames: Passage[];
  /** The texts of help, and of errors that are made where they are thrown. */
  messages: Passage[];
}

function spokenIn(path: string): Spoken {
  const tree = treeOf(path);
  const testNames: Passage[] = [];
  const messages: Passage[] = [];
  const literals: ts.Node[] = [];
  const addMessage = (node: ts.Node | undefined): void => {
    const text = textOf(node);
    if (text !== undefined && text.includes(' ')) messages.push({ place: placeOf(tree, node!), text });
  };
  const visit = (node: ts.Node, suites: readonly string[]): void => {
    if (isLiteral(node)) return void literals.push(node);
    if (ts.isNewExpression(node) && /Error$/.test(node.expression.getText(tree)))
      node.arguments?.forEach(addMessage);
    if (ts.isPropertyAssignment(node) && /^(summary|description)$/.test(node.name.getText(tree)))
      addMessage(node.initializer);
    let within = suites;
    if (ts.isCallExpression(node)) {
      const called = calledName(node);
      if (/^(option|argument|description)$/.test(called ?? ''))
        node.arguments.slice(0, 2).forEach(addMessage);
      const name = textOf(node.arguments[0]);
      if (name !== undefined && (called === 'it' || called === 'test'))
        testNames.push({ place: placeOf(tree, node), text: [...suites, name].join(' ').trim() });
      if (name !== undefined && called?.startsWith('describe') === true) within = [...suites, name];
    }
    ts.forEachChild(node, (child) => visit(child, within));
  };
  visit(tree, []);
  return { comments: commentsOf(tree, literals), testNames, messages };
}

/** Strings, templates, patterns and texts of markup, which may look like comments. */
const isLiteral = (node: ts.Node): boolean =>
  ts.isLiteralExpression(node) ||
  ts.isTemplateMiddleOrTemplateTail(node) ||
  ts.isTemplateHead(node) ||
  ts.isJsxText(node);

/** Comments that stand one below the other are one passage. */
function commentsOf(tree: ts.SourceFile, literals: readonly ts.Node[]): Passage[] {
  const found: (Passage & { line: number })[] = [];
  for (const { 0: comment, index } of without(literals, tree).matchAll(/\/\*[^]*?\*\/|\/\/.*/g)) {
    const { line } = tree.getLineAndCharacterOfPosition(index);
    const text = comment.replace(/^\/\*\*?|\*\/$/g, '').replace(/^\s*(\*|\/\/) ?/gm, '');
    const last = found.at(-1);
    const goesOn = comment.startsWith('//') && last?.line === line - 1;
    if (goesOn) Object.assign(last, { text: `${last.text} ${text}`, line });
    else found.push({ place: `${tree.fileName}:${line + 1}`, text, line });
  }
  return found;
}

/** The source with blanks in place of these nodes, which stand in the order of the text. */
function without(nodes: readonly ts.Node[], tree: ts.SourceFile): string {
  const pieces: string[] = [];
  let end = 0;
  for (const node of nodes) {
    const start = node.getStart(tree);
    pieces.push(tree.text.slice(end, start), ' '.repeat(node.end - start));
    end = node.end;
  }
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

const spoken = paths.filter(isCode).map((path) => ({ path, ...spokenIn(path) }));
const comments = spoken.flatMap((file) => file.comments);
const paragraphs = paths
  .filter((path) => path.endsWith('.md') && path !== '.github/CHANGELOG.md')
  .flatMap(paragraphsOf);
const testNames = spoken
  .filter(({ path }) => path.endsWith('.test.ts'))
  .flatMap((file) => file.testNames)
  .map(capitalised);
const messages = spoken
  .filter(({ path }) => !path.startsWith('test/'))
  .flatMap((file) => file.messages)
  .map(capitalised);

/** Sentences, each with its end; a tag of a comment begins one. */
function sentencesOf({ place, text }: Passage): Passage[] {
  const plain = text
    .replace(/`[^`]*`/g, '`code`')
    .replace(/\s+/g, ' ')
    .replace(/\b(e\.g|i\.e|etc|vs)\./g, '$1');
  return plain
    .split(/(?<=[.?!:][)*_"]?) (?=\W?[A-Z])| (?=@(?:param|returns|throws)\b)/)
    .map((sentence) => ({ place, text: sentence.replace(/^[\s*_(]+/, '') }));
}

const offending = (sentences: readonly Passage[], isWrong: (sentence: string) => boolean): string[] =>
  sentences.filter(({ text }) => isWrong(text)).map(({ place, text }) => `${place}: ${text.slice(0, 90)}`);

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
  [/\bwh(?:o|om)ever\b/i, 'the person, process or command that acts'],
];

describe.each([
  ['comments', comments],
  ['READMEs', paragraphs],
  ['test names', testNames],
  ['messages', messages],
])('%s', (_, passages) => {
  const sentences = passages.flatMap(sentencesOf);

  test('begin with their subject', () => {
    expect(sentences.length).toBeGreaterThan(50);
    expect(offending(sentences, beginsVaguely)).toEqual([]);
  });

  test('have one word for a thing', () => {
    const wrong = OTHER_WORDS.flatMap(([word, instead]) =>
      offending(sentences, (sentence) => word.test(sentence)).map((place) => `${place} (say: ${instead})`),
    );
    expect(wrong).toEqual([]);
  });

  test('say who says something', () => {
    expect(offending(sentences, hidesWhoSays)).toEqual([]);
  });
});

test.each([
  ['The end. What it left behind.', beginsVaguely, true],
  ['What does it leave behind?', beginsVaguely, false],
  ['Runs it. @param line of text @returns what it printed', beginsVaguely, true],
  ['The user is told so.', hidesWhoSays, true],
  ['The two are told apart by their order.', hidesWhoSays, false],
])('the rule reads "%s"', (text, isWrong, expected) => {
  expect(offending(sentencesOf({ place: 'here', text }), isWrong).length > 0).toBe(expected);
});
