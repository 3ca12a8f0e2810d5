import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startBotApiServer } from '../../functions/local/bot-api/server.ts';
import type { BotApiServer } from '../../functions/local/bot-api/types.ts';
import type { Verdict } from '../../functions/cli/doctor/verdict.ts';
import { awsStandIn, type StoredParameter } from './aws-stand-in.ts';
import { botCommand } from './bot-command.ts';

const TOKEN = '42:right';
const TOKEN_PARAMETER = '/agent-factory-bot/prod/telegram-bot-token';
const BOOTSTRAP = '/cdk-bootstrap/hnb659fds/version';
const STACK = 'AgentFactoryBot-prod';
const OURS = 'https://ours.example.com/telegram/webhook';
const THEIRS = 'https://theirs.example.com/hook';
const stored = (value: string): StoredParameter => ({ value, type: 'SecureString' });

describe('a stage, before it is deployed', () => {
  const bot = botCommand();
  const stacks: Record<string, Record<string, string>> = {};
  const parameters = new Map<string, StoredParameter>();
  const statuses = new Map<string, string>();
  const account = { unreserved: 1_000 };
  const reserved = new Map<string, number>();
  const denied = new Set<'ssm' | 'cloudformation' | 'lambda'>();
  let aws: Awaited<ReturnType<typeof awsStandIn>>;
  let telegram: BotApiServer;

  beforeAll(async () => {
    aws = await awsStandIn({ stacks, parameters, statuses, account, reserved, denied });
    telegram = await startBotApiServer({ bots: { [TOKEN]: { id: 42, username: 'b', first_name: 'B' } } });
  });
  afterAll(async () => {
    await telegram.close();
    await aws.close();
  });
  beforeEach(() => {
    parameters.clear();
    parameters.set(BOOTSTRAP, { value: '30', type: 'String' });
    parameters.set(TOKEN_PARAMETER, stored(TOKEN));
    delete stacks[STACK];
    statuses.clear();
    account.unreserved = 1_000;
    reserved.clear();
    denied.clear();
  });

  /** As Telegram does, the server refuses a second one within a second. */
  const setWebhook = async (url: string): Promise<void> => {
    const asked = async (): Promise<number> =>
      (await fetch(`${telegram.apiRoot}/bot${TOKEN}/setWebhook?url=${url}`)).status;
    await expect.poll(asked).toBe(200);
  };
  /** A checkout whose cdk.json has this stage. */
  const checkoutWith = (prod: object): string => {
    const cwd = bot.folder();
    writeFileSync(join(cwd, 'cdk.json'), JSON.stringify({ context: { stages: { prod } } }));
    return cwd;
  };
  const examine = async (env: Record<string, string> = {}, cwd?: string) => {
    const { code, stdout, stderr } = await bot.ask(['doctor', '--stage', 'prod', '--json'], {
      cwd,
      env: {
        AWS_ENDPOINT_URL_CLOUDFORMATION: aws.endpoint,
        AWS_ENDPOINT_URL_SSM: aws.endpoint,
        AWS_ENDPOINT_URL_LAMBDA: aws.endpoint,
        TELEGRAM_API_ROOT: telegram.apiRoot,
        // A developer's own bot, about which nobody asked.
        TELEGRAM_BOT_TOKEN: '1:somebody-elses',
        ...env,
      },
    });
    expect(stdout, stderr).not.toContain(TOKEN);
    const { checks } = JSON.parse(stdout) as { checks: Verdict[] };
    return { code, checks: Object.fromEntries(checks.map((check) => [check.check, check])) };
  };

  it('passes where all is ready for the first deployment', async () => {
    const { code, checks } = await examine();
    expect(checks).toMatchObject({
      Bootstrap: { verdict: 'ok', found: 'version 30' },
      Stack: {
        verdict: 'ok',
        found: 'AgentFactoryBot-prod does not exist: this will be its first deployment',
      },
      Concurrency: { verdict: 'ok' },
      Token: { verdict: 'ok', found: '@b' },
      Webhook: { verdict: 'ok', found: 'none is set' },
    });
    expect(code).toBe(0);
  });

  it('passes where it is deployed already and its webhook is its own', async () => {
    stacks[STACK] = { WebhookUrl: OURS };
    await setWebhook(OURS);
    try {
      const { code, checks } = await examine();
      expect(checks).toMatchObject({
        Stack: { verdict: 'ok', found: 'AgentFactoryBot-prod is UPDATE_COMPLETE' },
        Webhook: { verdict: 'ok', found: "this stage's, at ours.example.com" },
      });
      expect(code).toBe(0);
    } finally {
      await fetch(`${telegram.apiRoot}/bot${TOKEN}/deleteWebhook`);
    }
  });

  it('fails for each thing that would fail the deployment, and names the way out', async () => {
    parameters.delete(BOOTSTRAP);
    parameters.delete(TOKEN_PARAMETER);
    stacks[STACK] = {};
    statuses.set(STACK, 'UPDATE_ROLLBACK_FAILED');
    account.unreserved = 3;
    const { code, checks } = await examine();
    expect(code).toBe(1);
    expect(checks).toMatchObject({
      Bootstrap: { verdict: 'failed', advice: 'Run npx cdk bootstrap -c stage=prod' },
      Stack: { verdict: 'failed', advice: expect.stringContaining('“A deployment went wrong”') as string },
      Concurrency: { verdict: 'failed' },
      Token: {
        verdict: 'failed',
        found: `there is no SSM parameter ${TOKEN_PARAMETER}`,
        advice: expect.stringMatching(/secrets set token --stage prod$/) as string,
      },
    });
    statuses.set(STACK, 'ROLLBACK_COMPLETE');
    expect((await examine()).checks['Stack']?.advice).toContain('“The first deployment failed”');
    statuses.set(STACK, 'UPDATE_IN_PROGRESS');
    expect((await examine()).checks['Stack']?.advice).toContain('wait until it has ended');
  });

  it('fails for a token that Telegram refuses', async () => {
    parameters.set(TOKEN_PARAMETER, stored('43:revoked'));
    const { code, checks } = await examine();
    expect(code).toBe(1);
    expect(checks['Token']).toMatchObject({
      verdict: 'failed',
      found: `Telegram refuses the one in ${TOKEN_PARAMETER}`,
      advice: expect.stringMatching(/secrets set token --stage prod$/) as string,
    });
  });

  it('fails for a webhook of somebody else', async () => {
    await setWebhook(THEIRS);
    try {
      const { code, checks } = await examine();
      expect(code).toBe(1);
      expect(checks['Webhook']).toMatchObject({
        verdict: 'failed',
        found: 'somebody else’s, at theirs.example.com: the deployment would be refused',
      });
    } finally {
      await fetch(`${telegram.apiRoot}/bot${TOKEN}/deleteWebhook`);
    }
  });

  it.each([
    ['leaves too few to others', 150, undefined, 'failed'],
    ['leaves enough to others', 160, undefined, 'ok'],
    ['is reserved already', 100, 60, 'ok'],
    ['is more than is reserved already, by too much', 109, 50, 'failed'],
  ] as const)('is asked for what it reserves: 60 that %s', async (_, unreserved, before, verdict) => {
    account.unreserved = unreserved;
    if (before !== undefined) {
      stacks[STACK] = { WebhookFunction: 'the-webhook-function' };
      reserved.set('the-webhook-function', before);
    }
    const { code, checks } = await examine({}, checkoutWith({ reservedConcurrency: 60 }));
    expect(checks['Concurrency']).toMatchObject({ verdict, found: expect.stringContaining('60') as string });
    expect(code).toBe(verdict === 'ok' ? 0 : 1);
  });

  it('is examined as cdk.json has it: its parameter’s name, whose webhook it takes over, its region', async () => {
    parameters.delete(TOKEN_PARAMETER);
    parameters.set('/my/own/token', stored(TOKEN));
    await setWebhook(THEIRS);
    const own = { tokenParameter: '/my/own/token', takeOverWebhook: true };
    try {
      const { code, checks } = await examine({}, checkoutWith(own));
      expect(checks).toMatchObject({ Token: { verdict: 'ok' }, Webhook: { verdict: 'ok' } });
      expect(code).toBe(0);
    } finally {
      await fetch(`${telegram.apiRoot}/bot${TOKEN}/deleteWebhook`);
    }
    const elsewhere = await examine({}, checkoutWith({ ...own, region: 'eu-central-1' }));
    expect(elsewhere.checks).toEqual({
      Region: expect.objectContaining({ verdict: 'failed', advice: 'Set AWS_REGION=eu-central-1' }) as object,
    });
  });

  it('that cdk.json does not have is named, and a cdk.json that cannot be read', async () => {
    const cwd = checkoutWith({});
    const unknown = await bot.ask(['doctor', '--stage', 'prd'], { cwd });
    expect(unknown).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('cdk.json has no stage prd') as string,
    });
    writeFileSync(join(cwd, 'cdk.json'), '{');
    const broken = await bot.ask(['doctor', '--stage', 'prod'], { cwd });
    expect(broken).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('cdk.json is not JSON') as string,
    });
  });

  it('is looked at as far as the role may, and fails for nothing that it may not', async () => {
    for (const service of ['ssm', 'cloudformation', 'lambda'] as const) denied.add(service);
    const { code, checks } = await examine();
    expect(code).toBe(0);
    expect(Object.values(checks).map(({ check, verdict }) => `${check}: ${verdict}`)).toEqual([
      'Bootstrap: warning',
      'Stack: warning',
      'Concurrency: warning',
      'Token: warning',
    ]);
  });

  it('cannot be looked at without credentials, and is no other bot’s', async () => {
    const { code, checks } = await examine({ AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' });
    expect(code).toBe(1);
    expect(Object.keys(checks)).toEqual(['Bootstrap']);
    const both = await bot.ask(['doctor', '--stage', 'prod', '--stack', STACK], { env: {} });
    expect(both.code).toBe(2);
    expect((await bot.ask(['doctor', '--stage', 'Prod'], { env: {} })).code).toBe(2);
  });
});
