import { Duration } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Alias, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { StageConfig } from '../stage.ts';
import { timeoutLadder } from '../timeouts.ts';
import { BotFunction, invoking } from './bot-function.ts';

export interface WebhookFunctionProps {
  readonly config: StageConfig;
  readonly table: TableV2;
  readonly importer: IFunction;
}

/** More memory is more processor, which a cold start and a search are made of. */
const MEMORY_MB = 1024;

/** The function that answers updates, and the alias behind which its versions follow each other. */
export class WebhookFunction extends Construct {
  readonly function: BotFunction;
  readonly alias: Alias;

  constructor(scope: Construct, id: string, { config, table, importer }: WebhookFunctionProps) {
    super(scope, id);
    this.function = new BotFunction(this, 'Function', {
      folder: 'webhook',
      grants: 'webhook',
      description: 'Answers Telegram: POST /telegram/webhook',
      config,
      table,
      timeout: Duration.millis(timeoutLadder(config.handlerDeadlineMs).functionMs),
      memoryMb: MEMORY_MB,
      secrets: ['token', 'webhookSecret', 'previousWebhookSecret'],
      environment: { IMPORTER_FUNCTION_NAME: importer.functionName },
      reservedConcurrency: config.reservedConcurrency,
    });
    this.function.addToRolePolicy(invoking(importer.functionArn));
    this.alias = new Alias(this, 'Alias', { aliasName: 'live', version: this.function.currentVersion });
  }
}
