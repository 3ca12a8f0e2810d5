import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SecretsReader, SECRETS_CACHED_MS } from '../../functions/settings/secrets.ts';
import { readSettings, SettingsError } from '../../functions/settings/settings.ts';
import { VERSION } from '../../functions/settings/version.ts';
import { deriveWebhookSecret, isAccepted } from '../../functions/telegram/webhook-secret.ts';

const TOKEN = '123456:AAAA-bbbb_cccc';

describe('the settings', () => {
  it('have a default for everything', () => {
    const settings = readSettings({});
    expect(settings).toMatchObject({
      tableName: 'agent-factory-bot',
      maxClockSkewMs: 1000,
      handlerDeadlineMs: 12000,
      maxAttempts: 5,
      allowedUserIds: [],
      adminUserIds: [],
      rateLimitPerMinute: 10,
      port: 9876,
      dataFolder: '.data',
      recordGaps: true,
      weeklyNote: true,
    });
    expect(settings.telegram.apiRoot).toBe('https://api.telegram.org');
  });

  it('name every wrong variable in one error', () => {
    const wrong = {
      PORT: '99999',
      MAX_ATTEMPTS: 'many',
      TELEGRAM_BOT_TOKEN: 'nonsense',
      ALLOWED_USER_IDS: '1,two',
      TELEGRAM_API_ROOT: 'ftp://x',
      LOG_LEVEL: 'LOUD',
      RECORD_GAPS: 'perhaps',
    };
    expect(() => readSettings(wrong, ['TABLE_NAME'])).toThrow(SettingsError);
    try {
      readSettings(wrong, ['TABLE_NAME']);
    } catch (error) {
      for (const name of [...Object.keys(wrong), 'TABLE_NAME']) expect(String(error)).toContain(name);
      expect(String(error)).not.toContain('nonsense');
    }
  });

  it.each(['http://bots.example.com', 'http://203.0.113.7:8081', 'http://[2001:db8::1]'])(
    'refuse %s as a Bot API, since the token would go in clear',
    (TELEGRAM_API_ROOT) => {
      expect(() => readSettings({ TELEGRAM_API_ROOT })).toThrow(/TELEGRAM_API_ROOT .*in clear over http/);
    },
  );

  it.each([
    ...['https://bots.example.com', 'http://127.0.0.1:8081', 'http://localhost:8081', 'http://[::1]:8081'],
    ...[
      'http://10.9.0.2',
      'http://172.31.0.1',
      'http://192.168.1.5:8081',
      'http://bot-api:8081',
      'http://nas.local',
    ],
  ])('take %s as a Bot API', (TELEGRAM_API_ROOT) => {
    expect(readSettings({ TELEGRAM_API_ROOT }).telegram.apiRoot).toBe(TELEGRAM_API_ROOT);
  });

  it('refuse a webhook secret that is set but empty', () => {
    expect(() => readSettings({ TELEGRAM_WEBHOOK_SECRET: '' })).toThrow(
      /TELEGRAM_WEBHOOK_SECRET .*must not be empty/,
    );
  });

  it('refuse a clock skew that leaves no time to work', () => {
    expect(() => readSettings({ MAX_CLOCK_SKEW_MS: '4000' })).toThrow(
      /MAX_CLOCK_SKEW_MS.*HANDLER_DEADLINE_MS/,
    );
  });

  it('read lists of users', () => {
    expect(readSettings({ ADMIN_USER_IDS: ' 5, 6 7' }).adminUserIds).toEqual([5, 6, 7]);
  });
});

describe('the secrets', () => {
  const reader = (
    env: Record<string, string>,
    parameters: () => Promise<Map<string, string>>,
    nowMs = () => 0,
  ) => new SecretsReader({ telegram: readSettings(env).telegram, readParameters: parameters, nowMs });

  it('come from the environment where they are set, without asking SSM', async () => {
    const env = { TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_WEBHOOK_SECRET: 'mine' };
    const secrets = await reader(env, () => Promise.reject(new Error('not to be asked'))).read();
    expect(secrets).toMatchObject({ token: TOKEN, botId: '123456', webhookSecret: 'mine' });
  });

  it('derive the webhook secret from the token where there is none', async () => {
    const names: string[][] = [];
    const read = async (): Promise<Map<string, string>> => new Map([['/t', TOKEN]]);
    const secrets = await new SecretsReader({
      telegram: readSettings({ TELEGRAM_BOT_TOKEN_PARAMETER: '/t', TELEGRAM_WEBHOOK_SECRET_PARAMETER: '/s' })
        .telegram,
      readParameters: (wanted) => (names.push(wanted), read()),
      nowMs: () => 0,
    }).read();
    expect(names).toEqual([['/t', '/s']]);
    expect(secrets.webhookSecret).toBe(deriveWebhookSecret(TOKEN));
    // HMAC-SHA-256(key = token, "telegram-webhook-secret"), as `printf telegram-webhook-secret | openssl dgst -sha256 -hmac k` prints it.
    expect(deriveWebhookSecret('k')).toBe('04bdc2e0ba1eee4bcfcfb182e225d3e335ef486e409cd4a2cd39a77d1c92430c');
  });

  it('say which parameter is missing or wrong, and never its value', async () => {
    const missing = reader({ TELEGRAM_BOT_TOKEN_PARAMETER: '/bot/token' }, async () => new Map());
    await expect(missing.read()).rejects.toThrow(/\/bot\/token.*secrets set token/);
    const wrong = reader(
      { TELEGRAM_BOT_TOKEN_PARAMETER: '/bot/token' },
      async () => new Map([['/bot/token', 'hush hush']]),
    );
    const error = await wrong.read().catch((thrown: unknown) => thrown);
    expect(String(error)).toContain('/bot/token');
    expect(String(error)).not.toContain('hush');
  });

  it('are read again after a while, and kept while SSM cannot be asked', async () => {
    let now = 0;
    let answer: () => Promise<Map<string, string>> = async () =>
      new Map([
        ['/t', TOKEN],
        ['/s', 'one'],
      ]);
    const env = { TELEGRAM_BOT_TOKEN_PARAMETER: '/t', TELEGRAM_WEBHOOK_SECRET_PARAMETER: '/s' };
    const secrets = reader(
      env,
      () => answer(),
      () => now,
    );
    expect((await secrets.read()).webhookSecret).toBe('one');
    answer = async () =>
      new Map([
        ['/t', TOKEN],
        ['/s', 'two'],
      ]);
    expect((await secrets.read()).webhookSecret).toBe('one');
    now += SECRETS_CACHED_MS;
    expect((await secrets.read()).webhookSecret).toBe('two');
    answer = () => Promise.reject(new Error('SSM is down'));
    now += SECRETS_CACHED_MS;
    expect((await secrets.read()).webhookSecret).toBe('two');
  });
});

describe('the secret of a request', () => {
  it('is accepted only whole, and never when nothing is expected', () => {
    expect(isAccepted('a', ['a'])).toBe(true);
    expect(isAccepted('b', ['a', 'b'])).toBe(true);
    expect(isAccepted('', ['a'])).toBe(false);
    expect(isAccepted(undefined, ['a'])).toBe(false);
    expect(isAccepted('', [''])).toBe(false);
    expect(isAccepted('', [undefined])).toBe(false);
    expect(isAccepted('ab', ['a', 'b'])).toBe(false);
  });
});

it('the version is the one in package.json', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  expect(VERSION).toBe(version);
});

describe('a bot token that was pasted', () => {
  it.each([
    ['', 'is set, but empty'],
    ['"123:abc"', 'has quotes around it'],
    ['123:abc\n', 'has a space or a line break at an end'],
    ['abc', 'takes a bot token as @BotFather gives it'],
  ])('wrongly is refused with what is wrong with it: %j', (token, hint) => {
    expect(() => readSettings({ TELEGRAM_BOT_TOKEN: token })).toThrow(`TELEGRAM_BOT_TOKEN ${hint}`);
    if (token.length > 3) expect(() => readSettings({ TELEGRAM_BOT_TOKEN: token })).not.toThrow('123');
  });
});
