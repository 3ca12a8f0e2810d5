import { ComparisonOperator, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { type AlarmSpec, FIVE_MINUTES, MINUTE } from '../alarms.ts';
import type { StageConfig } from '../stage.ts';
import { timeoutLadder } from '../timeouts.ts';
import type { BotMetrics } from './bot-metrics.ts';

export interface AlarmSources {
  readonly config: StageConfig;
  readonly metrics: BotMetrics;
  /** Aliases where there is one: what answers now, of whatever version. */
  readonly webhook: IFunction;
  readonly health: IFunction;
  readonly watchdog: IFunction;
  readonly importer: IFunction;
  readonly api: HttpApi;
  readonly table: TableV2;
}

const PENDING_LIMIT = 20;
const AGE_LIMIT_MS = 30_000;

/** Every alarm there is. What is not here can be seen on the dashboard, and wakes nobody. */
export function alarmList(sources: AlarmSources): AlarmSpec[] {
  return [
    ...functionAlarms(sources),
    ...updateAlarms(sources),
    ...telegramAlarms(sources),
    ...serviceAlarms(sources),
  ];
}

function functionAlarms({ config, webhook, health, watchdog, importer }: AlarmSources): AlarmSpec[] {
  const { functionMs } = timeoutLadder(config.handlerDeadlineMs);
  const errors = (of: IFunction) => of.metricErrors({ period: FIVE_MINUTES });
  return [
    {
      id: 'WebhookFunctionErrors',
      metric: webhook.metricErrors({ period: MINUTE }),
      threshold: 1,
      meaning: 'The webhook function crashed, ran out of time or memory, or did not start.',
      silence: 'is good',
      stopsRollout: true,
    },
    {
      id: 'WebhookFunctionThrottles',
      metric: webhook.metricThrottles({ period: FIVE_MINUTES }),
      threshold: 1,
      meaning:
        'Lambda refused to run the webhook function: the concurrency of the account or of the function is used up.',
      silence: 'is good',
    },
    {
      id: 'WebhookFunctionSlow',
      metric: webhook.metricDuration({ period: FIVE_MINUTES, statistic: Stats.percentile(99) }),
      threshold: functionMs * 0.8,
      periods: 3,
      meaning:
        'One in a hundred invocations of the webhook function takes more than four fifths of its time limit.',
      silence: 'is good',
    },
    {
      id: 'HealthFunctionErrors',
      metric: errors(health),
      threshold: 1,
      meaning: 'GET /health could not be answered at all.',
      silence: 'is good',
    },
    {
      id: 'WatchdogErrors',
      metric: watchdog.metricErrors({ period: MINUTE }),
      threshold: 1,
      periods: 5,
      breaching: 3,
      meaning: 'The watchdog fails: Telegram, the table or the secrets cannot be reached by it.',
      silence: 'is good',
    },
    {
      // One period only: a new stage has no past, so any number of them would ring once when it is created.
      id: 'WatchdogSilent',
      metric: watchdog.metricInvocations({ period: FIVE_MINUTES }),
      threshold: 1,
      comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
      meaning: 'Nobody watches the webhook: the watchdog was not started for five minutes.',
      silence: 'is bad',
    },
    {
      id: 'ImporterErrors',
      metric: errors(importer),
      threshold: 1,
      meaning: 'An import of an uploaded file died before it could tell how it ended.',
      silence: 'is good',
    },
  ];
}

function updateAlarms({ metrics }: AlarmSources): AlarmSpec[] {
  return [
    {
      id: 'Defects',
      metric: metrics.sum('defects', MINUTE),
      threshold: 1,
      meaning:
        'An update was neither settled nor handed back, or the secrets could not be read: a defect of ours.',
      silence: 'is good',
      stopsRollout: true,
    },
    {
      id: 'UpdatesFailed',
      metric: metrics.sum('updatesFailed', FIVE_MINUTES),
      threshold: 5,
      meaning: 'Updates fail by their own fault again and again, and are on their way to being parked.',
      silence: 'is good',
      stopsRollout: true,
    },
    {
      id: 'UpdatesParked',
      metric: metrics.max('parkedUpdates', FIVE_MINUTES),
      threshold: 1,
      meaning: 'Updates were given up and wait to be replayed or dropped by an operator.',
      silence: 'says nothing',
    },
    {
      id: 'UpdatesUnsettled',
      metric: metrics.sum('updatesUnsettled', FIVE_MINUTES),
      threshold: 3,
      meaning:
        'Calls of Telegram outlast their update, so that each blocks its partition until the lease runs out.',
      silence: 'is good',
    },
    {
      id: 'FencedWrites',
      metric: metrics.sum('fencedWrites', FIVE_MINUTES),
      threshold: 1,
      meaning: 'A consumer whose lease had passed to another still tried to write; it was refused.',
      silence: 'is good',
    },
    {
      id: 'Contention',
      metric: metrics.sum('contention', FIVE_MINUTES),
      threshold: 50,
      periods: 3,
      meaning: 'Deliveries keep waiting for each other: the lease has too few partitions for the traffic.',
      silence: 'is good',
    },
    {
      id: 'UpdatesOld',
      metric: metrics.percentile('updateAge', 95, FIVE_MINUTES),
      threshold: AGE_LIMIT_MS,
      periods: 3,
      meaning: 'One user in twenty waits longer than half a minute for an answer.',
      silence: 'is good',
    },
  ];
}

function telegramAlarms({ metrics }: AlarmSources): AlarmSpec[] {
  return [
    {
      id: 'TelegramErrors',
      metric: metrics.sum('telegramErrors', FIVE_MINUTES),
      threshold: 10,
      periods: 3,
      breaching: 2,
      meaning:
        'Telegram does not answer calls of the Bot API, or refuses them whatever they ask for: floods, outages, the token.',
      silence: 'is good',
    },
    {
      id: 'PendingUpdates',
      metric: metrics.min('pendingUpdates', MINUTE),
      threshold: PENDING_LIMIT,
      periods: 5,
      meaning: `At no time in five minutes were fewer than ${PENDING_LIMIT} updates waiting at Telegram.`,
      silence: 'says nothing',
    },
    {
      id: 'WebhookDrift',
      metric: metrics.max('webhookDrift', MINUTE),
      threshold: 1,
      periods: 3,
      meaning:
        'The webhook is missing or somebody else’s, or there although the bot was stopped, and the watchdog does not mend it.',
      silence: 'says nothing',
    },
    {
      id: 'WebhookRetaken',
      metric: metrics.sum('webhookRetaken', FIVE_MINUTES),
      threshold: 1,
      meaning:
        'Somebody else set the webhook of this bot, and the watchdog took it back: the token is used elsewhere.',
      silence: 'is good',
    },
    {
      id: 'WebhookErrors',
      metric: metrics.max('webhookErrors', MINUTE),
      threshold: 1,
      periods: 10,
      meaning: 'Telegram has been getting errors from the webhook for ten minutes.',
      silence: 'says nothing',
    },
    {
      id: 'UnauthorizedRequests',
      metric: metrics.sum('unauthorizedRequests', FIVE_MINUTES),
      threshold: 20,
      meaning: 'Requests come with a wrong secret: a stranger, or a rotation that Telegram was not told of.',
      silence: 'is good',
    },
  ];
}

function serviceAlarms({ metrics, api, table }: AlarmSources): AlarmSpec[] {
  // Nothing is written where nothing was throttled, and CloudWatch ignores that silence whatever an alarm says of it:
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
  const throttled = (metricName: string) =>
    new Metric({
      namespace: 'AWS/DynamoDB',
      metricName,
      dimensionsMap: { TableName: table.tableName },
      statistic: Stats.SUM,
      period: FIVE_MINUTES,
    });
  return [
    {
      id: 'HealthDegraded',
      // A single error that Telegram met degrades the health for five minutes, and is over when they are.
      metric: metrics.min('healthDegraded', MINUTE),
      threshold: 1,
      periods: 6,
      meaning: 'GET /health has been answering anything but 200 for more than five minutes; it says why.',
      silence: 'says nothing',
    },
    {
      id: 'KnowledgeMissing',
      metric: metrics.max('knowledgeAtoms', FIVE_MINUTES),
      threshold: 1,
      comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
      periods: 3,
      meaning: 'There is no knowledge base: the bot can only say so.',
      silence: 'says nothing',
    },
    {
      id: 'KnowledgeDamaged',
      metric: metrics.sum('knowledgeProblems', FIVE_MINUTES),
      threshold: 1,
      meaning:
        'The live version of the knowledge base could not be read as it is stored; something older is served.',
      silence: 'is good',
    },
    {
      id: 'StoreErrors',
      metric: metrics.sum('storeErrors', FIVE_MINUTES),
      threshold: 5,
      meaning:
        'DynamoDB does not answer the lease and the ledger; updates are answered 503 and delivered again.',
      silence: 'is good',
    },
    {
      id: 'TableReadThrottles',
      metric: throttled('ReadThrottleEvents'),
      threshold: 1,
      meaning: 'DynamoDB throttles reads of the table.',
      silence: 'is good',
    },
    {
      id: 'TableWriteThrottles',
      metric: throttled('WriteThrottleEvents'),
      threshold: 1,
      meaning: 'DynamoDB throttles writes to the table.',
      silence: 'is good',
    },
    {
      id: 'ApiServerErrors',
      metric: api.metricServerError({ period: FIVE_MINUTES, statistic: Stats.SUM }),
      threshold: 50,
      periods: 3,
      meaning: 'API Gateway keeps answering 5xx, the deliberate 503 among them.',
      silence: 'is good',
    },
    {
      id: 'ApiClientErrors',
      metric: api.metricClientError({ period: FIVE_MINUTES, statistic: Stats.SUM }),
      threshold: 100,
      meaning: 'API Gateway keeps answering 4xx: strangers, or too many requests.',
      silence: 'is good',
    },
  ];
}
