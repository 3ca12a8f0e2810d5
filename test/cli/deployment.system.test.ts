import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildId } from '../../functions/settings/build-id.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deriveWebhookSecret } from '../../functions/telegram/webhook-secret.ts';
import { awsStandIn, type StoredParameter } from './aws-stand-in.ts';
import { freePort } from '../fixtures/free-port.ts';
import { botCommand, SIDE_BY_SIDE, type Env, type Finished } from './bot-command.ts';
import { botIdOf, sharedStore } from './shared-store.ts';

/** The webhook's side of the deployment is the same receiver, consumer and bot over the same table, on loopback. */
describe('a deployed stack', SIDE_BY_SIDE, () => {
  const bot = botCommand();
  const shared = sharedStore();
  const stacks: Record<string, Record<string, string>> = {};
  const parameters = new Map<string, StoredParameter>();
  let stages = 0;
  let aws: Awaited<ReturnType<typeof awsStandIn>>;

  beforeAll(async () => {
    aws = await awsStandIn({ stacks, parameters });
  });
  afterAll(() => aws.close());
  const deploy = async (options: { parameters?: string } = {}) => {
    const stage = `stage${(stages += 1)}`;
    const stack = `AgentFactoryBot-${stage}`;
    const folder = options.parameters ?? `/agent-factory-bot/${stage}`;
    const table = await shared.freshTable();
    const port = await freePort();
    const deployed = bot.begin(['start', '--webhook', '--port', String(port), '--data', bot.folder()], {
      env: table,
    });
    const outputs = {
      TableName: table['TABLE_NAME']!,
      WebhookUrl: `http://127.0.0.1:${port}/telegram/webhook`,
      HealthUrl: `http://127.0.0.1:${port}/health`,
      Version: buildId(),
      TokenParameter: `${folder}/telegram-bot-token`,
      WebhookSecretParameter: `${folder}/telegram-webhook-secret`,
      PreviousWebhookSecretParameter: `${folder}/telegram-webhook-secret-previous`,
    };
    stacks[stack] = outputs;
    parameters.set(`${folder}/telegram-bot-token`, {
      value: table['TELEGRAM_BOT_TOKEN']!,
      type: 'SecureString',
    });
    const operator: Env = {
      AWS_ENDPOINT_URL_DYNAMODB: shared.endpoint(),
      AWS_ENDPOINT_URL_CLOUDFORMATION: aws.endpoint,
      AWS_ENDPOINT_URL_SSM: aws.endpoint,
      TELEGRAM_API_ROOT: table['TELEGRAM_API_ROOT'],
      // A developer's own bot, which no command about the stack may touch.
      TELEGRAM_BOT_TOKEN: '1:somebody-elses',
      TELEGRAM_BOT_TOKEN_PARAMETER: '/somebody/elses/token',
      TELEGRAM_WEBHOOK_SECRET_PARAMETER: '/somebody/elses/secret',
    };
    await deployed.until('Bot is running');
    const run = (...args: string[]): Promise<Finished> =>
      bot.ask([...args, '--stack', stack], { env: operator });
    const telegramCall = async (
      method: string,
      payload: object = {},
    ): Promise<{ url: string; pending_update_count: number }> => {
      const { apiRoot } = shared.telegram();
      const response = await fetch(`${apiRoot}/bot${table['TELEGRAM_BOT_TOKEN']}/${method}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(payload),
      });
      return ((await response.json()) as { result: { url: string; pending_update_count: number } }).result;
    };
    return { stage, stack, folder, table, outputs, operator, run, telegramCall, deployed };
  };

  it('is started, told about, stopped and started again, and no update is dropped', async () => {
    const { stack, table, run } = await deploy();
    const started = await run('start');
    expect(started.code, started.stderr).toBe(0);
    expect(started.stdout).toContain(`✅ Bot is running (${stack})`);
    expect(await shared.ask(table, '/kb_stats')).toContain('Total Atoms: 2');

    const status = await run('status');
    expect(status.code, status.stderr).toBe(0);
    for (const line of ['Health endpoint: ✅ RESPONDING', 'Webhook: ✅ as it should be', '✅ Bot is RUNNING'])
      expect(status.stdout).toContain(`${line}\n`);
    expect(status.stdout).toContain(`Version: ${buildId()}\n`);
    const json = JSON.parse((await run('status', '--json')).stdout) as object;
    expect(json).toMatchObject({ running: true, webhook: { desired: 'on', url_is_ours: true } });

    const stopped = await run('stop');
    expect(stopped.stdout).toContain(`Webhook deleted\n`);
    expect(stopped.stdout).toContain(`✅ Bot stopped (${stack})\n`);
    shared
      .telegram()
      .sendMessage({ from: { id: 7, first_name: 'Anna' }, text: '/help', bot: botIdOf(table) });
    const after = await run('status');
    expect(after.code).toBe(1);
    expect(after.stdout).toContain('Webhook: off, none is set\n   Pending updates: 1\n');
    expect(after.stdout).toContain('❌ Bot is NOT RUNNING\n');

    expect((await run('start')).stdout).toContain('Pending updates: ');
    const answer = await shared.telegram().nextMessage(7, { bot: botIdOf(table), timeoutMs: 90_000 });
    expect(answer.text).toContain('/kb_search');
  });

  it('shows its status by its URL alone, which is not enough to change it', async () => {
    const { outputs } = await deploy();
    const url = outputs.HealthUrl.replace('/health', '');
    const status = await bot.ask(['status', '--url', url], { env: {} });
    expect(status.code, status.stderr).toBe(0);
    expect(status.stdout).toContain('Health endpoint: ✅ RESPONDING');
    const path = '/telegram/webhook/0b1e-4f';
    const elsewhere = await bot.ask(['status', '--url', `${url}${path}`, '--json'], { env: {} });
    expect(elsewhere.stdout).toContain('no webhook is there (HTTP 404)');
    const stop = await bot.ask(['stop', '--url', url], { env: {} });
    expect(stop.code).toBe(2);
    expect(stop.stderr).toContain('add --table NAME, or use --stack NAME');
  });

  it('that does not exist, or whose token is not stored, is named in an error of one sentence', async () => {
    const { folder, operator, run } = await deploy();
    const missing = await bot.ask(['status', '--stack', 'AgentFactoryBot-none'], { env: operator });
    expect(missing.code).toBe(1);
    expect(missing.stderr).toBe(
      '❌ There is no stack AgentFactoryBot-none in this account and region: check the name, AWS_PROFILE and AWS_REGION\n',
    );
    parameters.delete(`${folder}/telegram-bot-token`);
    const stop = await run('stop');
    expect(stop.stderr).toContain(`There is no SSM parameter ${folder}/telegram-bot-token`);
  });

  it('keeps its secrets in SSM, encrypted, tried before they are stored, and never shown', async () => {
    const { stage, stack, folder, table, operator, run } = await deploy();
    const token = table['TELEGRAM_BOT_TOKEN']!;
    parameters.delete(`${folder}/telegram-bot-token`);
    const stored = await bot.ask(['secrets', 'set', 'token', '--stage', stage], {
      env: operator,
      input: `${token}\n`,
    });
    expect(stored.code, stored.stderr).toBe(0);
    expect(stored.stdout).toMatch(
      new RegExp(`Token of @shared_\\d+_bot stored in ${folder}/telegram-bot-token`),
    );
    expect(parameters.get(`${folder}/telegram-bot-token`)).toEqual({ value: token, type: 'SecureString' });
    const refused = await bot.ask(['secrets', 'set', 'token', '--stage', stage], {
      env: operator,
      input: '9:wrong\n',
    });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/Telegram refused that token .*Nothing was stored: paste the one/);
    const misspelt = await bot.ask(['secrets', 'set', 'token', '--stage', 'Prod'], { env: operator });
    expect(misspelt).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--stage takes a name of 2 to 21') as string,
    });
    expect([...parameters.keys()].join()).not.toContain('Prod');

    const rotated = await run('secrets', 'set', 'webhook', '--generate');
    expect(rotated.code, rotated.stderr).toBe(0);
    const secret = parameters.get(`${folder}/telegram-webhook-secret`)!.value;
    expect(secret).toMatch(/^[0-9a-f]{64}$/);
    expect(parameters.get(`${folder}/telegram-webhook-secret-previous`)?.value).toBe(
      deriveWebhookSecret(token),
    );
    expect(rotated.stdout).toContain(`webhook set --stack ${stack}`);
    for (const output of [stored, refused, rotated])
      expect(`${output.stdout}${output.stderr}`).not.toMatch(new RegExp(`${token}|${secret}|9:wrong`));
  });

  it('has its secrets encrypted with the key that its stack names, or that the stage in cdk.json will have', async () => {
    const { stage, folder, table, operator, stack, outputs, run } = await deploy();
    const input = `${table['TELEGRAM_BOT_TOKEN']!}\n`;
    const keyOf = (name: string) => parameters.get(`${folder}/telegram-${name}`)?.keyId;
    const cwd = bot.folder();
    const context = { stages: { [stage]: { secretsKeyArn: 'arn:of-cdk-json' } } };
    writeFileSync(join(cwd, 'cdk.json'), JSON.stringify({ context }));
    const set = ['secrets', 'set', 'token', '--stage', stage];
    expect((await bot.ask(set, { env: operator, input, cwd })).code).toBe(0);
    expect(keyOf('bot-token')).toBe('arn:of-cdk-json');
    expect((await bot.ask([...set, '--key-id', 'alias/mine'], { env: operator, input, cwd })).code).toBe(0);
    expect(keyOf('bot-token')).toBe('alias/mine');
    stacks[stack] = { ...outputs, SecretsKeyArn: 'arn:of-the-stack' };
    expect((await run('secrets', 'set', 'webhook', '--generate')).code).toBe(0);
    expect(keyOf('webhook-secret')).toBe('arn:of-the-stack');
    expect(keyOf('webhook-secret-previous')).toBe('arn:of-the-stack');
  });

  it('names its parameters and its Bot API itself, whatever the shell says', async () => {
    const { stage, folder, table, operator, stack, run, outputs } = await deploy({ parameters: '/my/own' });
    const token = table['TELEGRAM_BOT_TOKEN']!;
    stacks[stack] = { ...outputs, TelegramApiRoot: table['TELEGRAM_API_ROOT']! };
    operator['TELEGRAM_API_ROOT'] = 'http://127.0.0.1:9';
    parameters.delete(`${folder}/telegram-bot-token`);
    const stored = await bot.ask(['secrets', 'set', 'token', '--stack', stack], {
      env: operator,
      input: `${token}\n`,
    });
    expect(stored.code, stored.stderr).toBe(0);
    expect(stored.stdout).toContain('stored in /my/own/telegram-bot-token\n');
    expect(parameters.get('/my/own/telegram-bot-token')?.value).toBe(token);
    for (const elsewhere of ['/somebody/elses/token', `/agent-factory-bot/${stage}/telegram-bot-token`])
      expect(parameters.has(elsewhere)).toBe(false);
    const rotated = await run('secrets', 'set', 'webhook', '--generate');
    expect(rotated.stdout, rotated.stderr).toContain('stored in /my/own/telegram-webhook-secret\n');
    expect(parameters.get('/my/own/telegram-webhook-secret-previous')?.value).toBe(
      deriveWebhookSecret(token),
    );
    const info = await run('webhook', 'info');
    expect(info.stdout, info.stderr).toContain('Webhook: none\n');
    const both = await run('secrets', 'set', 'token', '--stage', stage);
    expect(both.code).toBe(2);
  });

  it('is examined from outside: whether updates are let in, and whether an operator switched it off', async () => {
    const { stack, run, deployed } = await deploy();
    await run('start');
    const well = await run('doctor');
    expect(well.code, well.stdout).toBe(0);
    expect(well.stdout).toContain('✅ Endpoint: updates are let in at 127.0.0.1');
    // Nobody goes the watchdog's round here.
    expect(well.stdout).toContain('⚠️  Health: degraded: the watchdog has not looked');

    await run('stop');
    const off = await run('doctor');
    expect(off.code).toBe(1);
    expect(off.stdout).toContain('❌ Webhook: switched off by an operator, none is set');
    expect(off.stdout).toContain(`To switch it on: npx agent-factory-bot start --stack ${stack}\n`);

    await run('start');
    await deployed.stop();
    const gone = await run('doctor');
    expect(gone.code).toBe(1);
    expect(gone.stdout).toMatch(/^❌ Health: http.*\/health: nothing listens there$/m);
    expect(gone.stdout).toMatch(/^❌ Endpoint: http.*\/telegram\/webhook: nothing listens there$/m);
  });

  it('runs only while updates reach it', async () => {
    const { stack, folder, table, operator, run, telegramCall } = await deploy();
    await run('start');
    const statusOf = async () => {
      const { code, stdout } = await run('status', '--json');
      return { code, ...(JSON.parse(stdout) as { running: boolean; problems: string[] }) };
    };
    expect(await statusOf()).toMatchObject({ code: 0, running: true, problems: [] });

    parameters.set(`${folder}/telegram-webhook-secret`, { value: 'of-nobody', type: 'SecureString' });
    expect(await statusOf()).toMatchObject({
      code: 1,
      running: false,
      problems: [expect.stringContaining('it refuses the webhook secret that is stored')],
    });
    // As during a rotation, when the functions still know the former secret only.
    const former = deriveWebhookSecret(table['TELEGRAM_BOT_TOKEN']!);
    parameters.set(`${folder}/telegram-webhook-secret-previous`, { value: former, type: 'SecureString' });
    expect(await statusOf()).toMatchObject({ code: 0, running: true });

    await telegramCall('deleteWebhook');
    expect(await statusOf()).toMatchObject({ code: 1, problems: [expect.stringContaining('No webhook')] });
    await telegramCall('setWebhook', { url: 'http://127.0.0.1:9/else' });
    const lost = await bot.ask(['status', '--stack', stack], { env: operator });
    expect(lost.code).toBe(1);
    expect(lost.stdout).toContain('❌ Bot is NOT RECEIVING UPDATES\n');
    expect(lost.stdout).toContain('   Telegram delivers to somebody else, at 127.0.0.1:9\n');
    expect(lost.stdout).toContain(`npx agent-factory-bot doctor --stack ${stack}\n`);
  });

  it('shows, sets and deletes its webhook, and replaces nobody else’s unasked', async () => {
    const { stack, operator, run, telegramCall } = await deploy();
    const none = await run('webhook', 'info');
    expect(none.stdout).toContain('Webhook: none\n');
    expect((await run('webhook', 'set')).stdout).toContain('✅ Webhook set: Telegram delivers to 127.0.0.1');
    const info = JSON.parse((await run('webhook', 'info', '--json')).stdout) as object;
    expect(info).toMatchObject({ set: true, is_ours: true, max_connections: 1, pending_update_count: 0 });
    const other = await bot.ask(['webhook', 'set', 'http://127.0.0.1:9/else', '--stack', stack], {
      env: operator,
    });
    expect(other.code).toBe(2);
    expect(other.stderr).toContain('Add --yes');
    expect((await run('webhook', 'delete', '--yes')).stdout).toContain('✅ Webhook deleted');
    expect((await telegramCall('getWebhookInfo')).url).toBe('');
  });

  it('is cut into partitions, and its webhook’s connections follow', async () => {
    const { table, run, telegramCall } = await deploy();
    await run('start');
    const dry = await run('partitions', 'set', '12', '--dry-run');
    expect(dry.stdout).toContain('Partitions: 1 (epoch 1) -> 12 (epoch 2)\n');
    expect(dry.stdout).toContain('Dry run: nothing was changed.\n');
    const changed = await run('partitions', 'set', '12', '--yes');
    expect(changed.code, changed.stderr).toBe(0);
    expect(changed.stdout).toContain('✅ Layout changed: 12 partitions, epoch 2\n');
    expect(await telegramCall('getWebhookInfo')).toMatchObject({ max_connections: 3 });
    expect(await shared.ask(table, '/kb_stats')).toContain('Total Atoms: 2');
    const shown = await run('partitions', 'show', '--json');
    expect(JSON.parse(shown.stdout)).toMatchObject({ epoch: 2, partitions: 12 });
  });

  it('is cut into partitions by a command that waits out a short 429 of Telegram, and reports a long one', async () => {
    const { stack, table, run, telegramCall } = await deploy();
    await run('start');
    const refused = (retryAfter: number) =>
      shared.telegram().fault({
        fault: { kind: 'too-many-requests', retryAfter },
        method: 'setWebhook',
        when: (call) => call.bot === botIdOf(table),
      });
    refused(1);
    const waited = await run('partitions', 'set', '8', '--yes');
    expect(waited.code, waited.stderr).toBe(0);
    expect(waited.stdout).toContain(
      `The way back: npx agent-factory-bot partitions set 1 --stack ${stack}\n`,
    );
    expect(await telegramCall('getWebhookInfo')).toMatchObject({ max_connections: 2 });

    refused(3600);
    const told = await run('partitions', 'set', '16', '--yes');
    expect(told.code).toBe(1);
    expect(told.stdout).toContain('✅ Layout changed: 16 partitions');
    expect(told.stderr).toContain('retry after 3600');
    const [, finish = ''] = /To finish: npx agent-factory-bot (.+)$/m.exec(told.stderr) ?? [];
    expect(finish).toBe(`webhook set --stack ${stack}`);
    await run(...finish.split(' ').slice(0, 2));
    expect(await telegramCall('getWebhookInfo')).toMatchObject({ max_connections: 4 });
  });
});
