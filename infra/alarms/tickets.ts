import { ComparisonOperator, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmSources } from './sources.ts';
import { type AlarmSpec, FIVE_MINUTES, MINUTE } from './spec.ts';

/** A tenth of what the API lets through. */
const STRANGERS_A_SECOND = 10;

/** Somebody has to do something about it, and tomorrow is soon enough. */
export function tickets({ metrics, importer, api }: AlarmSources): AlarmSpec[] {
  return [
    {
      id: 'UpdatesParked',
      metric: metrics.max('parkedUpdates', FIVE_MINUTES),
      threshold: 1,
      meaning: 'Parked updates wait to be replayed or dropped by an operator.',
      silence: 'says nothing',
      notice: 'ticket',
    },
    {
      id: 'WebhookRetaken',
      metric: metrics.sum('webhookRetaken', FIVE_MINUTES),
      threshold: 1,
      meaning:
        'Somebody else set the webhook of this bot, and the watchdog took it back: the token is used elsewhere.',
      silence: 'is good',
      notice: 'ticket',
    },
    {
      id: 'ImporterErrors',
      metric: importer.metricErrors({ period: FIVE_MINUTES }),
      threshold: 1,
      meaning: 'An import of an uploaded file died before it could tell how it ended.',
      silence: 'is good',
      notice: 'ticket',
    },
    {
      id: 'KnowledgeMissing',
      metric: metrics.max('knowledgeAtoms', FIVE_MINUTES),
      threshold: 1,
      comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
      periods: 3,
      meaning: 'There is no knowledge base: the bot can only say so.',
      silence: 'says nothing',
      notice: 'ticket',
    },
    {
      id: 'KnowledgeDamaged',
      metric: metrics.sum('knowledgeProblems', FIVE_MINUTES),
      threshold: 1,
      meaning:
        'The live version of the knowledge base could not be read as it is stored; something older is served.',
      silence: 'is good',
      notice: 'ticket',
    },
    {
      id: 'Defects',
      metric: metrics.sum('defects', MINUTE),
      threshold: 1,
      meaning:
        'An update was neither settled nor handed back, or the secrets could not be read: a defect of ours.',
      silence: 'is good',
      notice: 'ticket',
      stopsRollout: true,
    },
    {
      id: 'Strangers',
      metric: api.metricClientError({ period: FIVE_MINUTES, statistic: Stats.SUM }),
      threshold: STRANGERS_A_SECOND * FIVE_MINUTES.toSeconds(),
      periods: 3,
      meaning: `For a quarter of an hour strangers have sent ${STRANGERS_A_SECOND} requests a second, which cost money.`,
      silence: 'is good',
      notice: 'ticket',
    },
  ];
}
