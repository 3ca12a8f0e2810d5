import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { sourcesOf, treeOf } from './sources.ts';

/** The rules of this house, as far as a program can read them. `.github/CONTRIBUTING.md` explains them. */
/**
 * The floors of `functions/`, from the bottom. A room imports rooms of lower floors only, so that arrows point one way.
 * The folders of `local` are rooms of their own.
 */
const FLOORS: readonly (readonly string[])[] = [
  ['lease', 'search'],
  ['status', 'knowledge'],
  ['scripts', 'telegram'],
  ['settings', 'http'],
  ['telemetry', 'aws', 'bot'],
  ['deployment', 'uploads'],
  ['dynamodb'],
  ['wiring'],
  ['local/machine'],
  ['local/store', 'local/polling', 'local/bot-api'],
  ['local/page'],
  ['local'],
  ['cli', 'webhook', 'health', 'watchdog', 'registration', 'rollout', 'importer'],
];
/** These rooms know neither AWS nor Lambda. */
const DOMAIN: ReadonlySet<string> = new Set([
  'lease',
  'search',
  'status',
  'knowledge',
  'scripts',
  'telegram',
  'bot',
]);

const MAX_FILE_LINES = 300;
/** Longer, each up to so many lines and for a reason; an entry that is not needed any more fails. */
const LONG_FILES: Readonly<Record<string, readonly [lines: number, reason: string]>> = {
  'functions/lease/consumer.ts': [404, 'the one door of an update: its steps are read in one go'],
  'functions/dynamodb/ledger-store.ts': [
    388,
    'the ledger: each write stands beside the conditions it shares with the others',
  ],
  'functions/local/bot-api/types.ts': [341, 'one interface, documented method by method'],
  'functions/search/german-terms.ts': [359, 'a table'],
  'functions/knowledge/formats/json-scanner.ts': [417, 'one state machine, which knows file, line and field'],
};

const MAX_FUNCTION_LINES = 70;
/** Longer, each for a reason; an entry that is not needed any more fails. */
const LONG_FUNCTIONS: Readonly<Record<string, string>> = {
  'functions/local/bot-api/control-http.ts methodsOf': 'a table of methods and the shapes of their bodies',
  'functions/local/bot-api/control.ts createControl': 'a table of methods',
  'functions/local/bot-api/server.ts startBotApiServer': 'puts a server together, part by part',
  'functions/local/page/app/chat/composer.tsx Composer': 'one form, as markup',
  'functions/local/page/app/timeline/timeline.tsx Timeline': 'one picture, as markup',
  'functions/wiring/webhook.ts webhookFunction': 'puts a function together, part by part',
};

const sources = sourcesOf('functions/', 'infra/');
const byPath = new Map(sources.map((source) => [source.path, source]));

const roomOf = (path: string): string => /^functions\/(local\/[\w-]+(?=\/)|[\w-]+)/.exec(path)?.[1] ?? '';
const floorOf = (room: string): number => FLOORS.findIndex((rooms) => rooms.includes(room));

describe('imports', () => {
  test('every room has a floor', () => {
    const rooms = new Set(
      sources.filter(({ path }) => path.startsWith('functions/')).map(({ path }) => roomOf(path)),
    );
    expect([...rooms].filter((room) => floorOf(room) === -1)).toEqual([]);
    expect(FLOORS.flat().filter((room) => !rooms.has(room))).toEqual([]);
  });

  test('point from functions to functions, and from infra to both', () => {
    const wrong = sources.flatMap(({ path, imports }) =>
      imports
        .filter((target) => /^(functions|infra|test)\//.test(target))
        .filter(
          (target) => !/^functions\//.test(target) && !(/^infra\//.test(target) && path.startsWith('infra/')),
        )
        .map((target) => `${path} -> ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  test('point to lower floors', () => {
    const wrong = sources
      .filter(({ path }) => path.startsWith('functions/'))
      .flatMap((source) =>
        source.imports
          .filter((target) => byPath.has(target) && roomOf(target) !== roomOf(source.path))
          .filter((target) => floorOf(roomOf(target)) >= floorOf(roomOf(source.path)))
          .map((target) => `${source.path} -> ${target}`),
      );
    expect(wrong).toEqual([]);
  });

  test('run in no circle, those of types included', () => {
    const targets = new Map(sources.map((source) => [source.path, source.imports]));
    const circles: string[] = [];
    const done = new Set<string>();
    const walk = (path: string, way: readonly string[]): void => {
      if (way.includes(path)) circles.push([...way.slice(way.indexOf(path)), path].join(' -> '));
      if (done.has(path)) return;
      done.add(path);
      for (const target of targets.get(path) ?? []) walk(target, [...way, path]);
    };
    for (const path of targets.keys()) walk(path, []);
    expect(circles).toEqual([]);
  });

  test('of domain rooms name no package of AWS', () => {
    const wrong = sources
      .filter(({ path }) => path.startsWith('functions/') && DOMAIN.has(roomOf(path)))
      .flatMap((source) =>
        source.imports
          .filter((target) => /^(@aws-|@smithy\/|aws-|aws4fetch)/.test(target))
          .map((target) => `${source.path} -> ${target}`),
      );
    expect(wrong).toEqual([]);
  });

  test('name adapters in wiring only, so that nobody else can make one', () => {
    const wrong = sources
      .filter(({ path }) => !/^functions\/(dynamodb|wiring)\//.test(path))
      .flatMap(({ path, text }) =>
        [...text.matchAll(/^import (?!type )([^;]*) from '[^']*\/dynamodb\/[^']*';/gm)]
          .filter(([, names = '']) => /(?<!type )\bDynamo\w+|\*/.test(names))
          .map(([line]) => `${path}: ${line}`),
      );
    expect(wrong).toEqual([]);
  });

  test('from a Lambda function reach nothing of a local run, its page least of all', () => {
    const handlers = sources.filter(({ path }) => /^functions\/\w+\/handler\.ts$/.test(path));
    const reached = new Set(handlers);
    for (const source of reached)
      for (const target of source.imports) {
        const found = byPath.get(target);
        if (found !== undefined) reached.add(found);
      }
    expect(handlers.length).toBeGreaterThan(5);
    expect([...reached].map(({ path }) => path).filter((path) => /^functions\/local\//.test(path))).toEqual(
      [],
    );
  });
});

const linesOf = (text: string): number => text.split('\n').length - 1;

describe('length', () => {
  test(`files have at most ${MAX_FILE_LINES} lines`, () => {
    const long = sources.filter(({ text }) => linesOf(text) > MAX_FILE_LINES);
    expect(long.map(({ path }) => path).sort()).toEqual(Object.keys(LONG_FILES).sort());
    const grown = long.filter(({ path, text }) => linesOf(text) > (LONG_FILES[path]?.[0] ?? 0));
    expect(grown.map(({ path }) => path)).toEqual([]);
  });

  test(`functions have at most ${MAX_FUNCTION_LINES} lines`, () => {
    const long = sources.flatMap(({ path }) => {
      const tree = treeOf(path);
      const found: string[] = [];
      const visit = (node: ts.Node, name: string): void => {
        const own = nameOf(node) ?? name;
        if ((ts.isFunctionLike(node) && 'body' in node) || ts.isClassStaticBlockDeclaration(node)) {
          const { line: first } = tree.getLineAndCharacterOfPosition(node.getStart());
          const { line: last } = tree.getLineAndCharacterOfPosition(node.getEnd());
          if (last - first + 1 > MAX_FUNCTION_LINES) found.push(`${path} ${own}`);
        }
        ts.forEachChild(node, (child) => visit(child, own));
      };
      visit(tree, '');
      return found;
    });
    expect(long.sort()).toEqual(Object.keys(LONG_FUNCTIONS).sort());
  });
});

function nameOf(node: ts.Node): string | undefined {
  const { name } = node as { name?: ts.Node };
  return name !== undefined && (ts.isIdentifier(name) || ts.isPrivateIdentifier(name))
    ? name.text
    : undefined;
}

/** Errors that no operator's command ends with, each because somebody else answers for it. */
const INNER_ERRORS: Readonly<Record<string, string>> = {
  TenureOverError: 'the consumer judges it',
  AwsCallError: 'a function logs it, and Lambda or CloudFormation tells of it',
  AwsSilentError: 'as the one before',
  UploadRefusedError: 'the chat answers with it',
  LimitsDeniedError: 'doctor leaves its check out',
  ScanError: 'the reader of a file names the place',
  RegistrationError: 'CloudFormation shows it',
  ServerError: 'the Bot API server answers with it',
  ApiError: 'the Bot API server answers with it',
  BrokenRecordError: 'the store is damaged, and says so by DamagedStoreError',
  ContextError: 'cdk shows it',
  ChangelogError: 'npm version shows it',
};
/** Names of errors that other packages throw. */
const FOREIGN_ERRORS = [
  'GrammyError',
  'HttpError',
  'CredentialsProviderError',
  'AccessDeniedException',
  'AbortError',
];

describe('errors', () => {
  const classes = new Map<string, { base: string; isMarked: boolean }>();
  for (const { path } of sources) {
    ts.forEachChild(treeOf(path), (node) => {
      if (!ts.isClassDeclaration(node) || node.name === undefined) return;
      const base = node.heritageClauses?.[0]?.types[0]?.expression.getText() ?? '';
      const isMarked = node.members.some((member) => member.name?.getText() === 'forOperator');
      if (base.endsWith('Error')) classes.set(node.name.text, { base, isMarked });
    });
  }
  const explained = [
    ...(byPath.get('functions/cli/explain.ts')?.text ?? '').matchAll(/case '(\w+(?:Error|Exception))':/g),
  ].map(([, name = '']) => name);

  test('reach an operator in words of their own, or are said to be inner ones', () => {
    const isToldTo = (name: string): boolean => {
      const found = classes.get(name);
      return found !== undefined && (found.isMarked || explained.includes(name) || isToldTo(found.base));
    };
    const untold = [...classes.keys()].filter((name) => !isToldTo(name));
    expect(untold.sort()).toEqual(Object.keys(INNER_ERRORS).sort());
  });

  test('that are explained by name exist', () => {
    const gone = explained.filter((name) => !classes.has(name) && !FOREIGN_ERRORS.includes(name));
    expect(gone).toEqual([]);
    expect(explained.length).toBeGreaterThan(0);
  });
});

describe('waits for others', () => {
  /** A client of the SDK that is only asked for credentials and region. */
  const ASKS_NOTHING = ['functions/cli/lambda-limits.ts'];

  /** For AWS and stores; for Telegram, while somebody deploys. */
  const BUDGETS = ['functions/aws/call-budgets.ts', 'functions/telegram/deployment-patience.ts'];

  test('are numbers of a table', () => {
    const number =
      /\b(maxAttempts|retries|rounds|(request|connection|socket)Timeout|(connect|answer)Ms):\s*\d/;
    const wrong = sources
      .filter(({ path }) => !BUDGETS.includes(path))
      .flatMap(({ path, text }) =>
        text
          .split('\n')
          .filter((line) => number.test(line))
          .map((line) => `${path}: ${line.trim()}`),
      );
    expect(wrong).toEqual([]);
  });

  test('end, whatever client of the SDK is made', () => {
    const wrong = sources
      .filter(({ path }) => !ASKS_NOTHING.includes(path))
      .filter(({ text }) =>
        /\bnew [(\w.]*\b(DynamoDB|SSM|CloudFormation)(Client)?\b(?!\((\{\s*\.\.\.)?withinBudget)/.test(text),
      )
      .map(({ path }) => path);
    expect(wrong).toEqual([]);
  });
});

describe('results', () => {
  /** Others decide on the shapes of these objects: Telegram, Node.js, a file of atoms, a caller, a sibling process. */
  const NO_RESULTS: readonly (readonly [files: RegExp, names: RegExp, reason: string])[] = [
    [/^functions\/(bot|telegram|local)\//, /^(callback_data|(chat|message|update|user)_id)$/, 'of Telegram'],
    [/^functions\/local\/bot-api\//, /./, 'of calls that a bot makes'],
    [/^functions\/local\/terminal-chat/, /^url$/, 'of Telegram'],
    [/./, /^code$/, 'of the errors of Node.js'],
    [/^functions\/cli\/explain/, /^forOperator$/, 'the mark of an error'],
    [/^functions\/knowledge\/(formats\/records|read-atoms)/, /./, 'of a record that somebody wrote'],
    [/^functions\/knowledge\/formats\/whole-file/, /^empty$/, 'of the reader of YAML'],
    [/^functions\/knowledge\/field-values/, /^wrapped$/, 'of a schema'],
    [/^functions\/(knowledge\/formats\/source-files|cli\/commands\/kb\/import)/, /^stream$/, 'an option'],
    [/^functions\/telegram\/webhook-switch/, /^url$/, 'an option'],
    [/^functions\/deployment\/probe/, /^probe$/, 'an event of Lambda'],
    [/^functions\/telemetry\//, /^(updateId|attempt|fencingToken)$/, 'events, whose discriminant is type'],
    [/^functions\/local\/(page|run)\b/, /./, 'messages between a page and its processes'],
  ];

  test('are told apart by their kind', () => {
    const asked = sources
      .filter(({ path }) => path.startsWith('functions/'))
      .flatMap(({ path }) => fieldsAskedIn(treeOf(path)).map((name) => ({ path, name })));
    const allowed = (path: string, name: string) =>
      NO_RESULTS.filter(([files, names]) => files.test(path) && names.test(name));
    const wrong = asked.filter(({ path, name }) => allowed(path, name).length === 0);
    expect(wrong).toEqual([]);
    const needed = new Set(asked.flatMap(({ path, name }) => allowed(path, name)));
    expect(NO_RESULTS.filter((each) => !needed.has(each))).toEqual([]);
  });
});

describe('numbers of the protocol', () => {
  test('have names, in the file of its limits', () => {
    const nameless = sources
      .filter(({ path }) => path.startsWith('functions/lease/') && path !== 'functions/lease/limits.ts')
      .flatMap(({ path }) => factorsIn(treeOf(path)).map((factor) => `${path}: ${factor}`));
    expect(nameless).toEqual([]);
  });
});

/** Products and quotients with a number; doubling and the unit of seconds need no name. */
function factorsIn(tree: ts.SourceFile): string[] {
  const found: string[] = [];
  const { AsteriskToken, SlashToken } = ts.SyntaxKind;
  const visit = (node: ts.Node): void => {
    if (ts.isBinaryExpression(node) && [AsteriskToken, SlashToken].includes(node.operatorToken.kind)) {
      const numbers = [node.left, node.right].filter((side) => ts.isNumericLiteral(side));
      if (numbers.some(({ text }) => text !== '2' && text !== '1000')) found.push(node.getText());
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

describe('the webhook', () => {
  /** Others that name the calls, each for a reason. */
  const OTHERS: Readonly<Record<string, string>> = {
    'functions/telegram/webhook-state.ts': 'makes the calls',
    'functions/status/status-store.ts': 'the port of the wish',
    'functions/dynamodb/status-store.ts': 'its adapter',
    'functions/cli/commands/webhook/delete.ts': 'where no store holds a wish',
    'functions/deployment/webhook-watch.ts': 'removes one whose end is wanted already',
  };

  test('is touched by one module, which writes the wish down first', () => {
    const touching = sources
      .filter(
        ({ path }) => !path.startsWith('functions/local/') && path !== 'functions/telegram/webhook-switch.ts',
      )
      .filter(({ text }) => /\b(desireWebhook|setWebhook|deleteWebhook(IfOurs)?)\(/.test(text))
      .map(({ path }) => path);
    expect(touching.sort()).toEqual(Object.keys(OTHERS).sort());
  });
});

/** The names that code looks for in an object: by `in`, or by a function that does the same. */
function fieldsAskedIn(tree: ts.SourceFile): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const asked = askedBy(node);
    if (asked !== undefined && ts.isStringLiteralLike(asked)) found.push(asked.text);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

function askedBy(node: ts.Node): ts.Node | undefined {
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.InKeyword) return node.left;
  if (!ts.isCallExpression(node)) return undefined;
  return /(^|\.)(hasOwn|hasOwnProperty|has\.call|hasOwnProperty\.call|Reflect\.has)$/.test(
    node.expression.getText(),
  )
    ? node.arguments.at(-1)
    : undefined;
}

describe('suppressions', () => {
  test('say why', () => {
    const SUPPRESSION = /\/[/*] *(eslint-disable|@ts-(ignore|expect-error|nocheck)|prettier-ignore)/;
    const bare = sourcesOf('').flatMap(({ path, text }) =>
      text
        .split('\n')
        .map((line, index) => ({ line, place: `${path}:${index + 1}` }))
        .filter(({ line }) => SUPPRESSION.test(line) && !/ -- \S|error: \S/.test(line))
        .map(({ place }) => place),
    );
    expect(bare).toEqual([]);
  });
});
