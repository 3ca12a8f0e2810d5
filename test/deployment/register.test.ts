import { Api } from 'grammy/web';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DynamoLeaseStore } from '../../functions/dynamodb/lease-store.ts';
import { DynamoRegistrationStore } from '../../functions/dynamodb/registration-store.ts';
import { DynamoStatusStore } from '../../functions/dynamodb/status-store.ts';
import { startBotApiServer } from '../../functions/local/bot-api/server.ts';
import type { BotApiServer } from '../../functions/local/bot-api/types.ts';
import {
  prepare,
  register,
  unregister,
  type DesiredRegistration,
  type RegistrationDeps,
} from '../../functions/deployment/register.ts';
import { RegistrationError } from '../../functions/deployment/registration-error.ts';
import { desiredOf, parseRequest } from '../../functions/deployment/cloudformation.ts';
import { SettingsError } from '../../functions/settings/settings.ts';
import { ALLOWED_UPDATES } from '../../functions/telegram/allowed-updates.ts';
import { describeOnEveryStore } from '../fixtures/dynamodb-endpoints.ts';

const TOKEN = '42:right';
const OURS = 'https://ours.example.com/telegram/webhook';
const THEIRS = 'https://theirs.example.com/hook/secret-path';
const DESIRED: DesiredRegistration = {
  webhookUrl: OURS,
  partitions: 12,
  version: '1.0.0',
  hash: 'first',
  takeOverWebhook: false,
  requestId: 'r',
};

describeOnEveryStore('registration', (store) => {
  let telegram: BotApiServer;
  let deps: RegistrationDeps;
  let status: DynamoStatusStore;
  let token: string;
  let apiRoot: string;
  let logged: string[];

  beforeAll(async () => {
    telegram = await startBotApiServer({
      bots: { [TOKEN]: { id: 42, username: 'b', first_name: 'B' } },
      // Two seconds pass with every look at the clock: Telegram takes one setWebhook a second.
      clock: { wallMs: () => (nowMs += 2_000), after: () => () => {} },
    });
  });
  let nowMs = Date.now();
  afterAll(() => telegram.close());

  beforeEach(async () => {
    const table = await store.freshTable();
    status = new DynamoStatusStore(table);
    token = TOKEN;
    apiRoot = telegram.apiRoot;
    logged = [];
    await api(TOKEN).deleteWebhook();
    deps = {
      secrets: async () => ({ token, botId: '42', webhookSecret: 'secret-1' }),
      apiOf: (secrets) => api(secrets.token),
      get apiRoot() {
        return apiRoot;
      },
      leasesOf: (scope) => new DynamoLeaseStore({ ...table, scope }),
      status,
      registrations: new DynamoRegistrationStore(table),
      profile: {
        menus: [
          { scope: { type: 'default' }, commands: [{ command: 'help', description: 'Help' }] },
          { scope: { type: 'chat', chat_id: 999_999 }, commands: [{ command: 'x', description: 'X' }] },
        ],
        descriptions: [{ description: 'Long', shortDescription: 'Short' }],
      },
      nowMs: () => 1_000,
      signal: new AbortController().signal,
      log: (message) => logged.push(message),
    };
  });
  const api = (of: string) => new Api(of, { apiRoot });
  const webhook = () => new Api(TOKEN, { apiRoot: telegram.apiRoot }).getWebhookInfo();

  it('brings the whole state about, once and again with the same result', async () => {
    for (const request of ['create', 'update'] as const) {
      expect(await register(deps, DESIRED, request)).toMatchObject({ botUsername: 'b', webhook: 'set' });
    }
    const info = await webhook();
    expect(info).toMatchObject({ url: OURS, max_connections: 3 });
    expect(info.allowed_updates?.toSorted()).toEqual([...ALLOWED_UPDATES].sort());
    expect(await api(TOKEN).getMyCommands()).toEqual([{ command: 'help', description: 'Help' }]);
    expect(await status.webhook('42')).toMatchObject({ desired: 'on', expectedUrl: OURS });
    expect(await status.bot()).toMatchObject({ id: 42, username: 'b' });
    expect(await status.lastDeployment()).toEqual({ version: '1.0.0', atMs: 1_000 });
    expect(await deps.leasesOf('42').readLayout()).toMatchObject({ partitions: 12 });
  });

  it('follows the layout that is there, not the one that a deployment would begin with', async () => {
    await register(deps, DESIRED, 'create');
    await register(deps, { ...DESIRED, partitions: 7, hash: 'second' }, 'update');
    expect(await webhook()).toMatchObject({ max_connections: 3 });
  });

  it('never drops pending updates', async () => {
    await register(deps, DESIRED, 'create');
    telegram.sendMessage({ from: { id: 7, first_name: 'A' }, text: 'still there?' });
    const pending = (await webhook()).pending_update_count;
    expect(pending).toBeGreaterThan(0);
    const moved = 'https://moved.example.com/telegram/webhook';
    await register(deps, { ...DESIRED, webhookUrl: moved, hash: 'second' }, 'update');
    await unregister(deps, moved);
    expect((await webhook()).pending_update_count).toBe(pending);
  });

  it('stops before a webhook that somebody else has set, names their host and no more, and leaves it', async () => {
    await api(TOKEN).setWebhook(THEIRS);
    const refused = register(deps, DESIRED, 'create');
    await expect(refused).rejects.toThrow(RegistrationError);
    await expect(refused).rejects.toThrow(/somebody else, at theirs\.example\.com: .*takeOverWebhook=true/);
    await expect(refused).rejects.not.toThrow(/secret-path/);
    expect((await webhook()).url).toBe(THEIRS);
    await unregister(deps, OURS);
    expect((await webhook()).url).toBe(THEIRS);
  });

  it('takes it over when its properties say so', async () => {
    await api(TOKEN).setWebhook(THEIRS);
    await register(deps, { ...DESIRED, takeOverWebhook: true }, 'create');
    expect((await webhook()).url).toBe(OURS);
  });

  it('replaces its own former address', async () => {
    await register(deps, DESIRED, 'create');
    const moved = 'https://moved.example.com/telegram/webhook';
    await register(deps, { ...DESIRED, webhookUrl: moved, hash: 'second' }, 'update');
    expect((await webhook()).url).toBe(moved);
  });

  it('leaves the webhook off while an operator has stopped the bot', async () => {
    await register(deps, DESIRED, 'create');
    await status.desireWebhook('42', { desired: 'off' });
    await api(TOKEN).deleteWebhook();
    expect(await register(deps, { ...DESIRED, hash: 'second' }, 'update')).toMatchObject({
      webhook: 'left off',
    });
    expect((await webhook()).url).toBe('');
    expect((await status.webhook('42'))?.desired).toBe('off');
  });

  it('fails with Telegram’s own words when the token is refused, and changes nothing', async () => {
    await register(deps, DESIRED, 'create');
    token = '42:wrong';
    await expect(register(deps, { ...DESIRED, hash: 'second' }, 'update')).rejects.toThrow(
      /getMe: 401 Unauthorized\. .*bot secrets set token.*whatever ran before runs on/,
    );
    await expect(register(deps, { ...DESIRED, hash: 'second' }, 'update')).rejects.not.toThrow(/42:wrong/);
    expect((await webhook()).url).toBe(OURS);
  });

  it('lets CloudFormation go back to what was in force, even if Telegram cannot be asked', async () => {
    await register(deps, DESIRED, 'create');
    token = '42:wrong';
    await register(deps, DESIRED, 'update');
    expect(logged).toContain('rollback-unconfirmed');
    await expect(register(deps, DESIRED, 'create')).rejects.toThrow(/401/);
  });

  it('says so when Telegram cannot be reached', async () => {
    apiRoot = 'http://127.0.0.1:1';
    await expect(register(deps, DESIRED, 'create')).rejects.toThrow(/could not be reached at 127\.0\.0\.1:1/);
  });

  it('says so when there is no token, and lets the stack go all the same', async () => {
    deps = { ...deps, secrets: () => Promise.reject(new SettingsError('There is no SSM parameter /x')) };
    await expect(register(deps, DESIRED, 'create')).rejects.toThrow(/no SSM parameter \/x.*deploy again/);
    await unregister(deps, OURS);
    expect(logged).toContain('webhook-not-deleted');
  });

  it.each(['getMe', 'getWebhookInfo', 'setWebhook'])(
    'begins nothing more when its time is up after %s, and says so',
    async (last) => {
      const late = new AbortController();
      const apiOf: RegistrationDeps['apiOf'] = (secrets) => {
        const client = api(secrets.token);
        client.config.use(async (prev, method, payload, signal) => {
          const answer = await prev(method, payload, signal);
          if (method === last) late.abort();
          return answer;
        });
        return client;
      };
      const before = telegram.calls().length;
      await expect(register({ ...deps, apiOf, signal: late.signal }, DESIRED, 'create')).rejects.toThrow(
        /answered too slowly.*whatever ran before runs on/,
      );
      const methods = telegram.calls().slice(before);
      expect(methods.at(-1)?.method).toBe(last);
      expect(await deps.registrations.lastApplied()).toBeUndefined();
    },
  );

  it('sets no webhook when its time was up in the middle of the table’s steps', async () => {
    const late = new AbortController();
    const leasesOf: RegistrationDeps['leasesOf'] = (botId) => {
      late.abort();
      return deps.leasesOf(botId);
    };
    const refused = register({ ...deps, leasesOf, signal: late.signal }, DESIRED, 'create');
    await expect(refused).rejects.toThrow(RegistrationError);
    expect(await status.bot()).toBeUndefined();
    expect(await status.webhook('42')).toBeUndefined();
    expect((await webhook()).url).toBe('');
  });

  it('does not wait for a Telegram that is silent longer than its time', async () => {
    const fault = telegram.fault({ fault: { kind: 'hang' }, method: 'setWebhook', times: Infinity });
    const late = new AbortController();
    setTimeout(() => late.abort(), 100);
    await expect(register({ ...deps, signal: late.signal }, DESIRED, 'create')).rejects.toThrow(/too slowly/);
    fault.remove();
  });

  it.each(['setMyCommands', 'setMyDescription', 'setMyShortDescription'])(
    'is not decided by a refused %s, which the log names and the next one tries again',
    async (method) => {
      const fault = telegram.fault({ fault: { kind: 'too-many-requests', retryAfter: 80_000 }, method });
      expect(await register(deps, DESIRED, 'create')).toMatchObject({ webhook: 'set', profile: 'not set' });
      expect(logged).toContain('profile-not-set');
      expect((await webhook()).url).toBe(OURS);
      fault.remove();
      expect(await register(deps, DESIRED, 'update')).toMatchObject({ profile: 'set' });
    },
  );

  it('sets no menus and descriptions that are as they were, unless a chat was left out', async () => {
    const setsAgain = async (): Promise<boolean> => {
      await register(deps, DESIRED, 'create');
      const before = telegram.calls().length;
      await register(deps, { ...DESIRED, hash: 'second' }, 'update');
      return telegram
        .calls()
        .slice(before)
        .some(({ method }) => method.startsWith('setMy'));
    };
    expect(await setsAgain()).toBe(true);
    const menus = deps.profile.menus.filter(({ scope }) => scope.type === 'default');
    deps = { ...deps, profile: { ...deps.profile, menus } };
    expect(await setsAgain()).toBe(false);
  });

  it('wants no webhook that Telegram refused, so that nobody sets it later', async () => {
    const refusal = { kind: 'refused', reason: 'bad webhook: Failed to resolve host' } as const;
    telegram.fault({ fault: refusal, method: 'setWebhook' });
    await expect(register(deps, DESIRED, 'create')).rejects.toThrow(
      /Failed to resolve host.*then deploy again/,
    );
    expect((await status.webhook('42'))?.desired).toBe('off');
  });

  it('sets nothing before a first deployment serves, and is refused then already', async () => {
    expect(await prepare(deps, DESIRED)).toMatchObject({ botUsername: 'b', webhook: 'left off' });
    expect((await webhook()).url).toBe('');
    expect(await deps.leasesOf('42').readLayout()).toMatchObject({ partitions: 12 });
    expect(await register(deps, DESIRED, 'create')).toMatchObject({ webhook: 'set' });
    await api(TOKEN).setWebhook(THEIRS);
    await expect(prepare(deps, { ...DESIRED, hash: 'second' })).rejects.toThrow(/somebody else/);
    token = '42:wrong';
    await expect(prepare(deps, { ...DESIRED, hash: 'second' })).rejects.toThrow(/401/);
  });

  it('leaves nothing of an ordinary update that could be refused once the traffic has moved', async () => {
    await register(deps, DESIRED, 'create');
    const second = { ...DESIRED, version: '2.0.0', hash: 'second', requestId: 'r2' };
    const before = telegram.calls('setWebhook').length;
    expect(await prepare(deps, second)).toMatchObject({ webhook: 'set' });
    expect(telegram.calls('setWebhook')).toHaveLength(before + 1);
    expect(await status.lastDeployment()).toMatchObject({ version: '1.0.0' });
    deps = { ...deps, profile: { ...deps.profile, menus: [] } };
    token = '42:wrong';
    expect(await register(deps, second, 'update')).toMatchObject({ webhook: 'set', profile: 'not set' });
    expect(await status.lastDeployment()).toMatchObject({ version: '2.0.0' });
    deps = { ...deps, secrets: () => Promise.reject(new SettingsError('no token')) };
    expect(await register(deps, second, 'update')).toMatchObject({ webhook: 'set', profile: 'not set' });
    expect(logged).toContain('not-finished');
  });

  describe('notes when a deployment has the traffic', () => {
    const second = { ...DESIRED, version: '2.0.0', hash: 'second' };
    let request = 0;
    /** Both steps of CloudFormation's, each a request of its own, at this time. */
    const deploy = async (desired: DesiredRegistration, atMs: number): Promise<DesiredRegistration> => {
      deps = { ...deps, nowMs: () => atMs };
      const asked = { ...desired, requestId: `request ${(request += 1)}` };
      await prepare(deps, { ...asked, requestId: `preparing ${request}` });
      await register(deps, asked, 'update');
      return asked;
    };
    beforeEach(() => register(deps, DESIRED, 'create'));

    it('anew for an earlier version, for the same one, and for one that comes back', async () => {
      for (const [desired, atMs] of [
        [second, 2_000],
        [DESIRED, 3_000],
        [{ ...DESIRED, hash: 'another secretsRevision' }, 4_000],
        [second, 5_000],
      ] as const) {
        await deploy(desired, atMs);
        expect(await status.lastDeployment()).toEqual({ version: desired.version, atMs });
      }
    });

    it('once, however often Lambda delivers the request, and anew for another configuration', async () => {
      const asked = await deploy(second, 2_000);
      deps = { ...deps, nowMs: () => 9_000 };
      await register(deps, asked, 'update');
      expect(await status.lastDeployment()).toEqual({ version: '2.0.0', atMs: 2_000 });
      // Nothing of it is Telegram's business, so that nothing is prepared.
      token = '42:wrong';
      await register(deps, { ...asked, requestId: 'configured otherwise' }, 'update');
      expect(await status.lastDeployment()).toEqual({ version: '2.0.0', atMs: 9_000 });
    });

    it('not when it fails before, nor when CloudFormation prepares the way back', async () => {
      telegram.fault({ fault: { kind: 'refused', reason: 'bad webhook' }, method: 'setWebhook' });
      await expect(deploy(second, 2_000)).rejects.toThrow(/bad webhook/);
      await prepare(deps, { ...DESIRED, requestId: 'way back' });
      expect(await status.lastDeployment()).toEqual({ version: '1.0.0', atMs: 1_000 });
    });

    it('on the way back from one that had it, also where neither token nor Telegram can be had', async () => {
      await deploy(second, 2_000);
      deps = { ...deps, secrets: () => Promise.reject(new SettingsError('no token')) };
      await deploy(DESIRED, 3_000);
      expect(logged).toContain('rollback-unconfirmed');
      expect(await status.lastDeployment()).toEqual({ version: '1.0.0', atMs: 3_000 });
    });
  });

  it('fails before the traffic moves where Telegram refuses the webhook, which is as it was', async () => {
    await register(deps, DESIRED, 'create');
    const second = { ...DESIRED, hash: 'second' };
    telegram.fault({ fault: { kind: 'refused', reason: 'bad webhook' }, method: 'setWebhook' });
    await expect(prepare(deps, second)).rejects.toThrow(/bad webhook/);
    expect((await webhook()).url).toBe(OURS);
    expect((await status.webhook('42'))?.desired).toBe('on');
    // The way back, whatever Telegram says.
    token = '42:wrong';
    await prepare(deps, DESIRED);
    expect(logged).toContain('rollback-unconfirmed');
  });

  describe('at a new address', () => {
    const moved = { ...DESIRED, webhookUrl: 'https://moved.example.com/hook', hash: 'second' };
    const refusal = { kind: 'refused', reason: 'bad webhook: Failed to resolve host' } as const;
    beforeEach(() => register(deps, DESIRED, 'create'));

    it('is refused before the traffic moves, and leaves webhook and wish as they were', async () => {
      telegram.fault({ fault: refusal, method: 'setWebhook' });
      await expect(prepare(deps, moved)).rejects.toThrow(/Failed to resolve host\. The webhook at ours/);
      expect((await webhook()).url).toBe(OURS);
      expect(await status.webhook('42')).toMatchObject({ desired: 'on', expectedUrl: OURS });
    });

    it('is tried out before, and set when somebody answers there', async () => {
      const before = telegram.calls('setWebhook').length;
      await prepare(deps, moved);
      const asked = telegram.calls('setWebhook').slice(before);
      expect(asked.map(({ payload }) => payload['url'])).toEqual([moved.webhookUrl, OURS]);
      expect(await webhook()).toMatchObject({ url: OURS, max_connections: 3 });
      expect(await status.webhook('42')).toMatchObject({ desired: 'on', expectedUrl: OURS });
      expect(await register(deps, moved, 'update')).toMatchObject({ webhook: 'set' });
      expect((await webhook()).url).toBe(moved.webhookUrl);
    });

    it('takes no traffic back where Telegram fails later: the watchdog knows where the webhook belongs', async () => {
      await prepare(deps, moved);
      telegram.fault({ fault: { kind: 'bad-gateway' }, method: 'setWebhook', times: Infinity });
      expect(await register(deps, moved, 'update')).toMatchObject({ webhook: 'set' });
      telegram.clearFaults();
      expect(logged).toContain('webhook-left-to-watchdog');
      expect(await status.webhook('42')).toMatchObject({ desired: 'on', expectedUrl: moved.webhookUrl });
    });

    it('goes back with the deployment, also while Telegram refuses everything', async () => {
      await prepare(deps, moved);
      await register(deps, moved, 'update');
      token = '42:wrong';
      await prepare(deps, DESIRED);
      expect(logged).toContain('rollback-unconfirmed');
      token = TOKEN;
      await prepare(deps, DESIRED);
      await register(deps, DESIRED, 'update');
      expect((await webhook()).url).toBe(OURS);
      expect(await status.webhook('42')).toMatchObject({ desired: 'on', expectedUrl: OURS });
    });

    it('is not tried out in place of somebody else’s, which could not be put back', async () => {
      await api(TOKEN).setWebhook(THEIRS);
      const taking = { ...moved, takeOverWebhook: true };
      await prepare(deps, taking);
      expect((await webhook()).url).toBe(THEIRS);
      expect(await register(deps, taking, 'update')).toMatchObject({ webhook: 'set' });
      expect((await webhook()).url).toBe(moved.webhookUrl);
    });
  });

  it('prepares nothing but the wish where an operator has stopped the bot', async () => {
    await register(deps, DESIRED, 'create');
    await status.desireWebhook('42', { desired: 'off' });
    await api(TOKEN).deleteWebhook();
    const second = { ...DESIRED, hash: 'second' };
    await prepare(deps, second);
    await register(deps, second, 'update');
    expect((await webhook()).url).toBe('');
    expect((await status.webhook('42'))?.desired).toBe('off');
  });

  it('takes no webhook away when its time is up', async () => {
    await register(deps, DESIRED, 'create');
    await unregister({ ...deps, signal: AbortSignal.abort() }, OURS);
    expect(logged).toContain('webhook-not-deleted');
    expect((await webhook()).url).toBe(OURS);
  });

  it('takes away its own webhook only, and wants none from then on', async () => {
    await register(deps, DESIRED, 'create');
    await unregister(deps, OURS);
    expect((await webhook()).url).toBe('');
    expect((await status.webhook('42'))?.desired).toBe('off');
  });
});

describe('a request of CloudFormation', () => {
  const EVENT = {
    RequestType: 'Create',
    StackId: 's',
    RequestId: 'r',
    LogicalResourceId: 'l',
    ResponseURL: 'https://example.com',
    ResourceProperties: {
      WebhookUrl: OURS,
      Partitions: '12',
      Version: '1.0.0',
      DesiredStateHash: 'first',
      TakeOverWebhook: 'false',
    },
  };

  it('is read strictly', () => {
    expect(desiredOf(parseRequest(EVENT))).toEqual({
      ...DESIRED,
      hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    expect(() => parseRequest({ ...EVENT, RequestType: 'Move' })).toThrow();
    expect(() => desiredOf(parseRequest({ ...EVENT, ResourceProperties: {} }))).toThrow(/WebhookUrl/);
  });

  it.each([
    ['WebhookUrl', THEIRS],
    ['TakeOverWebhook', 'true'],
    ['DesiredStateHash', 'second'],
  ])('for another %s is none for what is in force already', (name, value) => {
    const hashOf = (changes: Record<string, string>) =>
      desiredOf(parseRequest({ ...EVENT, ResourceProperties: { ...EVENT.ResourceProperties, ...changes } }))
        .hash;
    expect(hashOf({ [name]: value })).not.toBe(hashOf({}));
    expect(hashOf({})).toBe(hashOf({}));
  });

  it('is of one state in both steps, the second of which names the version that serves', () => {
    const hashIn = (step: object) =>
      desiredOf(parseRequest({ ...EVENT, ResourceProperties: { ...EVENT.ResourceProperties, ...step } }))
        .hash;
    expect(hashIn({ Step: 'after-traffic', Serving: '7' })).toBe(hashIn({ Step: 'before-traffic' }));
  });
});
