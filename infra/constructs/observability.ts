import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import {
  Alarm,
  AlarmRule,
  ComparisonOperator,
  CompositeAlarm,
  type CompositeAlarmProps,
  type IAlarm,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { alarmList } from '../alarms/list.ts';
import { WATCHDOG_SILENT } from '../alarms/pages.ts';
import {
  type AlarmSpec,
  type CompositeSpec,
  DEGRADED,
  descriptionOf,
  SILENCE,
  SYMPTOMS_LINGER,
  SYMPTOMS_WAIT,
  UNSERVED,
} from '../alarms/spec.ts';
import type { StageConfig } from '../stage.ts';
import { AccountBudget } from './account-budget.ts';
import { AlarmTopic } from './alarm-topic.ts';
import { BotDashboard } from './bot-dashboard.ts';
import { BotMetrics } from './bot-metrics.ts';
import type { WebhookFunction } from './webhook-function.ts';

export interface ObservabilityProps {
  readonly config: StageConfig;
  readonly table: TableV2;
  readonly webhook: WebhookFunction;
  readonly health: IFunction;
  readonly watchdog: IFunction;
  readonly importer: IFunction;
  readonly api: HttpApi;
}

/** The alarms, where they go, and the dashboard. */
export class Observability extends Construct {
  readonly dashboardUrl: string;
  /** Those that keep or take a deployment back. */
  readonly rolloutAlarms: readonly IAlarm[];
  /** Wakes somebody. */
  readonly pages: AlarmTopic;
  /** Is read by somebody who is at work. */
  readonly tickets: AlarmTopic;
  /** Rings where there is nothing to look at, so there has to be something when it is created. */
  readonly watchdogSilent: Alarm;
  readonly #config: StageConfig;

  constructor(scope: Construct, id: string, props: ObservabilityProps) {
    super(scope, id);
    const { config } = props;
    this.#config = config;
    this.pages = new AlarmTopic(this, 'Pages', { email: config.pageEmail ?? config.alarmEmail });
    this.tickets = new AlarmTopic(this, 'Tickets', { email: config.alarmEmail });
    const { monthlyBudgetUsd: monthlyUsd, alarmEmail: email, stackName } = config;
    if (monthlyUsd !== undefined && email !== undefined)
      new AccountBudget(this, 'Budget', { stackName, monthlyUsd, email });
    const metrics = new BotMetrics(config.stackName);
    const list = alarmList({ ...props, metrics, webhook: props.webhook.alias }).map((spec) => ({
      spec,
      alarm: this.#alarm(spec),
    }));
    const childrenOf = ({ of }: CompositeSpec) =>
      list.filter(({ spec }) => spec.notice === of).map(({ alarm }) => alarm);
    for (const { spec, alarm } of list) if (spec.notice === 'ticket') tell(alarm, this.tickets);
    const unserved = this.#composite(UNSERVED, { alarmRule: AlarmRule.anyOf(...childrenOf(UNSERVED)) });
    const degraded = this.#composite(DEGRADED, {
      alarmRule: AlarmRule.anyOf(...childrenOf(DEGRADED)),
      actionsSuppressor: unserved,
      actionsSuppressorWaitPeriod: SYMPTOMS_WAIT,
      actionsSuppressorExtensionPeriod: SYMPTOMS_LINGER,
    });
    tell(unserved, this.pages);
    tell(degraded, this.tickets);
    this.watchdogSilent = list.find(({ spec }) => spec.id === WATCHDOG_SILENT)!.alarm;
    this.rolloutAlarms = list.filter(({ spec }) => spec.stopsRollout).map(({ alarm }) => alarm);
    const dashboard = new BotDashboard(this, 'Dashboard', {
      ...props,
      metrics,
      composites: [unserved, degraded],
      alarms: new Map(list.map(({ spec, alarm }) => [spec.id, alarm])),
    });
    this.dashboardUrl = dashboard.url;
  }

  #alarm(spec: AlarmSpec): Alarm {
    const { id, metric, threshold, periods = 1, comparison } = spec;
    return new Alarm(this, id, {
      alarmName: `${this.#config.stackName}-${id}`,
      alarmDescription: descriptionOf(spec, this.#config.runbook),
      metric,
      threshold,
      comparisonOperator: comparison ?? ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: periods,
      datapointsToAlarm: spec.breaching ?? periods,
      treatMissingData: SILENCE[spec.silence],
    });
  }

  #composite(spec: CompositeSpec, props: CompositeAlarmProps): CompositeAlarm {
    return new CompositeAlarm(this, spec.id, {
      compositeAlarmName: `${this.#config.stackName}-${spec.id}`,
      alarmDescription: descriptionOf(spec, this.#config.runbook),
      ...props,
    });
  }
}

/** When it begins to ring, and when it ends. */
function tell(alarm: Alarm | CompositeAlarm, topic: AlarmTopic): void {
  alarm.addAlarmAction(new SnsAction(topic));
  alarm.addOkAction(new SnsAction(topic));
}
