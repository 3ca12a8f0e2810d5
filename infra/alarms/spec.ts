import { Duration } from 'aws-cdk-lib';
import type { ComparisonOperator } from 'aws-cdk-lib/aws-cloudwatch';
import { type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';

/** One alarm on a metric, as a row of infra/alarms/list.ts. */
export interface AlarmSpec {
  /** Part of the alarm's name, and the heading of its section in infra/RUNBOOK.md. */
  readonly id: string;
  readonly metric: IMetric;
  readonly threshold: number;
  /** @default greater than or equal */
  readonly comparison?: ComparisonOperator;
  /** How many periods are looked at. @default 1 */
  readonly periods?: number;
  /** How many of them must be beyond the threshold. @default all */
  readonly breaching?: number;
  /** Its meaning, in one sentence for somebody who was just woken. */
  readonly meaning: string;
  /** The meaning of silence. */
  readonly silence: keyof typeof SILENCE;
  readonly notice: Notice;
  /** Whether it keeps a deployment back, and takes one back whose traffic is still moving. @default false */
  readonly stopsRollout?: boolean;
}

/** Whom an alarm reaches, and how. */
export type Notice =
  /** Users wait in vain: it is part of {@link UNSERVED}, which wakes somebody once, however much of it rings. */
  | 'page'
  /** Something to do in working hours of which nothing else tells: it writes a ticket of its own. */
  | 'ticket'
  /** It heals, or is a sign of something else: part of {@link DEGRADED}, which tells what lasts, of all of it at once. */
  | 'symptom';

/** An alarm on other alarms: one notice for all of them. */
export interface CompositeSpec {
  readonly id: string;
  readonly of: Notice;
  readonly meaning: string;
}

export const UNSERVED: CompositeSpec = {
  id: 'UsersNotServed',
  of: 'page',
  meaning: 'Users wait for answers that do not come, or nobody can tell whether they do.',
};

/** For so long symptoms may heal by themselves, or turn out to be those of a page, before they become a ticket. */
export const SYMPTOMS_WAIT = Duration.minutes(10);

export const DEGRADED: CompositeSpec = {
  id: 'Degraded',
  of: 'symptom',
  meaning: `Users are served, but something has been failing for ${SYMPTOMS_WAIT.toMinutes()} minutes and more.`,
};

/** For so long after a page has ended its symptoms may linger, since most look back for a quarter of an hour. */
export const SYMPTOMS_LINGER = Duration.minutes(20);

export const MINUTE = Duration.minutes(1);
export const FIVE_MINUTES = Duration.minutes(5);
export const QUARTER = Duration.minutes(15);
export const HOUR = Duration.hours(1);

/** The meanings of a period without data. */
export const SILENCE = {
  /** Counts of bad things: none of them happened, or nobody was there for them to happen to. */
  'is good': TreatMissingData.NOT_BREACHING,
  /** Metrics that are written every minute without fail: their writer is gone. */
  'is bad': TreatMissingData.BREACHING,
  /** Metrics of the watchdog: its own silence has an alarm of its own, and one is enough. */
  'says nothing': TreatMissingData.IGNORE,
} as const;

/** With the place of its section in the runbook; GitHub's anchor of a heading that is one word. */
export function descriptionOf({ id, meaning }: { id: string; meaning: string }, runbook: string): string {
  return `${meaning} What to do: ${runbook}#${id.toLowerCase()}`;
}
