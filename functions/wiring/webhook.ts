import { randomUUID } from 'node:crypto';
import { CALL_BUDGETS } from '../aws/call-budgets.ts';
import { beginFunction, invokeFunction } from '../aws/lambda-invoke.ts';
import { readParameters } from '../aws/ssm-parameters.ts';
import { Announcer } from '../bot/announcer.ts';
import { createDocumentClient } from '../dynamodb/client.ts';
import { systemClock } from '../lease/clock.ts';
import type { Consumer } from '../lease/consumer.ts';
import type { Emit } from '../lease/events.ts';
import { PROBE_SCOPE, type ProbeEvent, type ProbeResult } from '../deployment/probe.ts';
import { remoteUploads } from '../uploads/remote-uploads.ts';
import { recordedTelegram } from '../deployment/recorded-telegram.ts';
import { SecretsReader, type TelegramSecrets } from '../settings/secrets.ts';
import { readSettings, type Settings } from '../settings/settings.ts';
import { VERSION } from '../settings/version.ts';
import { METRICS } from '../telemetry/metric-names.ts';
import { Telemetry } from '../telemetry/telemetry.ts';
import { createReceiver, SECRET_HEADER } from '../http/receive.ts';
import { announcing } from './announcing.ts';
import { botOver } from './bot.ts';
import { healthCheckOf } from './health.ts';
import { knowledgeBaseIn } from './knowledge.ts';
import { consumerOver, openProtocol, type Protocol } from './protocol.ts';
import { readingAhead } from './reading-ahead.ts';
import { serviceNameOf } from './service-name.ts';
import { languageStoreOf, rateLimiterOf } from './stores.ts';

export interface WebhookFunction {
  /**
   * Reads what needs no update: secrets, layout, who the bot is, and the live version. To be awaited while the
   * environment initialises, so that nothing is under way when it is frozen; never rejects, since what could not be
   * read is read again by the first update that needs it.
   */
  prepare: () => Promise<void>;
  settings: Settings;
  telemetry: Telemetry;
  receive: ReturnType<typeof createReceiver>;
  /** Handles an update that nobody sent, under a lease of its own, and sends nothing to Telegram. */
  probe: (event: ProbeEvent, deadlineMs: number) => Promise<ProbeResult>;
}

/** The consumer of one bot, and how what it needs first is read ahead of its first update. */
interface Serving {
  consumer: Pick<Consumer, 'consume'>;
  prepare: () => Promise<unknown>;
}

/** Everything behind the webhook function, made once per execution environment; making it uses no network. */
export function webhookFunction(env: NodeJS.ProcessEnv): WebhookFunction {
  const settings = readSettings(env, ['TABLE_NAME']);
  const telemetry = new Telemetry({ logLevel: settings.logLevel, serviceName: serviceNameOf(env) });
  const secrets = new SecretsReader({
    telegram: settings.telegram,
    readParameters,
    nowMs: Date.now,
  });
  const client = createDocumentClient({ budget: CALL_BUDGETS.update });
  const stored = knowledgeBaseIn({ client, tableName: settings.tableName }, (problem) => {
    telemetry.count(METRICS.knowledgeProblems);
    telemetry.logger.error('knowledge-problem', { ...problem });
  });
  const { importerFunction } = settings;
  const uploads =
    importerFunction === undefined
      ? undefined
      : remoteUploads({
          ask: (request, signal) => invokeFunction(importerFunction, request, signal),
          begin: (request, signal) => beginFunction(importerFunction, request, signal),
        });
  const holder = lambdaHolder(env);

  /** By scope. A process knows its own tenures by what it has begun itself, also when the token is rotated. */
  const protocols = new Map<string, Protocol>();
  const protocolOf = (scope: string, emit: Emit): Protocol => {
    const protocol = protocols.get(scope) ?? openProtocol({ client, settings, scope, holder, emit });
    protocols.set(scope, protocol);
    return protocol;
  };

  const serving = (secret: TelegramSecrets, probe?: { fetch: typeof fetch }): Serving => {
    const { token, botId } = secret;
    const scope = probe === undefined ? botId : `${botId}${PROBE_SCOPE}`;
    const emit: Emit = probe === undefined ? telemetry.emit : () => {};
    const protocol = protocolOf(scope, emit);
    const telegram = { token, apiRoot: settings.telegram.apiRoot, fetch: probe?.fetch };
    const onCall = probe === undefined ? telemetry.onCall : undefined;
    // Nobody lists the user that a probe comes from, and the bot tells a user of a refusal only once a day.
    const served = probe === undefined ? settings : { ...settings, allowedUserIds: [] };
    const languages = languageStoreOf({ client, tableName: settings.tableName, botId });
    const ahead = readingAhead({ knowledge: stored, languages });
    const health = healthCheckOf({ client, settings, version: VERSION, botId });
    const { handle, botInfo } = botOver({
      client,
      settings: served,
      telegram,
      botId,
      ...ahead.reads,
      health,
      uploads,
      onCall,
    });
    const consumer = consumerOver(protocol, { handle, maxAttempts: settings.maxAttempts });
    const rateLimiter = rateLimiterOf({ client, tableName: settings.tableName, botId });
    const announcer = new Announcer({ telegram, settings, rateLimiter, languages, clock: systemClock });
    return {
      consumer: announcing(ahead.before(consumer), announcer),
      prepare: () => Promise.allSettled([protocol.layout.current(), botInfo()]),
    };
  };

  let current: (Serving & { token: string }) | undefined;
  const servingNow = async (): Promise<Serving> => {
    const secret = await secrets.read();
    if (current?.token !== secret.token) current = { token: secret.token, ...serving(secret) };
    return current;
  };
  const acceptedSecrets = async (): Promise<(string | undefined)[]> => {
    const { webhookSecret, previousWebhookSecret } = await secrets.read();
    return [webhookSecret, previousWebhookSecret];
  };
  const receive = createReceiver({
    acceptedSecrets,
    consumer: async () => (await servingNow()).consumer,
    onAnswered: telemetry.onAnswered,
    onProblem: telemetry.onProblem,
  });
  const probe = async ({ probe: { secretToken, update } }: ProbeEvent, deadlineMs: number) => {
    const { fetch, calls } = recordedTelegram(Date.now);
    const receiveProbe = createReceiver({
      acceptedSecrets,
      consumer: async () => serving(await secrets.read(), { fetch }).consumer,
      onAnswered: ({ outcome }) => telemetry.logger.info('probe', { outcome: outcome.kind }),
      onProblem: telemetry.onProblem,
    });
    const request = { headers: { [SECRET_HEADER]: secretToken }, body: Buffer.from(update) };
    const { status, body } = await receiveProbe(request, deadlineMs);
    return { status, body, calls, version: VERSION };
  };
  const prepare = async (): Promise<void> => {
    await Promise.allSettled([servingNow().then((now) => now.prepare()), stored.current()]);
  };
  return { settings, telemetry, receive, probe, prepare };
}

/**
 * The execution environment as a holder: its log stream, which an operator can open, and an id of this very process,
 * since a process that was killed is followed by another one in the same log stream.
 */
function lambdaHolder(env: NodeJS.ProcessEnv): string {
  const { AWS_LAMBDA_FUNCTION_NAME: name, AWS_LAMBDA_FUNCTION_VERSION: version } = env;
  const logStream = env['AWS_LAMBDA_LOG_STREAM_NAME'] ?? 'no-log-stream';
  return `lambda:${name}:${version}:${logStream}:${randomUUID().slice(0, 8)}`;
}
