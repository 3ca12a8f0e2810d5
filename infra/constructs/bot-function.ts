import { fileURLToPath } from 'node:url';
import type { Duration } from 'aws-cdk-lib';
import { AssetHashType, DockerImage, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  type AssetCode,
  Code,
  Function,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { buildSync } from 'esbuild';
import { BUNDLING } from '../bundling.ts';
import { BUILD } from '../build.ts';
import { GRANTS, tableStatements } from '../permissions.ts';
import type { StageConfig } from '../stage.ts';
import { SECRET_VARIABLES } from '../variables.ts';

const FUNCTIONS = fileURLToPath(new URL('../../functions', import.meta.url));

export interface BotFunctionProps {
  /** Folder below functions/ with the handler, and the name of its grants. */
  readonly folder: keyof typeof GRANTS | 'rollout';
  readonly grants: keyof typeof GRANTS;
  readonly description: string;
  readonly config: StageConfig;
  readonly table: TableV2;
  readonly timeout: Duration;
  /** @default 512 */
  readonly memoryMb?: number;
  /** Which secrets it may read. @default none */
  readonly secrets?: readonly (keyof StageConfig['parameters'])[];
  /** @default nothing beyond the variables that every function has */
  readonly environment?: Readonly<Record<string, string>>;
  /** @default not reserved */
  readonly reservedConcurrency?: number;
}

/** One of the bot's functions: bundled whole, logging JSON, allowed what it does and no more. */
export class BotFunction extends Function {
  constructor(scope: Construct, id: string, props: BotFunctionProps) {
    const { folder, config, table, secrets = [] } = props;
    const { environment: settings } = config;
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      retention: config.logRetentionDays as RetentionDays,
      // Also when its creation is rolled back: that is when somebody wants to read why.
      removalPolicy: config.isRetained ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    super(scope, id, {
      description: props.description,
      code: bundleOf(`${FUNCTIONS}/${folder}`),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      timeout: props.timeout,
      memorySize: props.memoryMb ?? 512,
      ...(props.reservedConcurrency !== undefined && {
        reservedConcurrentExecutions: props.reservedConcurrency,
      }),
      tracing: config.tracing ? Tracing.ACTIVE : Tracing.DISABLED,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: lambdaLogLevel(settings['LOG_LEVEL']),
      systemLogLevelV2: SystemLogLevel.INFO,
      logGroup,
      // Not the managed policy, which lets a function write into every log group of the account.
      role: new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }),
      // The version before stays, for an alias to be pointed back at. One that came with a deployment that failed goes:
      // Lambda publishes no second version of the same code, so the next try of it would fail because it exists
      // (https://github.com/aws/aws-cdk/issues/28252).
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE },
      environment: {
        TABLE_NAME: table.tableName,
        POWERTOOLS_SERVICE_NAME: config.stackName,
        ...settings,
        ...Object.fromEntries(secrets.map((name) => [SECRET_VARIABLES[name], config.parameters[name]])),
        // Another revision is another version, whose environments have read nothing yet.
        ...(secrets.length > 0 && { SECRETS_REVISION: config.secretsRevision }),
        ...props.environment,
      },
    });
    logGroup.grantWrite(this);
    for (const statement of tableStatements(table, GRANTS[props.grants])) this.addToRolePolicy(statement);
    const names = secrets.map((name) => config.parameters[name]);
    for (const statement of readingOf(scope, names, config.secretsKeyArn)) this.addToRolePolicy(statement);
  }
}

function bundleOf(folder: string): AssetCode {
  const tryBundle = (outdir: string): boolean => {
    const entryPoints = [{ in: `${folder}/handler.ts`, out: 'index' }];
    buildSync({ ...BUNDLING, entryPoints, outdir, define: { BUILD_ID: JSON.stringify(BUILD) } });
    return true;
  };
  return Code.fromAsset(folder, {
    assetHashType: AssetHashType.OUTPUT,
    // No image is ever pulled: esbuild comes with the project.
    bundling: { image: DockerImage.fromRegistry('scratch'), local: { tryBundle } },
  });
}

/** One function, or one version of one; `grantInvoke` would add everything behind the colon. */
export function invoking(functionArn: string): PolicyStatement {
  return new PolicyStatement({
    effect: Effect.ALLOW,
    actions: ['lambda:InvokeFunction'],
    resources: [functionArn],
  });
}

/** The key of SSM's own encryption needs no permission beside the first; one's own does, for these parameters alone. */
function readingOf(scope: Construct, names: string[], keyArn: string | undefined): PolicyStatement[] {
  if (names.length === 0) return [];
  const stack = Stack.of(scope);
  const parameters = names.map((name) =>
    stack.formatArn({ service: 'ssm', resource: 'parameter', resourceName: name.slice(1) }),
  );
  const reading = new PolicyStatement({
    effect: Effect.ALLOW,
    actions: ['ssm:GetParameters'],
    resources: parameters,
  });
  if (keyArn === undefined) return [reading];
  const decrypting = new PolicyStatement({
    effect: Effect.ALLOW,
    actions: ['kms:Decrypt'],
    resources: [keyArn],
    // https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html
    conditions: { StringEquals: { 'kms:EncryptionContext:PARAMETER_ARN': parameters } },
  });
  return [reading, decrypting];
}

/**
 * Below which Lambda drops a line. Never above INFO, whatever the operator wants to read: metrics are lines without a
 * level, which Lambda takes for INFO, and no alarm would ever hear of them again
 * (https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html). The functions themselves
 * keep to `LOG_LEVEL` (functions/telemetry/levelled-logger.ts).
 */
function lambdaLogLevel(logLevel: string | undefined): ApplicationLogLevel {
  return logLevel?.toUpperCase() === 'DEBUG' ? ApplicationLogLevel.DEBUG : ApplicationLogLevel.INFO;
}
