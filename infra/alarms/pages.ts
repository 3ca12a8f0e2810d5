import { ComparisonOperator } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmSources } from './sources.ts';
import { type AlarmSpec, FIVE_MINUTES, MINUTE, QUARTER } from './spec.ts';

const PENDING_LIMIT = 20;
const AGE_LIMIT_MS = 30_000;

/** Users wait in vain, or nobody would notice that they do. */
export function pages({ metrics, watchdog }: AlarmSources): AlarmSpec[] {
  return [
    {
      id: 'ServiceDown',
      metric: metrics.max('served', MINUTE),
      threshold: 1,
      comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
      periods: 5,
      meaning:
        'For five minutes Telegram, the webhook, the store, a partition or the code has kept users from being served.',
      silence: 'says nothing',
      notice: 'page',
    },
    {
      // One period only: a new stage has no past, so any number of them would ring once when it is created.
      id: 'WatchdogSilent',
      metric: watchdog.metricInvocations({ period: FIVE_MINUTES }),
      threshold: 1,
      comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
      meaning: 'Nobody watches the webhook: the watchdog was not started for five minutes.',
      silence: 'is bad',
      notice: 'page',
    },
    {
      id: 'PendingUpdates',
      metric: metrics.min('pendingUpdates', MINUTE),
      threshold: PENDING_LIMIT,
      periods: 5,
      meaning: `At no time in five minutes were fewer than ${PENDING_LIMIT} updates waiting at Telegram.`,
      silence: 'says nothing',
      notice: 'page',
    },
    {
      id: 'UpdatesOld',
      metric: metrics.percentile('updateAge', 95, FIVE_MINUTES),
      threshold: AGE_LIMIT_MS,
      periods: 3,
      meaning: 'One user in twenty waits longer than half a minute for an answer.',
      silence: 'is good',
      notice: 'page',
    },
    {
      id: 'UpdatesGivenUp',
      metric: metrics.sum('updatesParked', QUARTER),
      threshold: 3,
      meaning:
        'Several updates were parked within a quarter of an hour: one that is odd does not explain it.',
      silence: 'is good',
      notice: 'page',
    },
  ];
}
