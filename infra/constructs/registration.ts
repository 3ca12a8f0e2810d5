import { createHash } from 'node:crypto';
import { CustomResource, Duration } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IVersion } from 'aws-cdk-lib/aws-lambda';
import { Construct, type IConstruct } from 'constructs';
import { profileOf } from '../../functions/bot/menus.ts';
import type { Step } from '../../functions/deployment/cloudformation.ts';
import { BUILD } from '../build.ts';
import { ALLOWED_UPDATES } from '../../functions/telegram/allowed-updates.ts';
import type { StageConfig } from '../stage.ts';
import { BotFunction } from './bot-function.ts';

/** A dozen calls of Telegram, each repeated where it must be, and the answer to CloudFormation. */
const TIMEOUT = Duration.minutes(3);

/** How long CloudFormation waits for the answer; a request that reaches the function later was given up. */
const SERVICE_TIMEOUT = TIMEOUT.plus(Duration.minutes(1));

export interface RegistrationProps {
  readonly config: StageConfig;
  readonly table: TableV2;
  readonly webhookUrl: string;
  /** The version of the webhook function that this deployment gives the traffic to. */
  readonly serving: IVersion;
}

/**
 * The webhook as declared state, in two steps around everything that serves. The function answers CloudFormation itself: a provider framework would add two
 * functions, and nothing here takes longer than one invocation may.
 */
export class Registration extends Construct {
  readonly function: BotFunction;
  /** The steps that Telegram may refuse: nothing that serves is touched until they are done. */
  readonly preparation: CustomResource;
  /** The rest, when somebody answers at the address. */
  readonly resource: CustomResource;

  constructor(scope: Construct, id: string, { config, table, webhookUrl, serving }: RegistrationProps) {
    super(scope, id);
    this.function = new BotFunction(this, 'Function', {
      folder: 'registration',
      grants: 'registration',
      description: 'Tells Telegram where the bot is, what it wants to hear and what its commands are',
      config,
      table,
      timeout: TIMEOUT,
      secrets: ['token', 'webhookSecret'],
    });
    this.function.configureAsyncInvoke({ maxEventAge: SERVICE_TIMEOUT });
    const properties = {
      WebhookUrl: webhookUrl,
      Partitions: String(config.partitions),
      Version: BUILD,
      TakeOverWebhook: String(config.takeOverWebhook),
      DesiredStateHash: desiredStateHash(config),
      // Another table has no layout and does not know the bot. Its name is known only to CloudFormation, so not to the hash.
      TableName: table.tableName,
    };
    this.preparation = this.#step('Preparation', 'Custom::TelegramPreparation', {
      ...properties,
      Step: 'before-traffic' satisfies Step,
    });
    this.resource = this.#step('Webhook', 'Custom::TelegramWebhook', {
      ...properties,
      Step: 'after-traffic' satisfies Step,
      // Another configuration of the same code is a deployment of its own, whose time is noted in this step.
      Serving: serving.version,
    });
  }

  /**
   * Keeps all that serves as it is until Telegram has agreed. A later refusal would cost a rollback of an alias that has
   * moved, by way of CodeDeploy, which may be at work on it still
   * (https://github.com/aws/serverless-application-model/issues/291, and 351 there).
   */
  precede(...serving: IConstruct[]): void {
    for (const construct of serving) construct.node.addDependency(this.preparation);
  }

  #step(id: string, resourceType: string, properties: Record<string, string>): CustomResource {
    const resource = new CustomResource(this, id, {
      serviceToken: this.function.functionArn,
      resourceType,
      serviceTimeout: SERVICE_TIMEOUT,
      properties,
    });
    // The permissions are resources of their own, and the first request comes as soon as the function is there.
    resource.node.addDependency(this.function);
    return resource;
  }
}

/** The hash of everything that registration brings about: a change of it, and nothing else, makes CloudFormation ask again. */
function desiredStateHash(config: StageConfig): string {
  const state = {
    allowedUpdates: ALLOWED_UPDATES,
    profile: profileOf({ adminUserIds: [...config.adminUserIds] }),
    apiRoot: config.environment['TELEGRAM_API_ROOT'],
    parameters: config.parameters,
    secretsRevision: config.secretsRevision,
    version: BUILD,
  };
  return createHash('sha256').update(JSON.stringify(state)).digest('hex');
}
