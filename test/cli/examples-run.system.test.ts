import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOCAL_BOT } from '../../functions/local/local-bot.ts';
import { openStore } from '../../functions/local/store/open-store.ts';
import { localClient } from '../fixtures/local-dynamodb.ts';
import { freePort } from '../fixtures/free-port.ts';
import { awsStandIn, type StoredParameter } from './aws-stand-in.ts';
import { botCommand, CLEAN_ENV, type Env } from './bot-command.ts';
import { argumentsOf, documentExamples, helpExamples } from './example-lines.ts';
import { typed, type Ran } from './example-world.ts';
import { delivered, parkedByAFaultyVersion } from './parked-updates.ts';
import { botIdOf, sharedStore } from './shared-store.ts';

const STACK = 'AgentFactoryBot-prod';
const PARKED = [123456789, 123456790];

/** In which order they make sense: what is run before leaves behind what is asked for after. */
const ORDER = [
  'start',
  'status',
  'doctor',
  'logs',
  'kb example',
  'kb schema',
  'kb import',
  'kb rebuild',
  'kb check',
  'kb search',
  'kb get',
  'kb stats',
  'kb gaps',
  'kb feedback',
  'kb export',
  'kb delete',
  'dead list',
  'dead show',
  'updates list',
  'updates show',
  'dead replay',
  'dead drop',
  'users forget',
  'partitions show',
  'partitions set',
  'webhook info',
  'restart',
  'stop',
  'release',
  'secrets set',
  'webhook set',
  'webhook delete',
  'migrate',
  'service install',
];

/** Not run, and why. Their command lines are read by `examples.test.ts` all the same. */
const NOT_RUN: Record<string, string> = {
  'npx bot service install --data /srv/bot':
    'makes a service of this machine (service.test.ts writes its files)',
  'npx bot service install': 'the same',
  'npx bot service uninstall': 'removes a service of this machine',
  'npx bot service status': 'asks the service manager of this machine',
  'npx bot start': 'stays in the terminal: acceptance.system.test.ts, first-start.system.test.ts',
  'npx bot start --standby': 'the same: takeover.system.test.ts, standby.test.ts',
  'npx bot restart': 'the same: restart.system.test.ts',
  'npx bot migrate --from export.json --run': 'polls for ten seconds: migrate.system.test.ts',
  'npx bot logs --data /srv/bot --follow': 'does not end: logs.system.test.ts',
  'npx bot kb import --replace export.jsonl': 'run below, with the export that it needs',
};

describe('the examples of the help texts and of the README', () => {
  const bot = botCommand();
  const shared = sharedStore();
  const parameters = new Map<string, StoredParameter>();
  const stacks: Record<string, Record<string, string>> = {};
  let aws: Awaited<ReturnType<typeof awsStandIn>>;
  let folder: string;
  const lines: string[] = [];

  beforeAll(async () => {
    aws = await awsStandIn({ stacks, parameters });
    folder = bot.folder();
    for (const { line } of [...(await helpExamples()), ...documentExamples().filter(isOfReadme)])
      if (!lines.includes(line)) lines.push(line);
  });
  afterAll(() => aws.close());

  /** Without a token, which starts at once; what is asked of Telegram then has the one of a bot that nobody runs. */
  const local = async (): Promise<{ env: Env; onTelegram: Env }> => {
    const { TELEGRAM_BOT_TOKEN: token, TELEGRAM_API_ROOT: apiRoot } = await shared.freshTable();
    const env = { ...CLEAN_ENV, BOT_DATA: join(folder, 'srv'), PORT: String(await freePort()) };
    return { env, onTelegram: { ...env, TELEGRAM_BOT_TOKEN: token, TELEGRAM_API_ROOT: apiRoot } };
  };
  const deployed = async (): Promise<Env> => {
    const table = await shared.freshTable();
    const port = await freePort();
    const running = bot.begin(['start', '--webhook', '--port', String(port), '--data', bot.folder()], {
      env: table,
    });
    const names = '/agent-factory-bot/prod/telegram';
    stacks[STACK] = {
      TableName: table['TABLE_NAME']!,
      WebhookUrl: `http://127.0.0.1:${port}/telegram/webhook`,
      HealthUrl: `http://127.0.0.1:${port}/health`,
      TokenParameter: `${names}-bot-token`,
      WebhookSecretParameter: `${names}-webhook-secret`,
      PreviousWebhookSecretParameter: `${names}-webhook-secret-previous`,
      TelegramApiRoot: table['TELEGRAM_API_ROOT']!,
      WebhookLogGroup: 'prod-webhook-logs',
    };
    parameters.set(`${names}-bot-token`, { value: table['TELEGRAM_BOT_TOKEN']!, type: 'SecureString' });
    parameters.set('/cdk-bootstrap/hnb659fds/version', { value: '30', type: 'String' });
    await running.until('Bot is running');
    return {
      ...CLEAN_ENV,
      TABLE_NAME: table['TABLE_NAME'],
      TELEGRAM_BOT_TOKEN: table['TELEGRAM_BOT_TOKEN'],
      TELEGRAM_API_ROOT: table['TELEGRAM_API_ROOT'],
      AWS_ENDPOINT_URL_DYNAMODB: shared.endpoint(),
      AWS_ENDPOINT_URL_CLOUDFORMATION: aws.endpoint,
      AWS_ENDPOINT_URL_SSM: aws.endpoint,
      AWS_ENDPOINT_URL_LAMBDA: aws.endpoint,
    };
  };
  const run = (line: string, env: Env): Promise<Ran> =>
    typed(line, {
      bot,
      folder,
      env,
      input: `${env['TELEGRAM_BOT_TOKEN']}\n`,
      paths: { '/srv/bot': join(folder, 'srv') },
    });
  const succeeds = async (line: string, env: Env): Promise<void> => {
    const { code, stdout, stderr } = await run(line, env);
    expect({ line, code }, stdout + stderr).toEqual({ line, code: 0 });
  };

  it('are all in the order below, or on the list of those that are not run', () => {
    const unknown = lines.filter((line) => NOT_RUN[line] === undefined && rankOf(line) < 0);
    expect(unknown).toEqual([]);
    expect(lines.length).toBeGreaterThan(50);
  });

  it('do on a fresh machine what they say', { timeout: 120_000 }, async () => {
    const { env, onTelegram } = await local();
    mkdirSync(join(folder, 'srv'), { recursive: true });
    const store = await openStore({
      env: {},
      tableName: 'agent-factory-bot',
      dataFolder: env['BOT_DATA']!,
      ifMissing: 'create',
    });
    await parkedByAFaultyVersion({ ...store, botId: LOCAL_BOT.id }, PARKED.map(delivered));
    await store.close();
    for (const line of inOrder(lines.filter((each) => !/--stack|--stage/.test(each)))) {
      await succeeds(line, /bot (webhook|secrets)/.test(line) ? onTelegram : env);
      if (line.includes('kb export atoms.json')) {
        cpSync(join(folder, 'atoms.json'), join(folder, 'export.json'));
        await succeeds('npx bot kb export export.jsonl', env);
        await succeeds('npx bot kb import --replace export.jsonl', env);
      }
    }
    for (const made of ['atoms.schema.json', 'atoms.jsonl.gz', 'service/env'])
      expect(existsSync(join(folder, made)), made).toBe(true);
  });

  it('do with a deployed stack what they say', { timeout: 120_000 }, async () => {
    const there = await deployed();
    const client = localClient(shared.endpoint());
    const table = { client, tableName: there['TABLE_NAME']!, botId: botIdOf(there) };
    await parkedByAFaultyVersion(table, PARKED.map(delivered));
    client.destroy();
    const validAtoms = 'npx bot kb example';
    for (const file of ['atoms.json', 'export.json']) await succeeds(`${validAtoms} > ${file}`, there);
    await succeeds('npx bot kb export --format jsonl > atoms.jsonl', there);
    writeFileSync(join(folder, 'token.txt'), `${there['TELEGRAM_BOT_TOKEN']}\n`);
    const stackLines = inOrder(lines.filter((each) => /--stack|--stage/.test(each)));
    expect(stackLines.length).toBeGreaterThan(15);
    for (const line of stackLines) await succeeds(line, there);
  });
});

/** Whether the line is one of the README's, which a newcomer types one after the other. */
function isOfReadme({ line, from, isWhole }: { line: string; from: string; isWhole: boolean }): boolean {
  const args = argumentsOf(line);
  return (
    from === 'README.md' &&
    args !== undefined &&
    (isWhole || line.startsWith('npx bot ')) &&
    !/[<.]$|<command>/.test(args)
  );
}

function rankOf(line: string): number {
  const args = argumentsOf(line) ?? '';
  return ORDER.findIndex((words) => `${args} `.startsWith(`${words} `));
}

function inOrder(lines: readonly string[]): string[] {
  const runs = lines.filter((line) => NOT_RUN[line] === undefined);
  return runs.toSorted((one, other) => rankOf(one) - rankOf(other));
}
