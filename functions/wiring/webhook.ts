import { randomUUID } from 'node:crypto';
import { createDocumentClient } from '../dynamodb/client.ts';
import type { Consumer } from '../lease/consumer.ts';
import { SecretsReader, type TelegramSecrets } from '../settings/secrets.ts';
import { readSettings, type Settings } from '../settings/settings.ts';
import { ssmParameters } from '../settings/ssm.ts';
import { VERSION } from '../settings/version.ts';
import { METRICS } from '../telemetry/metric-names.ts';
import { Telemetry } from '../telemetry/telemetry.ts';
import { createReceiver } from '../webhook/receive.ts';
import { botOver } from './bot.ts';
import { healthCheckOf } from './health.ts';
import { knowledgeBaseIn } from './knowledge.ts';
import { consumerOver, openProtocol } from './protocol.ts';

export interface WebhookFunction {
  settings: Settings;
  telemetry: Telemetry;
  receive: ReturnType<typeof createReceiver>;
}

/** Everything behind the webhook function, made once per execution environment; nothing here uses the network. */
export function webhookFunction(env: NodeJS.ProcessEnv): WebhookFunction {
  const settings = readSettings(env, ['TABLE_NAME']);
  const telemetry = new Telemetry({ logLevel: settings.logLevel, serviceName: serviceNameOf(env) });
  const secrets = new SecretsReader({
    telegram: settings.telegram,
    readParameters: ssmParameters(),
    nowMs: Date.now,
  });
  const client = createDocumentClient();
  const health = healthCheckOf({ client, settings, version: VERSION });
  const knowledge = knowledgeBaseIn({ client, tableName: settings.tableName }, (problem) => {
    telemetry.count(METRICS.knowledgeProblems);
    telemetry.logger.error('knowledge-problem', { ...problem });
  });
  const holder = lambdaHolder(env);

  let current: { token: string; consumer: Consumer } | undefined;
  const consumerOf = ({ token, botId }: TelegramSecrets): Consumer => {
    if (current?.token === token) return current.consumer;
    const protocol = openProtocol({ client, settings, scope: botId, holder, emit: telemetry.emit });
    const telegram = { token, apiRoot: settings.telegram.apiRoot };
    const { onCall } = telemetry;
    const handle = botOver({ client, settings, telegram, botId, knowledge, health, onCall });
    const consumer = consumerOver(protocol, { handle, maxAttempts: settings.maxAttempts });
    current = { token, consumer };
    return consumer;
  };

  const receive = createReceiver({
    acceptedSecrets: async () => {
      const { webhookSecret, previousWebhookSecret } = await secrets.read();
      return [webhookSecret, previousWebhookSecret];
    },
    consumer: async () => consumerOf(await secrets.read()),
    onAnswered: telemetry.onAnswered,
    onProblem: telemetry.onProblem,
  });
  return { settings, telemetry, receive };
}

export function serviceNameOf(env: NodeJS.ProcessEnv): string {
  return env['POWERTOOLS_SERVICE_NAME'] ?? 'agent-factory-bot';
}

/** The execution environment as a holder: its log stream is its own, and an operator can open it. */
function lambdaHolder(env: NodeJS.ProcessEnv): string {
  const logStream = env['AWS_LAMBDA_LOG_STREAM_NAME'] ?? randomUUID();
  return `lambda:${env['AWS_LAMBDA_FUNCTION_NAME']}:${env['AWS_LAMBDA_FUNCTION_VERSION']}:${logStream}`;
}
