import type { HttpApi, HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { Alarm, ComparisonOperator, type IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { descriptionOf, SILENCE, type AlarmSpec } from '../alarms.ts';
import type { StageConfig } from '../stage.ts';
import { alarmList } from './alarm-list.ts';
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
  readonly stage: HttpStage;
}

/** The alarms, where they go, and the dashboard. */
export class Observability extends Construct {
  readonly dashboardUrl: string;
  /** Those that keep or take a deployment back. */
  readonly rolloutAlarms: readonly IAlarm[];

  constructor(scope: Construct, id: string, props: ObservabilityProps) {
    super(scope, id);
    const { config } = props;
    const topic = new AlarmTopic(this, 'Alarms', { email: config.alarmEmail });
    const metrics = new BotMetrics(config.stackName);
    const list = alarmList({ ...props, metrics, webhook: props.webhook.alias });
    const alarms = list.map((spec) => {
      const alarm = this.#alarm(config.stackName, spec);
      alarm.addAlarmAction(new SnsAction(topic));
      alarm.addOkAction(new SnsAction(topic));
      return alarm;
    });
    this.rolloutAlarms = alarms.filter((_, at) => list[at]?.stopsRollout === true);
    const dashboard = new BotDashboard(this, 'Dashboard', { ...props, metrics, alarms });
    this.dashboardUrl = dashboard.url;
  }

  #alarm(stackName: string, spec: AlarmSpec): Alarm {
    const { id, metric, threshold, periods = 1, comparison } = spec;
    return new Alarm(this, id, {
      alarmName: `${stackName}-${id}`,
      alarmDescription: descriptionOf(spec),
      metric,
      threshold,
      comparisonOperator: comparison ?? ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: periods,
      datapointsToAlarm: spec.breaching ?? periods,
      treatMissingData: SILENCE[spec.silence],
    });
  }
}
