import { Duration } from 'aws-cdk-lib';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import {
  type ILambdaDeploymentConfig,
  LambdaApplication,
  LambdaDeploymentConfig,
  LambdaDeploymentGroup,
} from 'aws-cdk-lib/aws-codedeploy';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import type { Rollout as RolloutKind } from '../context-schema.ts';
import type { StageConfig } from '../stage.ts';
import { BotFunction, invoking } from './bot-function.ts';
import type { WebhookFunction } from './webhook-function.ts';

const CONFIGS: Record<RolloutKind, ILambdaDeploymentConfig> = {
  'all-at-once': LambdaDeploymentConfig.ALL_AT_ONCE,
  canary: LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES,
  linear: LambdaDeploymentConfig.LINEAR_10PERCENT_EVERY_1MINUTE,
};

export interface RolloutProps {
  readonly config: StageConfig;
  readonly table: TableV2;
  readonly webhook: WebhookFunction;
  /** Any of them in alarm ends a deployment that is under way, unless the stage says otherwise. */
  readonly alarms: readonly IAlarm[];
}

/**
 * How one version of the webhook function follows another: tried by a synthetic update first, then given the traffic.
 * An alarm ends a deployment that is under way: one that begins while it rings, and, where traffic moves gradually, one
 * whose first tenth set it off. All at once, nothing is under way any more when the new version has served its first
 * update: from then on it stays, whatever rings. While two versions run, the lease keeps one consumer.
 */
export class Rollout extends Construct {
  readonly hook: BotFunction;
  readonly group: LambdaDeploymentGroup;

  constructor(scope: Construct, id: string, { config, table, webhook, alarms }: RolloutProps) {
    super(scope, id);
    const { currentVersion } = webhook.function;
    this.hook = new BotFunction(this, 'Function', {
      folder: 'rollout',
      grants: 'hook',
      description: 'Sends one synthetic update through a new version before it gets traffic',
      config,
      table,
      timeout: Duration.minutes(2),
      memoryMb: 256,
      secrets: ['token', 'webhookSecret'],
      environment: { PROBED_FUNCTION: `${webhook.function.functionName}:${currentVersion.version}` },
    });
    this.hook.addToRolePolicy(invoking(currentVersion.functionArn));
    this.group = new LambdaDeploymentGroup(this, 'Group', {
      application: new LambdaApplication(this, 'Application'),
      alias: webhook.alias,
      deploymentConfig: CONFIGS[config.rollout],
      alarms: [...alarms],
      // They stay bound to the group, so that the next deployment minds them again by saying nothing.
      ignoreAlarmConfiguration: config.deployDespiteAlarms,
      autoRollback: {
        failedDeployment: true,
        stoppedDeployment: true,
        deploymentInAlarm: !config.deployDespiteAlarms,
      },
      preHook: this.hook,
    });
  }
}
