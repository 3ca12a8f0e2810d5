import { buildId } from '../../functions/settings/build-id.ts';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { validRecord } from '../fixtures/foreign-atoms.ts';
import { freePort } from '../fixtures/free-port.ts';
import { awsStandIn, type StoredParameter } from './aws-stand-in.ts';
import { botCommand, SIDE_BY_SIDE, type Env } from './bot-command.ts';
import { botIdOf, sharedStore } from './shared-store.ts';

const STACK = 'AgentFactoryBot-new';

describe('bot migrate', SIDE_BY_SIDE, () => {
  const bot = botCommand();
  const shared = sharedStore();

  it('says what would happen, waits for the old bot to be stopped, and moves on without losing an update', async () => {
    const table = await shared.freshTable();
    const id = botIdOf(table);
    const port = await freePort();
    const deployed = bot.begin(['start', '--webhook', '--port', String(port), '--data', bot.folder()], {
      env: table,
    });
    const parameters = new Map<string, StoredParameter>([
      [
        '/agent-factory-bot/new/telegram-bot-token',
        { value: table['TELEGRAM_BOT_TOKEN']!, type: 'SecureString' },
      ],
    ]);
    const outputs = {
      TableName: table['TABLE_NAME']!,
      WebhookUrl: `http://127.0.0.1:${port}/telegram/webhook`,
      HealthUrl: `http://127.0.0.1:${port}/health`,
      TokenParameter: '/agent-factory-bot/new/telegram-bot-token',
      WebhookSecretParameter: '/agent-factory-bot/new/telegram-webhook-secret',
      PreviousWebhookSecretParameter: '/agent-factory-bot/new/telegram-webhook-secret-previous',
    };
    const aws = await awsStandIn({ stacks: { [STACK]: outputs }, parameters });
    const env: Env = {
      AWS_ENDPOINT_URL_DYNAMODB: shared.endpoint(),
      AWS_ENDPOINT_URL_CLOUDFORMATION: aws.endpoint,
      AWS_ENDPOINT_URL_SSM: aws.endpoint,
      TELEGRAM_API_ROOT: table['TELEGRAM_API_ROOT'],
    };
    const file = join(bot.folder(), 'export.json');
    writeFileSync(file, JSON.stringify({ metadata: {}, atoms: [validRecord('acme:press:old')] }));
    const args = ['migrate', '--stack', STACK, '--from', file];
    await deployed.until('Bot is running');
    const old = oldBot(`${table['TELEGRAM_API_ROOT']}/bot${table['TELEGRAM_BOT_TOKEN']}`);
    try {
      const blocked = await bot.run([...args, '--run'], { env });
      expect(blocked.code).toBe(1);
      expect(blocked.stdout).toContain('❌ Another program polls with this token\n  Stop the old bot');
      expect(blocked.stderr).toContain('Step 1 cannot be done, and no later step was begun');
    } finally {
      await old.stop();
    }
    shared.telegram().sendMessage({ from: { id: 7, first_name: 'Anna' }, text: '/kb_stats', bot: id });

    const dry = await bot.run(args, { env });
    expect(dry.code, dry.stdout).toBe(0);
    expect(dry.stdout).toContain('Dry run: nothing is changed.');
    expect(dry.stdout).toContain('1 updates wait at Telegram\n  ✅ Nobody polls, and no webhook is set\n');
    expect(dry.stdout).toContain('Atoms would be added: 1');
    expect(dry.stdout).toContain('Would set the webhook to');
    expect(shared.telegram().pendingUpdates({ bot: id })).toHaveLength(1);

    const done = await bot.run([...args, '--run'], { env });
    expect(done.code, done.stdout + done.stderr).toBe(0);
    expect(done.stdout).toContain('1 pending updates are kept, and delivered first');
    expect(done.stdout).toContain(`The way back\n  npx agent-factory-bot stop --stack ${STACK}\n`);
    const answer = await shared.telegram().nextMessage(7, { bot: id, timeoutMs: 90_000 });
    expect(answer.text).toContain('Total Atoms: 3');
    await aws.close();
  });

  it('to a bot on this machine starts it in the background, with the old atoms', async () => {
    const token = (await shared.freshTable())['TELEGRAM_BOT_TOKEN'];
    const env = { TELEGRAM_BOT_TOKEN: token, TELEGRAM_API_ROOT: shared.telegram().apiRoot };
    const data = bot.folder();
    const file = join(data, 'export.json');
    writeFileSync(file, JSON.stringify([validRecord('acme:press:old')]));
    const port = String(await freePort());
    const done = await bot.run(['migrate', '--from', file, '--run', '--data', data, '--port', port], { env });
    expect(done.code, done.stdout + done.stderr).toBe(0);
    expect(done.stdout).toMatch(/✅ Bot is running \(PID \d+\)/);
    expect(done.stdout).toContain(`answers: running, version ${buildId()}, 1 atom`);
    expect((await bot.run(['stop', '--data', data], { env })).stdout).toContain('✅ Bot stopped');
  });
});

/** As the replaced system polls: long, again at once, and undeterred by an error. */
function oldBot(api: string): { stop: () => Promise<void> } {
  const stopping = new AbortController();
  const polling = (async () => {
    while (!stopping.signal.aborted) {
      await fetch(`${api}/getUpdates?timeout=10`, { signal: stopping.signal }).then(
        (response) => response.text(),
        () => {},
      );
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await polling;
    },
  };
}
