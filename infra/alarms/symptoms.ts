import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { timeoutLadder } from '../timeouts.ts';
import type { AlarmSources } from './sources.ts';
import { type AlarmSpec, FIVE_MINUTES, HOUR, MINUTE } from './spec.ts';

/** A cold start takes one or two; beyond it users begin to ask again. */
const SLOW_ANSWER_MS = 5_000;
/** Shorter troubles at the webhook's address end by themselves, with a deployment for one. */
const ERRORS_MINUTES = 10;

/** The alarms on troubles that heal by themselves, or that are a sign of something else. */
export function symptoms(sources: AlarmSources): AlarmSpec[] {
  return [...ofFunctions(sources), ...ofUpdates(sources), ...ofServices(sources)];
}

function ofFunctions({ config, webhook, health, watchdog }: AlarmSources): AlarmSpec[] {
  const { functionMs } = timeoutLadder(config.handlerDeadlineMs);
  return [
    {
      id: 'WebhookFunctionErrors',
      metric: webhook.metricErrors({ period: MINUTE }),
      threshold: 1,
      meaning: 'The webhook function crashed, ran out of time or memory, or did not start.',
      silence: 'is good',
      notice: 'symptom',
      stopsRollout: true,
    },
    {
      id: 'WebhookFunctionThrottles',
      metric: webhook.metricThrottles({ period: FIVE_MINUTES }),
      threshold: 1,
      meaning:
        'Lambda refused to run the webhook function: the concurrency of the account or of the function is used up.',
      silence: 'is good',
      notice: 'symptom',
    },
    {
      id: 'WebhookFunctionSlow',
      metric: webhook.metricDuration({ period: FIVE_MINUTES, statistic: Stats.percentile(99) }),
      threshold: functionMs * 0.8,
      periods: 3,
      meaning:
        'One in a hundred invocations of the webhook function takes more than four fifths of its time limit.',
      silence: 'is good',
      notice: 'symptom',
    },
    {
      id: 'HealthFunctionErrors',
      metric: health.metricErrors({ period: FIVE_MINUTES }),
      threshold: 1,
      meaning: 'GET /health could not be answered at all.',
      silence: 'is good',
      notice: 'symptom',
    },
    {
      id: 'WatchdogErrors',
      metric: watchdog.metricErrors({ period: MINUTE }),
      threshold: 1,
      periods: 5,
      breaching: 3,
      meaning: 'The watchdog fails: Telegram, the table or the secrets cannot be reached by it.',
      silence: 'is good',
      notice: 'symptom',
    },
  ];
}

function ofUpdates({ metrics }: AlarmSources): AlarmSpec[] {
  return [
    {
      id: 'UpdatesFailed',
      metric: metrics.sum('updatesFailed', FIVE_MINUTES),
      threshold: 5,
      meaning: 'Updates fail by their own fault again and again, and are on their way to being parked.',
      silence: 'is good',
      notice: 'symptom',
      stopsRollout: true,
    },
    {
      id: 'AnswersSlow',
      metric: metrics.percentile('updateAge', 95, FIVE_MINUTES),
      threshold: SLOW_ANSWER_MS,
      periods: 3,
      meaning: `One user in twenty waits longer than ${SLOW_ANSWER_MS / 1_000} seconds for an answer.`,
      silence: 'is good',
      notice: 'symptom',
    },
    {
      id: 'UpdatesUnsettled',
      metric: metrics.sum('updatesUnsettled', FIVE_MINUTES),
      threshold: 3,
      meaning:
        'Calls of Telegram outlast their update, so that each blocks its partition until the lease runs out.',
      silence: 'is good',
      notice: 'symptom',
    },
    {
      id: 'FencedWrites',
      metric: metrics.sum('fencedWrites', HOUR),
      threshold: 5,
      meaning: 'Again and again a consumer whose lease had passed to another still tried to write.',
      silence: 'is good',
      notice: 'symptom',
    },
    {
      id: 'Contention',
      metric: metrics.sum('contention', FIVE_MINUTES),
      threshold: 50,
      periods: 3,
      meaning: 'Deliveries keep waiting for each other: the lease has too few partitions for the traffic.',
      silence: 'is good',
      notice: 'symptom',
    },
  ];
}

function ofServices({ metrics, api, table }: AlarmSources): AlarmSpec[] {
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
      notice: 'symptom',
    },
    {
      id: 'WebhookErrors',
      metric: metrics.max('webhookErrors', MINUTE),
      threshold: 1,
      periods: ERRORS_MINUTES,
      meaning: `Telegram has been getting errors from the webhook for ${ERRORS_MINUTES} minutes.`,
      silence: 'says nothing',
      notice: 'symptom',
    },
    {
      id: 'StoreErrors',
      metric: metrics.sum('storeErrors', FIVE_MINUTES),
      threshold: 5,
      meaning:
        'DynamoDB does not answer the lease and the ledger; updates are answered 503 and delivered again.',
      silence: 'is good',
      notice: 'symptom',
    },
    {
      id: 'TableThrottles',
      metric: throttlesOf(table),
      threshold: 1,
      meaning: 'DynamoDB throttles reads of the table, or writes to it.',
      silence: 'is good',
      notice: 'symptom',
    },
    {
      id: 'ApiServerErrors',
      metric: api.metricServerError({ period: FIVE_MINUTES, statistic: Stats.SUM }),
      threshold: 50,
      periods: 3,
      meaning: 'API Gateway keeps answering 5xx, the deliberate 503 among them.',
      silence: 'is good',
      notice: 'symptom',
    },
  ];
}

/**
 * Nothing is written where nothing was throttled, and an alarm on AWS/DynamoDB keeps its state in that silence whatever
 * it says of it, so it would never end by itself
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html). So silence is made a nought
 * here, and what the watchdog reads of the table each minute makes sure that there is something to compare at all.
 */
function throttlesOf(table: TableV2): MathExpression {
  const metric = (metricName: string) =>
    new Metric({
      namespace: 'AWS/DynamoDB',
      metricName,
      dimensionsMap: { TableName: table.tableName },
      statistic: Stats.SUM,
      period: FIVE_MINUTES,
    });
  return new MathExpression({
    expression: 'FILL(reads, 0) + FILL(writes, 0) + 0 * FILL(consumed, 0)',
    usingMetrics: {
      reads: metric('ReadThrottleEvents'),
      writes: metric('WriteThrottleEvents'),
      consumed: metric('ConsumedReadCapacityUnits'),
    },
    label: 'Throttled requests',
    period: FIVE_MINUTES,
  });
}
