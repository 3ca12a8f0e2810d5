import { Aws, CfnMapping, Duration } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import {
  type Alarm,
  AlarmStatusWidget,
  type CompositeAlarm,
  Dashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  MathExpression,
  Metric,
  Stats,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { unserved } from '../alarms/pages.ts';
import { FIVE_MINUTES, MINUTE } from '../alarms/spec.ts';
import type { StageConfig } from '../stage.ts';
import type { BotMetrics } from './bot-metrics.ts';
import type { WebhookFunction } from './webhook-function.ts';

export interface BotDashboardProps {
  readonly config: StageConfig;
  readonly metrics: BotMetrics;
  readonly composites: readonly CompositeAlarm[];
  /** Those on metrics, by their id: their thresholds are drawn where their metric is. */
  readonly alarms: ReadonlyMap<string, Alarm>;
  readonly table: TableV2;
  readonly webhook: WebhookFunction;
  readonly health: IFunction;
  readonly watchdog: IFunction;
  readonly importer: IFunction;
  readonly api: HttpApi;
}

const WIDTH = 24;

/**
 * One page, read from above: whether users are served, by which version, how fast, and what waits for a person; then
 * what rings; then causes.
 */
export class BotDashboard extends Construct {
  readonly url: string;
  readonly #props: BotDashboardProps;

  constructor(scope: Construct, id: string, props: BotDashboardProps) {
    super(scope, id);
    this.#props = props;
    const { config, composites, alarms } = props;
    // Each partition has a console of its own.
    const host = new CfnMapping(this, 'Consoles', {
      mapping: {
        aws: { host: 'console.aws.amazon.com' },
        'aws-cn': { host: 'console.amazonaws.cn' },
        'aws-us-gov': { host: 'console.amazonaws-us-gov.com' },
      },
    }).findInMap(Aws.PARTITION, 'host');
    const home = `https://${host}/cloudwatch/home?region=${Aws.REGION}`;
    new Dashboard(this, 'Page', {
      dashboardName: config.stackName,
      defaultInterval: Duration.hours(8),
      widgets: [
        [
          text(
            `**${config.stackName}** · ${runbookLink(config.runbook)} · [saved queries of the logs](${home}#logsV2:logs-insights)`,
            1,
          ),
        ],
        this.#service(),
        [
          new AlarmStatusWidget({
            title: 'Alarms',
            alarms: [...composites, ...alarms.values()],
            width: WIDTH,
            height: 4,
          }),
        ],
        [text('## Updates', 1)],
        this.#updates(),
        [text('## As Telegram sees it', 1)],
        this.#telegram(),
        [text('## Services', 1)],
        this.#services(),
      ],
    });
    this.url = `${home}#dashboards/dashboard/${config.stackName}`;
  }

  #service(): IWidget[] {
    const { metrics, webhook } = this.#props;
    const { functionName } = webhook.function;
    const versions = new MathExpression({
      expression: `SEARCH('{AWS/Lambda,ExecutedVersion,FunctionName,Resource} FunctionName="${functionName}" MetricName="Invocations"', 'Sum', 300)`,
      usingMetrics: {},
      label: 'version',
    });
    return [
      this.#graph(
        'Users are served',
        [metrics.min('served', MINUTE), unserved(metrics)],
        ['ServiceDown', 'UpdatesUnserved'],
      ),
      this.#graph('By which version', [versions]),
      this.#graph(
        'From the message to its answer, ms',
        [
          metrics.percentile('updateAge', 50, FIVE_MINUTES),
          metrics.percentile('updateAge', 95, FIVE_MINUTES),
        ],
        ['UpdatesOld', 'AnswersSlow'],
      ),
      this.#graph('Parked, for an operator', [metrics.max('parkedUpdates', MINUTE)], ['UpdatesParked']),
    ];
  }

  #updates(): IWidget[] {
    const { metrics } = this.#props;
    const sum = (name: Parameters<BotMetrics['sum']>[0]) => metrics.sum(name, FIVE_MINUTES);
    return [
      this.#graph(
        'What became of them',
        [
          sum('updatesDone'),
          sum('updatesDuplicate'),
          sum('updatesDeferred'),
          sum('updatesFailed'),
          sum('updatesParked'),
          sum('updatesUnsettled'),
        ],
        ['UpdatesFailed'],
      ),
      this.#graph('Handling, ms', [
        metrics.percentile('handlingTime', 50, FIVE_MINUTES),
        metrics.percentile('handlingTime', 95, FIVE_MINUTES),
      ]),
      this.#graph(
        'Waiting and refused',
        [sum('contention'), sum('fencedWrites'), sum('storeErrors')],
        ['Contention', 'StoreErrors'],
      ),
      this.#graph('How it changed hands', [sum('handOvers'), sum('expiredTakeovers'), sum('coldStarts')]),
    ];
  }

  #telegram(): IWidget[] {
    const { metrics } = this.#props;
    return [
      this.#graph('Pending updates', [metrics.min('pendingUpdates', MINUTE)], ['PendingUpdates']),
      this.#graph('Calls, ms', [
        metrics.percentile('telegramCallTime', 50, FIVE_MINUTES),
        metrics.percentile('telegramCallTime', 95, FIVE_MINUTES),
      ]),
      this.#graph(
        'Errors',
        [
          metrics.sum('telegramErrors', FIVE_MINUTES),
          metrics.sum('answersRefused', FIVE_MINUTES),
          metrics.max('webhookErrors', MINUTE),
        ],
        ['TelegramErrors'],
      ),
      this.#graph('Webhook', [
        metrics.max('webhookDrift', MINUTE),
        metrics.sum('webhookRetaken', MINUTE),
        metrics.sum('unauthorizedRequests', FIVE_MINUTES),
      ]),
    ];
  }

  #services(): IWidget[] {
    const { metrics, webhook, health, watchdog, importer, api, table } = this.#props;
    const errors = Object.entries({ webhook: webhook.alias, health, watchdog, importer }).map(([label, of]) =>
      of.metricErrors({ period: FIVE_MINUTES, label: `${label}: errors` }),
    );
    const throttles = webhook.alias.metricThrottles({ period: FIVE_MINUTES, label: 'webhook: throttles' });
    const slow = webhook.alias.metricDuration({
      period: FIVE_MINUTES,
      statistic: Stats.percentile(99),
      label: 'webhook: p99',
    });
    const period = { period: FIVE_MINUTES, statistic: Stats.SUM };
    const consumed = (metricName: string, label: string) =>
      new Metric({
        namespace: 'AWS/DynamoDB',
        metricName,
        dimensionsMap: { TableName: table.tableName },
        label,
        ...period,
      });
    return [
      this.#graph('Functions: errors', [...errors, throttles]),
      this.#graph('Functions: time, ms', [slow], ['WebhookFunctionSlow']),
      this.#graph(
        'API',
        [api.metricCount(period), api.metricClientError(period), api.metricServerError(period)],
        ['Strangers', 'ApiServerErrors'],
      ),
      this.#graph('Table', [
        consumed('ConsumedReadCapacityUnits', 'read units'),
        consumed('ConsumedWriteCapacityUnits', 'write units'),
        consumed('ReadThrottleEvents', 'throttled reads'),
        consumed('WriteThrottleEvents', 'throttled writes'),
      ]),
      this.#graph('Knowledge base', [metrics.max('knowledgeAtoms', MINUTE)]),
      this.#graph(
        'Knowledge base: problems',
        [metrics.sum('knowledgeProblems', FIVE_MINUTES)],
        ['KnowledgeDamaged'],
      ),
      this.#graph('Defects', [metrics.sum('defects', FIVE_MINUTES)], ['Defects']),
    ];
  }

  #graph(title: string, left: IMetric[], thresholdsOf: string[] = []): GraphWidget {
    const leftAnnotations = thresholdsOf.map((id) => ({
      ...this.#props.alarms.get(id)!.toAnnotation(),
      label: id,
      color: '#d13212',
    }));
    return new GraphWidget({
      title,
      left,
      leftAnnotations,
      leftYAxis: { min: 0, showUnits: false },
      width: 6,
      height: 5,
    });
  }
}

function text(markdown: string, height: number): TextWidget {
  return new TextWidget({ markdown, width: WIDTH, height });
}

function runbookLink(runbook: string): string {
  return runbook.startsWith('https://') ? `[runbook](${runbook})` : `runbook: ${runbook}`;
}
