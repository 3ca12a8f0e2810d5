import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { BotMetrics } from '../constructs/bot-metrics.ts';
import type { StageConfig } from '../stage.ts';

/** The parts of the stack that alarms watch. */
export interface AlarmSources {
  readonly config: StageConfig;
  readonly metrics: BotMetrics;
  /** Aliases where there is one: what answers now, of whatever version. */
  readonly webhook: IFunction;
  readonly health: IFunction;
  readonly watchdog: IFunction;
  readonly importer: IFunction;
  readonly api: HttpApi;
  readonly table: TableV2;
}
