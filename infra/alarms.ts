import { Duration } from 'aws-cdk-lib';
import type { ComparisonOperator } from 'aws-cdk-lib/aws-cloudwatch';
import { type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';

/** One alarm, as a row of infra/constructs/alarm-list.ts. */
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
  /** What it means, in one sentence for somebody who was just woken. */
  readonly meaning: string;
  /** What silence means, and why. */
  readonly silence: keyof typeof SILENCE;
  /** Whether it keeps a deployment back, and takes one back whose traffic is still moving. @default false */
  readonly stopsRollout?: boolean;
}

export const MINUTE = Duration.minutes(1);
export const FIVE_MINUTES = Duration.minutes(5);

/** What is to be made of a period without data. */
export const SILENCE = {
  /** Counts of bad things: none of them happened, or nobody was there for them to happen to. */
  'is good': TreatMissingData.NOT_BREACHING,
  /** What is measured every minute without fail: whoever measures it is gone. */
  'is bad': TreatMissingData.BREACHING,
  /** What the watchdog measures: its own silence has an alarm of its own, and one is enough. */
  'says nothing': TreatMissingData.IGNORE,
} as const;

/** GitHub's anchor of a heading that is one word. */
function runbookAnchor(id: string): string {
  return `infra/RUNBOOK.md#${id.toLowerCase()}`;
}

export function descriptionOf({ id, meaning }: AlarmSpec): string {
  return `${meaning} What to do: ${runbookAnchor(id)}`;
}
