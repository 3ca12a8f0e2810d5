import { Duration } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { StageConfig } from '../stage.ts';
import { BotFunction } from './bot-function.ts';

export interface WatchdogProps {
  readonly config: StageConfig;
  readonly table: TableV2;
  readonly healthUrl: string;
}

/** Looks at the bot from Telegram's side, every minute. */
export class Watchdog extends Construct {
  readonly function: BotFunction;

  constructor(scope: Construct, id: string, { config, table, healthUrl }: WatchdogProps) {
    super(scope, id);
    this.function = new BotFunction(this, 'Function', {
      folder: 'watchdog',
      grants: 'watchdog',
      description:
        'Looks every minute how the webhook is, takes it back where it must, and tells administrators of new atoms',
      config,
      table,
      timeout: Duration.seconds(30),
      memoryMb: 256,
      secrets: ['token', 'webhookSecret'],
      environment: { HEALTH_URL: healthUrl },
    });
    new Rule(this, 'EveryMinute', {
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [
        new LambdaFunction(this.function, {
          event: RuleTargetInput.fromObject({}),
          // The next round comes sooner than a repetition of this one would be worth.
          retryAttempts: 0,
          maxEventAge: Duration.minutes(1),
        }),
      ],
    });
    this.function.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(1) });
  }
}
