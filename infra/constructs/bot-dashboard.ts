import { Stack, Duration } from 'aws-cdk-lib';
import type { HttpApi, HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { AlarmStatusWidget, type IAlarm, type Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { type CustomMetricGroup, DefaultDashboardFactory, MonitoringFacade } from 'cdk-monitoring-constructs';
import { Construct } from 'constructs';
import { FIVE_MINUTES, MINUTE } from '../alarms/spec.ts';
import type { StageConfig } from '../stage.ts';
import type { BotMetrics } from './bot-metrics.ts';
import type { WebhookFunction } from './webhook-function.ts';

export interface BotDashboardProps {
  readonly config: StageConfig;
  readonly metrics: BotMetrics;
  readonly alarms: readonly IAlarm[];
  readonly table: TableV2;
  readonly webhook: WebhookFunction;
  readonly health: IFunction;
  readonly watchdog: IFunction;
  readonly importer: IFunction;
  readonly api: HttpApi;
  readonly stage: HttpStage;
}

const WIDTH = 24;

/** One page: the state of the alarms, what becomes of updates, who holds the lease, and the services below. */
export class BotDashboard extends Construct {
  readonly url: string;

  constructor(scope: Construct, id: string, props: BotDashboardProps) {
    super(scope, id);
    const { config, metrics, alarms, table, api, stage } = props;
    const factory = new DefaultDashboardFactory(this, 'Dashboards', {
      dashboardNamePrefix: config.stackName,
      detailDashboardRange: Duration.hours(8),
    });
    const monitoring = new MonitoringFacade(this, 'Monitoring', {
      dashboardFactory: factory,
      metricFactoryDefaults: { namespace: undefined },
      alarmFactoryDefaults: { actionsEnabled: false, alarmNamePrefix: config.stackName },
    });
    monitoring
      .addWidget(new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: WIDTH, height: 4 }))
      .addLargeHeader('Updates')
      .monitorCustom({
        alarmFriendlyName: 'Updates',
        humanReadableName: 'Updates',
        metricGroups: updates(metrics),
      })
      .addLargeHeader('Lease')
      .monitorCustom({
        alarmFriendlyName: 'Lease',
        humanReadableName: 'One consumer',
        metricGroups: lease(metrics),
      })
      .addLargeHeader('Telegram')
      .monitorCustom({
        alarmFriendlyName: 'Telegram',
        humanReadableName: 'As Telegram sees it',
        metricGroups: telegram(metrics),
      })
      .addLargeHeader('Knowledge base')
      .monitorCustom({
        alarmFriendlyName: 'Knowledge',
        humanReadableName: 'Knowledge base',
        metricGroups: knowledge(metrics),
      })
      .addLargeHeader('Services')
      .monitorLambdaFunction({
        lambdaFunction: props.webhook.alias,
        humanReadableName: 'Webhook',
        alarmFriendlyName: 'Webhook',
      })
      .monitorLambdaFunction({
        lambdaFunction: props.health,
        humanReadableName: 'Health',
        alarmFriendlyName: 'Health',
      })
      .monitorLambdaFunction({
        lambdaFunction: props.watchdog,
        humanReadableName: 'Watchdog',
        alarmFriendlyName: 'Watchdog',
      })
      .monitorLambdaFunction({
        lambdaFunction: props.importer,
        humanReadableName: 'Importer',
        alarmFriendlyName: 'Importer',
      })
      .monitorApiGatewayV2HttpApi({
        api,
        apiStage: stage.stageName,
        humanReadableName: 'API',
        alarmFriendlyName: 'Api',
      })
      .monitorDynamoTable({ table, humanReadableName: 'Table', alarmFriendlyName: 'Table' });
    const { region } = Stack.of(this);
    const name = monitoring.createdDashboard()?.dashboardName ?? config.stackName;
    this.url = `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${name}`;
  }
}

function group(title: string, metrics: Metric[]): CustomMetricGroup {
  return { title, metrics };
}

function updates(metrics: BotMetrics): CustomMetricGroup[] {
  return [
    group('What became of them', [
      metrics.sum('updatesDone', FIVE_MINUTES),
      metrics.sum('updatesDuplicate', FIVE_MINUTES),
      metrics.sum('updatesDeferred', FIVE_MINUTES),
      metrics.sum('updatesFailed', FIVE_MINUTES),
      metrics.sum('updatesParked', FIVE_MINUTES),
      metrics.sum('updatesUnsettled', FIVE_MINUTES),
    ]),
    group('From the message to its answer, ms', [
      metrics.percentile('updateAge', 50, FIVE_MINUTES),
      metrics.percentile('updateAge', 95, FIVE_MINUTES),
    ]),
    group('Handling, ms', [
      metrics.percentile('handlingTime', 50, FIVE_MINUTES),
      metrics.percentile('handlingTime', 95, FIVE_MINUTES),
      metrics.percentile('handlingTime', 99, FIVE_MINUTES),
    ]),
    group('Waiting for an operator, and defects', [
      metrics.max('parkedUpdates', MINUTE),
      metrics.sum('defects', FIVE_MINUTES),
      metrics.sum('unauthorizedRequests', FIVE_MINUTES),
    ]),
  ];
}

function lease(metrics: BotMetrics): CustomMetricGroup[] {
  return [
    group('How it changed hands', [
      metrics.sum('handOvers', FIVE_MINUTES),
      metrics.sum('expiredTakeovers', FIVE_MINUTES),
    ]),
    group('Waiting and refused', [
      metrics.sum('contention', FIVE_MINUTES),
      metrics.sum('fencedWrites', FIVE_MINUTES),
      metrics.sum('storeErrors', FIVE_MINUTES),
    ]),
    group('Cold starts', [metrics.sum('coldStarts', FIVE_MINUTES)]),
  ];
}

function telegram(metrics: BotMetrics): CustomMetricGroup[] {
  return [
    group('Calls, ms', [
      metrics.percentile('telegramCallTime', 50, FIVE_MINUTES),
      metrics.percentile('telegramCallTime', 95, FIVE_MINUTES),
    ]),
    group('Errors', [metrics.sum('telegramErrors', FIVE_MINUTES), metrics.max('webhookErrors', MINUTE)]),
    group('Pending updates', [metrics.max('pendingUpdates', MINUTE)]),
    group('Webhook', [
      metrics.max('webhookDrift', MINUTE),
      metrics.sum('webhookRetaken', MINUTE),
      metrics.min('served', MINUTE),
    ]),
  ];
}

function knowledge(metrics: BotMetrics): CustomMetricGroup[] {
  return [
    group('Atoms', [metrics.max('knowledgeAtoms', MINUTE)]),
    group('Version published at', [metrics.max('knowledgePublishedAt', MINUTE)]),
    group('Problems', [metrics.sum('knowledgeProblems', FIVE_MINUTES)]),
  ];
}
