import { setTimeout as sleep } from 'node:timers/promises';
import { GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SYNTHETIC_HEADER, syntheticBody } from '../../functions/deployment/probe.ts';
import { keys } from '../../functions/dynamodb/keys.ts';
import { DynamoKnowledgeStore } from '../../functions/dynamodb/knowledge-store.ts';
import { DynamoLeaseStore } from '../../functions/dynamodb/lease-store.ts';
import { DynamoLedgerStore } from '../../functions/dynamodb/ledger-store.ts';
import { importAtoms } from '../../functions/knowledge/import.ts';
import { SECRET_HEADER } from '../../functions/http/receive.ts';
import { publishingIn } from '../../functions/wiring/publishing.ts';
import type { Update } from 'grammy/types';
import { deriveWebhookSecret } from '../../functions/telegram/webhook-secret.ts';
import { fileOf } from '../knowledge/knowledge-setup.ts';
import { ADMIN_ID, BOT_ID, LocalDeployment, TOKEN } from './local-deployment.ts';
import type { LambdaEnvironment } from './lambda-runtime.ts';
import { emittedMetrics, watchedMetrics } from './metrics.ts';
import type { Synthesised } from './synthesised.ts';

const USER_ID = 5;
const SECRET = deriveWebhookSecret(TOKEN);
/** Users may write as much as a test does. */
const STEADY = { MAX_CLOCK_SKEW_MS: '200', RATE_LIMIT_PER_MINUTE: '1000' };
/** And leases run out while a test waits: only for a version that has been warmed up. */
const QUICK = { ...STEADY, HANDLER_DEADLINE_MS: '2500' };
const LEASE_TERM_MS = 2_900;
/** A question that nothing answers, so that the bot notes it in the table. */
const UNANSWERED = 'zzqxv';
/** For what a busy machine may take its time over. */
const PATIENCE = { timeoutMs: 30_000 };
/** A runtime whose fetch heeds no signal: nothing that the bot uses is like that, and the guarantee must not rest on it. */
const DEAF = {
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(
    'const hear = fetch; globalThis.fetch = (input, init) => hear(input, { ...init, signal: undefined });',
  )}`,
};

/** The bundles as they were synthesised, in processes of their own, on local services: from first deployment on. */
export function describeBundles(synth: () => Synthesised): void {
  describe('the synthesised bundles, run unmodified', () => {
    let local: LocalDeployment;
    let old: LambdaEnvironment;
    let next: LambdaEnvironment;
    let quick: LambdaEnvironment;
    let registration: LambdaEnvironment;
    let watchdog: LambdaEnvironment;

    beforeAll(async () => {
      local = await LocalDeployment.start(synth());
      const invokesImporter = async (_name: string, event: unknown) => importer.invoke(event);
      const importer = await local.environment('Importer', { timeoutMs: 60_000 });
      old = await local.environment('Webhook', { version: '1', env: STEADY, invoke: invokesImporter });
      next = await local.environment('Webhook', { version: '2', env: STEADY });
      quick = await local.environment('Webhook', { version: '5', env: QUICK });
      local.health = await local.environment('Health');
      registration = await local.environment('Registration', { timeoutMs: 180_000 });
      watchdog = await local.environment('Watchdog');
      local.route = () => old;
      local.telegram.user({ id: USER_ID, first_name: 'Ada' });
      local.telegram.user({ id: ADMIN_ID, first_name: 'Root' });
    }, 60_000);

    afterAll(() => local?.close());

    const post = async (environment: LambdaEnvironment, update: object, secret = SECRET) => {
      const { result, error } = await environment.invoke({
        version: '2.0',
        headers: { 'x-telegram-bot-api-secret-token': secret },
        requestContext: { http: { method: 'POST' } },
        body: JSON.stringify(update),
        isBase64Encoded: false,
      });
      expect(error).toBeUndefined();
      return result as { statusCode: number; headers: Record<string, string>; body: string };
    };
    /** Waits for the text, since an environment's output may arrive after its answer. */
    const says = (environment: LambdaEnvironment, text: string, from = 0) =>
      expect.poll(() => environment.output().slice(from)).toContain(text);
    let lastId = 0;
    const updateOf = (text: string, chatId = USER_ID): Update => {
      lastId += 1;
      const person = { id: chatId, first_name: 'Ada' };
      const date = Math.floor(Date.now() / 1000);
      const entities = text.startsWith('/')
        ? [{ type: 'bot_command' as const, offset: 0, length: text.length }]
        : [];
      return {
        update_id: lastId,
        message: {
          message_id: lastId,
          date,
          text,
          entities,
          chat: { ...person, type: 'private' },
          from: { ...person, is_bot: false },
        },
      };
    };
    /** Posts until it succeeds: on a busy machine a cold start takes longer than a quick version has for an update. */
    const warmUp = async (environment: LambdaEnvironment): Promise<void> => {
      while ((await post(environment, updateOf('/help'))).statusCode !== 200) await sleep(50);
    };
    const health = async () => {
      const response = await fetch(`${local.url}/health`);
      return {
        status: response.status,
        report: (await response.json()) as Record<string, unknown> & { reasons: string[] },
      };
    };
    const ledger = () =>
      new DynamoLedgerStore({ client: local.client, tableName: local.tableName, scope: String(BOT_ID) });
    /** As a consumer that handles an update of its own, for longer than any version waits for it. */
    const beginTenure = async (): Promise<() => Promise<unknown>> => {
      const leases = new DynamoLeaseStore({
        client: local.client,
        tableName: local.tableName,
        scope: String(BOT_ID),
      });
      const key = { epoch: 1, partition: 0 };
      const holder = 'lambda:another';
      const nowMs = Date.now();
      const { fencingToken: overToken = 0 } = (await leases.read(key)) ?? {};
      const reply = await leases.acquire({
        key,
        holder,
        attemptId: 'another-1',
        updateId: 999_999,
        nowMs,
        expiresAtMs: nowMs + 60_000,
        staleBeforeMs: nowMs,
        overToken,
      });
      expect(reply.kind === 'applied').toBe(true);
      const fencingToken = overToken + 1;
      return () => leases.release({ key, holder, fencingToken, attemptId: 'another-2' });
    };
    const leaseToken = async (): Promise<number | undefined> => {
      const { client, tableName } = local;
      const leases = new DynamoLeaseStore({ client, tableName, scope: String(BOT_ID) });
      return (await leases.read({ epoch: 1, partition: 0 }))?.fencingToken;
    };
    const listed = async (): Promise<number | undefined> => {
      const query = {
        TableName: local.tableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': keys.dead(String(BOT_ID), 0).pk },
      };
      return (await local.client.send(new QueryCommand(query))).Count;
    };

    it('register the webhook, the layout and the menus, and answer CloudFormation', async () => {
      const answer = await local.registration(registration, 'Create');
      expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'telegram-webhook' });
      const [set] = local.telegram.calls('setWebhook');
      expect(set?.payload).toMatchObject({ url: local.webhookUrl, max_connections: 1, secret_token: SECRET });
      expect(local.telegram.calls('setMyCommands').length).toBeGreaterThan(1);
      // For the watchdog's alarm, before the watchdog has gone its first round.
      await says(registration, '"Served":1');
    });

    it('say kindly that there is no knowledge base yet, and are degraded for that reason', async () => {
      local.telegram.sendMessage({ from: USER_ID, text: '/kb_stats' });
      expect((await local.telegram.nextMessage(USER_ID, PATIENCE)).text).toMatch(
        /knowledge base is still empty/i,
      );
      await watchdog.invoke({});
      const { status, report } = await health();
      expect(status).toBe(503);
      expect(report.reasons).toEqual([expect.stringContaining('no knowledge base')]);
    });

    it('import a document sent to the bot, by the one function that may, and tell the administrator', async () => {
      const { telegram } = local;
      const atoms = [atomNamed('siemens:s7-1200:cpu-fault'), atomNamed('siemens:s7-1200:io-wiring')];
      telegram.sendDocument({
        from: ADMIN_ID,
        filename: 'atoms.json',
        bytes: Buffer.from(JSON.stringify(atoms)),
      });
      const question = await telegram.nextMessage(ADMIN_ID, PATIENCE);
      expect(question.text).toContain('New: 2 · changed: 0 · unchanged: 0 · invalid: 0');
      telegram.pressButton({ from: ADMIN_ID, message: question.message_id, label: '✅ Import' });
      const result = await telegram.nextMessage(ADMIN_ID, { ...PATIENCE, after: question.message_id });
      expect(result.text).toBe(
        '📥 atoms.json: 2 articles added, 0 changed, 0 invalid. The knowledge base now holds 2 articles.',
      );
      await telegram.drained(PATIENCE);
    });

    it('tell the administrator of what was imported past the chat, and of nothing twice', async () => {
      const before = local.telegram.messages(ADMIN_ID).length;
      await watchdog.invoke({});
      expect(local.telegram.messages(ADMIN_ID)).toHaveLength(before);
      await importAtoms({
        ...publishingIn(local),
        source: fileOf([atomNamed('siemens:s7-1500:web-server')]),
        mode: 'merge',
      });
      await watchdog.invoke({});
      await watchdog.invoke({});
      expect(local.telegram.messages(ADMIN_ID).slice(before)).toMatchObject([
        { text: '📚 A new version of the knowledge base is live: 3 articles (2 before).' },
      ]);
    });

    it('are healthy then, in the watchdog’s eyes too', async () => {
      await watchdog.invoke({});
      expect(await health()).toMatchObject({
        status: 200,
        report: {
          status: 'running',
          // Its log stream is nothing for strangers.
          lease: [{ holder: 'lambda' }],
          knowledge_base: { atoms: 3 },
          webhook: { is_ours: true },
          reasons: [],
        },
      });
    });

    it('answer a synthetic update at their own address, beside everybody’s leases, updates and chats', async () => {
      const [calls, leased] = [local.telegram.calls().length, await leaseToken()];
      const ask = (secret: string) =>
        fetch(local.webhookUrl, {
          method: 'POST',
          headers: { [SECRET_HEADER]: secret, [SYNTHETIC_HEADER]: '1' },
          body: syntheticBody(Date.now()),
        });
      expect((await ask('wrong')).status).toBe(401);
      // As every version answers that does not know the header: it must not handle it in earnest.
      const unknown = JSON.parse(syntheticBody(Date.now())) as object;
      expect((await post(old, unknown)).statusCode).toBe(400);
      const answer = await ask(SECRET);
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({
        calls: expect.arrayContaining(['sendMessage']) as unknown,
        version: expect.stringMatching(/^1\.0\.0\+/) as unknown,
      });
      expect(local.telegram.calls()).toHaveLength(calls);
      expect(await leaseToken()).toBe(leased);
    });

    it('say which version answers there, and that none does', async () => {
      await watchdog.invoke({});
      const { report } = await health();
      expect(report['webhook']).toMatchObject({ answering_version: report['version'] });
      const answering = local.route;
      local.route = () => ({ ...old, invoke: async () => ({ error: 'it cannot be loaded' }) });
      try {
        await watchdog.invoke({});
        expect(await health()).toMatchObject({
          status: 503,
          report: {
            webhook: { answering_version: null },
            reasons: ['a synthetic update is not answered at the webhook’s address: HTTP 500'],
          },
        });
      } finally {
        local.route = answering;
      }
      await watchdog.invoke({});
      expect((await health()).status).toBe(200);
    });

    it('say how long this deployment has served, over HTTP and in the chat alike', async () => {
      const uptime = async () => Number((await health()).report['uptime_seconds']);
      const before = await uptime();
      expect(before).toBeGreaterThan(0);
      local.telegram.sendMessage({ from: USER_ID, text: '/status' });
      const { text } = await local.telegram.nextMessage(USER_ID, PATIENCE);
      const [, told] = /Uptime: ([\d,]+) seconds/.exec(text!)!;
      const inChat = Number(told!.replaceAll(',', ''));
      expect(inChat).toBeGreaterThanOrEqual(before);
      expect(inChat).toBeLessThanOrEqual(await uptime());
    });

    it('refuse what is not signed, and a probe that came through the API', async () => {
      expect((await post(old, updateOf('hello'), 'wrong')).statusCode).toBe(401);
      const probe = { probe: { secretToken: SECRET, update: JSON.stringify(updateOf('/start')) } };
      expect((await post(old, probe)).statusCode).toBe(400);
      expect((await post(old, probe, 'wrong')).statusCode).toBe(401);
    });

    it('are tried by the hook under a lease of their own, without a call to Telegram', async () => {
      const leases = new DynamoLeaseStore({
        client: local.client,
        tableName: local.tableName,
        scope: String(BOT_ID),
      });
      const before = await leases.read({ epoch: 1, partition: 0 });
      const calls = local.telegram.calls().length;
      // The permission to invoke the new version is seconds old when the hook needs it.
      const refusals = ['AccessDeniedException'];
      const hook = await local.environment('Rollout', {
        invoke: async (_name, event) => {
          const refusedAs = refusals.pop();
          return refusedAs === undefined ? next.invoke(event) : { refusedAs };
        },
      });
      await hook.invoke({ DeploymentId: 'd-1', LifecycleEventHookExecutionId: 'e-1' });
      expect(refusals).toEqual([]);
      expect(local.reports(hook)).toEqual([
        { deploymentId: 'd-1', lifecycleEventHookExecutionId: 'e-1', status: 'Succeeded' },
      ]);
      expect(local.telegram.calls()).toHaveLength(calls);
      expect(await leases.read({ epoch: 1, partition: 0 })).toEqual(before);
    });

    it('are not let through by the hook when they fail', async () => {
      const hook = await local.environment('Rollout', { invoke: async () => ({ error: 'it crashed' }) });
      await hook.invoke({ DeploymentId: 'd-2', LifecycleEventHookExecutionId: 'e-2' });
      expect(local.reports(hook)).toEqual([expect.objectContaining({ status: 'Failed' })]);
    });

    it('keep one consumer while two versions run: no two tenures overlap, and nobody is answered twice', async () => {
      const slow = local.telegram.fault({
        fault: { kind: 'slow', delayMs: 30 },
        method: 'sendMessage',
        times: Infinity,
      });
      const updates = Array.from({ length: 10 }, () => updateOf('/help'));
      const before = local.telegram.calls('sendMessage').length;
      await Promise.all(
        updates.map(async (update, i) => {
          const versions = i % 2 === 0 ? [old, next] : [next, old];
          // Both versions get each of them, as a redelivery during a rollout may have it.
          for (let tries = 0, settled = 0; settled < 2 && tries < 400; tries += 1) {
            const { statusCode } = await post(versions[tries % 2]!, update);
            if (statusCode === 200) settled += 1;
            else await sleep(50);
          }
        }),
      );
      slow.remove();
      const records = await Promise.all(updates.map(({ update_id: id }) => ledger().read(id)));
      expect(records.map((record) => record?.status)).toEqual(updates.map(() => 'done'));
      expect(local.telegram.calls('sendMessage')).toHaveLength(before + updates.length);
      const tenures = records.map((record) => record!).sort((a, b) => a.fencingToken - b.fencingToken);
      for (const [i, tenure] of tenures.entries()) {
        expect(tenure.claimedAtMs).toBeGreaterThanOrEqual(tenures[i - 1]?.settledAtMs ?? 0);
      }
      expect(new Set(tenures.map(({ holder }) => holder.split(':')[2]))).toEqual(new Set(['1', '2']));
    });

    it('forget a user who asks for it: what is theirs, and no item of anybody else', async () => {
      const botId = String(BOT_ID);
      const put = (key: object, rest: object = {}) =>
        local.client.send(new PutCommand({ TableName: local.tableName, Item: { ...key, ...rest } }));
      const theirs = [
        keys.script('theirs'),
        keys.userScript(USER_ID, 1, 'theirs'),
        keys.feedback('a:b:c', USER_ID),
        keys.userVote(USER_ID, 'a:b:c'),
        keys.rate(botId, USER_ID, 1),
        keys.language(botId, USER_ID),
      ];
      const others = [keys.script('other'), keys.userScript(55, 1, 'other'), keys.feedback('a:b:c', 55)];
      for (const key of [...theirs, ...others]) await put(key);
      const found = async (key: { pk: string; sk: string }): Promise<boolean> =>
        (await local.client.send(new GetCommand({ TableName: local.tableName, Key: key }))).Item !==
        undefined;

      // Its item is there already, and is put anew.
      expect((await post(old, updateOf('/language de'))).body).toContain('done');

      const { message } = updateOf('/forgetme');
      lastId += 1;
      const { from, ...question } = message!;
      const press = { id: String(lastId), from, message: question, chat_instance: '1', data: 'v1:d:y' };
      expect((await post(old, { update_id: lastId, callback_query: press })).body).toContain('done');
      expect(await Promise.all(theirs.map(found))).toEqual(theirs.map(() => false));
      expect(await Promise.all(others.map(found))).toEqual(others.map(() => true));
    });

    it('take an answer that Telegram forbids for the end of its update, and count it', async () => {
      local.telegram.fault({ fault: { kind: 'blocked' }, method: 'sendMessage' });
      expect((await post(next, updateOf('/help'))).statusCode).toBe(200);
      await says(next, '"AnswersRefused":1');
    });

    it('count what fails, what is put off, what is parked and what has to wait', async () => {
      const poison = updateOf(UNANSWERED);
      const cure = local.disturb(old, /GAP#/, 'refuse');
      const answers = [];
      for (let i = 0; i < 5; i += 1) answers.push((await post(old, poison)).statusCode);
      cure();
      expect(answers).toEqual([500, 500, 500, 500, 200]);

      const parked = await ledger().listDead({ limit: 10 });
      expect(parked).toMatchObject([{ updateId: poison.update_id, status: 'dead' }]);
      const nowMs = Date.now();
      await ledger().replay({
        updateId: poison.update_id,
        expectedAttemptId: parked[0]!.attemptId,
        attemptId: 'operator',
        nowMs,
        dedupeUntilMs: nowMs + 60_000,
        keepUntilMs: nowMs + 60_000,
      });
      expect((await post(old, poison)).statusCode).toBe(200);
      expect(await listed()).toBe(0);

      local.telegram.fault({ fault: { kind: 'internal-error' }, method: 'sendMessage' });
      expect((await post(old, updateOf('/help'))).statusCode).toBe(503);

      const end = await beginTenure();
      const refused = await post(next, updateOf('/help'));
      expect(refused.statusCode).toBe(503);
      expect(refused.headers['retry-after']).toMatch(/^\d+$/);
      await end();

      const heal = local.disturb(next, /since_ms = :now/, 'error');
      expect((await post(next, updateOf('/help'))).statusCode).toBe(503);
      heal();
    });

    it('fence a version that was frozen past its lease by the one that took over', async () => {
      await warmUp(quick);
      local.telegram.fault({ fault: { kind: 'slow', delayMs: 400 }, method: 'sendMessage' });
      const update = updateOf('/help');
      const calls = local.telegram.calls('sendMessage').length;
      const frozen = post(quick, update);
      while (local.telegram.calls('sendMessage').length === calls) await sleep(5);
      quick.freeze();
      await sleep(LEASE_TERM_MS);
      expect((await post(next, update)).statusCode).toBe(200);
      quick.thaw();
      // The settled outcome is somebody else's, and final: there is nothing left for Telegram to deliver.
      expect((await frozen).statusCode).toBe(200);
      await says(quick, '"FencedWrites":1');
      await says(next, '"ExpiredTakeovers":1');
    });

    it('end a write that hangs together with its update, and hand that back', async () => {
      await warmUp(quick);
      const former = quick.output().length;
      const heal = local.disturb(quick, /GAP#/, 'hang');
      expect((await post(quick, updateOf(UNANSWERED))).statusCode).toBe(503);
      heal();
      await says(quick, '"UpdatesDeferred":1', former);
    });

    it('let the lease run out where a call outlasts its update that nothing can end', async () => {
      const deaf = await local.environment('Webhook', { version: '4', env: { ...QUICK, ...DEAF } });
      await warmUp(deaf);
      const fault = local.telegram.fault({ fault: { kind: 'hang' }, method: 'sendMessage' });
      expect((await post(deaf, updateOf('/help'))).statusCode).toBe(503);
      expect(fault.hits).toBe(1);
      await says(deaf, '"UpdatesUnsettled":1');
    });

    it('serve something older when the live snapshot is damaged, and tell of it', async () => {
      const pointer = await new DynamoKnowledgeStore(local).readPointer({ consistent: true });
      await local.client.send(
        new UpdateCommand({
          TableName: local.tableName,
          Key: keys.snapshotChunk(pointer!.current.version, 1),
          UpdateExpression: 'SET #bytes = :junk',
          ExpressionAttributeNames: { '#bytes': 'bytes' },
          ExpressionAttributeValues: { ':junk': Buffer.from('junk') },
        }),
      );
      await sleep(LEASE_TERM_MS);
      const fresh = await local.environment('Webhook', { version: '3', env: STEADY });
      expect((await post(fresh, updateOf('/kb_stats'))).statusCode).toBe(200);
      expect(local.telegram.messages(USER_ID).at(-1)?.text).toMatch(/\b2\b/);
      await says(fresh, '"KnowledgeProblems":1');
    });

    it('cannot start without a token, and say which parameter is missing', async () => {
      const env = { TELEGRAM_BOT_TOKEN_PARAMETER: '/nowhere' };
      const lost = await local.environment('Webhook', { env });
      expect((await post(lost, updateOf('/help'))).statusCode).toBe(503);
      await says(lost, 'There is no SSM parameter /nowhere');
      const answer = await local.registration(
        await local.environment('Registration', { env, timeoutMs: 180_000 }),
        'Update',
        { DesiredStateHash: 'b' },
      );
      expect(answer.Status).toBe('FAILED');
      expect(answer.Reason).toMatch(/There is no SSM parameter \/nowhere.*deploy again/i);
    });

    it('say that a take-over failed, and yes to what is in force', async () => {
      const env = { TELEGRAM_BOT_TOKEN_PARAMETER: '/nowhere' };
      const lost = await local.environment('Registration', { env, timeoutMs: 180_000 });
      expect(await local.registration(lost, 'Update')).toMatchObject({ Status: 'SUCCESS' });
      expect(await local.registration(lost, 'Update', { TakeOverWebhook: 'true' })).toMatchObject({
        Status: 'FAILED',
      });
    });

    it('take their webhook away when they go', async () => {
      expect(await local.registration(registration, 'Delete')).toMatchObject({ Status: 'SUCCESS' });
      expect(local.telegram.calls('deleteWebhook')).toHaveLength(1);
    });

    it('never needed more than their roles allow', () => {
      expect(local.denied()).toEqual([]);
    });

    it('emitted every custom metric of an alarm or a widget, with just that namespace, name and dimensions', () => {
      const emitted = emittedMetrics(
        local.environments.map((environment) => environment.output()).join('\n'),
      );
      const watched = watchedMetrics(synth().template);
      expect(watched.length).toBeGreaterThan(20);
      expect(watched.filter((metric) => !emitted.has(metric))).toEqual([]);
    });

    it('wrote neither the token, nor the secret, nor a message’s text into their logs', () => {
      for (const environment of local.environments) {
        expect(environment.output()).not.toContain(TOKEN);
        expect(environment.output()).not.toContain(SECRET);
        expect(environment.output()).not.toContain('/kb_stats');
      }
    });
  });
}

function atomNamed(id: string): object {
  const [manufacturer, product, topic] = id.split(':');
  return {
    atom_id: id,
    atom_type: 'concept',
    title: `About ${topic}`,
    summary: `What there is to know of ${topic}.`,
    content: `A ${product} by ${manufacturer} is started with its switch and stopped with the same.`,
    manufacturer,
    product_family: product,
    difficulty: 'beginner',
    keywords: [topic],
  };
}
