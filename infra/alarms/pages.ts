import { ComparisonOperator, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { VANISHED_GRACE_MS } from '../../functions/lease/limits.ts';
import type { BotMetrics } from '../constructs/bot-metrics.ts';
import type { AlarmSources } from './sources.ts';
import { type AlarmSpec, FIVE_MINUTES, MINUTE, QUARTER } from './spec.ts';

export const WATCHDOG_SILENT = 'WatchdogSilent';

const PENDING_LIMIT = 20;
const REFUSED_LIMIT = 5;
const AGE_LIMIT_MS = 30_000;
/** So many at once are not explained by one that is odd. */
const SEVERAL = 3;
/** One that is odd is parked within the grace period, and the redelivery after it. */
const ODD_UPDATE_PERIODS = Math.ceil(VANISHED_GRACE_MS / FIVE_MINUTES.toMilliseconds()) + 2;

/** Users wait in vain, or nobody would notice that they do. */
export function pages(sources: AlarmSources): AlarmSpec[] {
  return [...ofWatching(sources), ...ofWaiting(sources), ...ofHandling(sources)];
}

function ofWatching({ metrics }: AlarmSources): AlarmSpec[] {
  return [
    {
      id: 'ServiceDown',
      metric: metrics.max('served', MINUTE),
      threshold: 1,
      comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
      periods: FIVE_MINUTES.toMinutes(),
      meaning: `For ${FIVE_MINUTES.toMinutes()} minutes Telegram, the webhook, the store, a partition or the code has kept users from being served.`,
      silence: 'says nothing',
      notice: 'page',
    },
    {
      // A new stage has no past: its registration gives it the first of these, and this alarm comes after it.
      id: WATCHDOG_SILENT,
      metric: metrics.samples('served', FIVE_MINUTES),
      threshold: 1,
      comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
      meaning: `Nobody watches the webhook: the watchdog has ended no round for ${FIVE_MINUTES.toMinutes()} minutes.`,
      silence: 'is bad',
      notice: 'page',
    },
  ];
}

function ofWaiting({ metrics }: AlarmSources): AlarmSpec[] {
  return [
    {
      id: 'PendingUpdates',
      metric: metrics.min('pendingUpdates', MINUTE),
      threshold: PENDING_LIMIT,
      periods: FIVE_MINUTES.toMinutes(),
      meaning: `At no time in ${FIVE_MINUTES.toMinutes()} minutes were fewer than ${PENDING_LIMIT} updates waiting at Telegram.`,
      silence: 'says nothing',
      notice: 'page',
    },
    {
      id: 'UpdatesUnserved',
      metric: unserved(metrics),
      threshold: SEVERAL,
      meaning: `For ${FIVE_MINUTES.toMinutes()} minutes ${SEVERAL} updates and more have waited in vain, and no more were handled than have to come again.`,
      silence: 'says nothing',
      notice: 'page',
    },
    {
      id: 'UpdateStuck',
      metric: unserved(metrics),
      threshold: 1,
      periods: ODD_UPDATE_PERIODS,
      meaning: `For ${ODD_UPDATE_PERIODS * FIVE_MINUTES.toMinutes()} minutes somebody has waited in vain, and no more updates were handled than have to come again.`,
      silence: 'says nothing',
      notice: 'page',
    },
    {
      id: 'UpdatesOld',
      metric: metrics.percentile('updateAge', 95, FIVE_MINUTES),
      threshold: AGE_LIMIT_MS,
      periods: 3,
      meaning: `One user in twenty waits longer than ${AGE_LIMIT_MS / 1_000} seconds for an answer.`,
      silence: 'is good',
      notice: 'page',
    },
  ];
}

function ofHandling({ metrics }: AlarmSources): AlarmSpec[] {
  return [
    {
      id: 'AnswersRefused',
      metric: refused(metrics),
      threshold: REFUSED_LIMIT,
      meaning: `Telegram has forbidden ${REFUSED_LIMIT} answers and more within a quarter of an hour, and no fewer than updates were handled.`,
      silence: 'is good',
      notice: 'page',
    },
    {
      id: 'SeveralUpdatesParked',
      metric: metrics.sum('updatesParked', QUARTER),
      threshold: SEVERAL,
      meaning:
        'Several updates were parked within a quarter of an hour: one that is odd does not explain it.',
      silence: 'is good',
      notice: 'page',
    },
  ];
}

/**
 * The updates that wait at Telegram while no more are handled than have to come again: none of an ordinary bot, however busy.
 * None that is refused before it is read (a wrong secret) or that never arrives counts as either.
 */
export function unserved(metrics: BotMetrics): MathExpression {
  return new MathExpression({
    expression: 'pending * (done <= again)',
    usingMetrics: {
      pending: metrics.min('pendingUpdates', FIVE_MINUTES),
      done: metrics.sum('updatesDone', FIVE_MINUTES),
      again: metrics.sum('deliveriesToRepeat', FIVE_MINUTES),
    },
    label: 'updates that wait in vain',
    period: FIVE_MINUTES,
  });
}

/** One user who blocks the bot is forbidden ground by himself; where every chat is, no update fails and none waits. */
function refused(metrics: BotMetrics): MathExpression {
  return new MathExpression({
    expression: 'refused * (done <= refused)',
    usingMetrics: {
      refused: metrics.sum('answersRefused', QUARTER),
      done: metrics.sum('updatesDone', QUARTER),
    },
    label: 'answers that are forbidden',
    period: QUARTER,
  });
}
