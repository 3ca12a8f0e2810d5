import { CfnOutput, Duration, Stack, Tags } from 'aws-cdk-lib';
import { Alias } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { BUILD } from './build.ts';
import { BotFunction } from './constructs/bot-function.ts';
import { DataTable } from './constructs/data-table.ts';
import { Importer } from './constructs/importer.ts';
import { Observability } from './constructs/observability.ts';
import { Registration } from './constructs/registration.ts';
import { Rollout } from './constructs/rollout.ts';
import { SavedQueries } from './constructs/saved-queries.ts';
import { Watchdog } from './constructs/watchdog.ts';
import { WebhookApi } from './constructs/webhook-api.ts';
import { WebhookFunction } from './constructs/webhook-function.ts';
import type { StageConfig } from './stage.ts';

/** Everything that one stage of the bot is on AWS. */
export class BotStack extends Stack {
  readonly rollout: Rollout;

  constructor(scope: Construct, config: StageConfig) {
    super(scope, config.stackName, {
      env: config.env,
      description: `agent-factory-bot ${BUILD}, stage ${config.stage}`,
      terminationProtection: config.isRetained,
    });
    this.#tag(config.stage);

    const table = new DataTable(this, 'Table', { isRetained: config.isRetained });
    const importer = new Importer(this, 'Importer', { config, table });
    const webhook = new WebhookFunction(this, 'Webhook', { config, table, importer: importer.function });
    const health = this.#health(config, table);
    const healthAlias = new Alias(this, 'HealthAlias', { aliasName: 'live', version: health.currentVersion });
    const answering = { webhook: webhook.alias, health: healthAlias };
    const webhookApi = new WebhookApi(this, 'WebhookApi', { config, ...answering });
    const { api, webhookUrl, healthUrl, accessLogs } = webhookApi;
    const watchdog = new Watchdog(this, 'Watchdog', { config, table, healthUrl });
    const observability = new Observability(this, 'Observability', {
      config,
      table,
      webhook,
      health: healthAlias,
      watchdog: watchdog.function,
      importer: importer.function,
      api,
    });
    const { rolloutAlarms: alarms, watchdogSilent } = observability;
    this.rollout = new Rollout(this, 'Rollout', { config, table, webhook, alarms });
    this.#saveQueries({
      config,
      webhook: webhook.function,
      watchdog: watchdog.function,
      accessLogs,
      others: [health, importer.function, this.rollout.hook],
    });
    const serving = webhook.function.currentVersion;
    const registration = new Registration(this, 'Registration', { config, table, webhookUrl, serving });
    registration.precede(webhook, health, health.logGroup, healthAlias, watchdog, importer, this.rollout);
    // The registration gives Telegram a new address only when somebody answers there.
    registration.resource.node.addDependency(webhookApi, webhook.alias, this.rollout.group);
    watchdogSilent.node.addDependency(registration.resource);

    const apiRoot = config.environment['TELEGRAM_API_ROOT'];
    this.#tell({
      WebhookUrl: webhookUrl,
      HealthUrl: healthUrl,
      TableName: table.tableName,
      DashboardUrl: observability.dashboardUrl,
      PageTopicArn: observability.pages.topicArn,
      TicketTopicArn: observability.tickets.topicArn,
      Version: BUILD,
      Stage: config.stage,
      TokenParameter: config.parameters.token,
      WebhookSecretParameter: config.parameters.webhookSecret,
      PreviousWebhookSecretParameter: config.parameters.previousWebhookSecret,
      ...(apiRoot !== undefined && { TelegramApiRoot: apiRoot }),
      ...(config.secretsKeyArn !== undefined && { SecretsKeyArn: config.secretsKeyArn }),
      // The names that infra/RUNBOOK.md asks for.
      WebhookFunction: webhook.function.functionName,
      WebhookLogGroup: webhook.function.logGroup.logGroupName,
      HealthLogGroup: health.logGroup.logGroupName,
      WatchdogLogGroup: watchdog.function.logGroup.logGroupName,
      ImporterLogGroup: importer.function.logGroup.logGroupName,
      RegistrationLogGroup: registration.function.logGroup.logGroupName,
      RolloutLogGroup: this.rollout.hook.logGroup.logGroupName,
      AccessLogGroup: accessLogs.logGroupName,
    });
  }

  #health(config: StageConfig, table: DataTable): BotFunction {
    return new BotFunction(this, 'Health', {
      folder: 'health',
      grants: 'health',
      description: 'Answers GET /health',
      config,
      table,
      timeout: Duration.seconds(10),
    });
  }

  #saveQueries(about: {
    config: StageConfig;
    webhook: BotFunction;
    watchdog: BotFunction;
    accessLogs: ILogGroup;
    others: BotFunction[];
  }): void {
    const { config, webhook, watchdog, accessLogs, others } = about;
    new SavedQueries(this, 'Queries', {
      stackName: config.stackName,
      webhook: webhook.logGroup,
      watchdog: watchdog.logGroup,
      accessLogs,
      all: [webhook, watchdog, ...others].map(({ logGroup }) => logGroup),
    });
  }

  #tell(outputs: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }

  #tag(stage: string): void {
    Tags.of(this).add('application', 'agent-factory-bot');
    Tags.of(this).add('stage', stage);
  }
}
