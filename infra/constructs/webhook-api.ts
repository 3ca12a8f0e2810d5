import { RemovalPolicy } from 'aws-cdk-lib';
import type { CfnStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpApi, HttpMethod, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { HEALTH_PATH, WEBHOOK_PATH } from '../../functions/http/paths.ts';
import type { StageConfig } from '../stage.ts';

/** Telegram delivers over at most 100 connections; what is beyond this is nobody's we know. */
const REQUESTS_A_SECOND = 100;
const BURST = 200;
/** Enough for a load balancer's or a person's curiosity. */
const HEALTH_REQUESTS_A_SECOND = 5;

export interface WebhookApiProps {
  readonly config: StageConfig;
  /** An alias, so that a rollout decides which version answers. */
  readonly webhook: IFunction;
  readonly health: IFunction;
}

/** The two routes, throttled, with an access log that has no body and no header of a request in it. */
export class WebhookApi extends Construct {
  readonly api: HttpApi;
  readonly stage: HttpStage;
  readonly webhookUrl: string;
  readonly healthUrl: string;
  readonly accessLogs: LogGroup;

  constructor(scope: Construct, id: string, { config, webhook, health }: WebhookApiProps) {
    super(scope, id);
    this.api = new HttpApi(this, 'Api', { apiName: config.stackName, createDefaultStage: false });
    this.api.addRoutes({
      path: WEBHOOK_PATH,
      methods: [HttpMethod.POST],
      integration: new HttpLambdaIntegration('Webhook', webhook),
    });
    const healthRoutes = this.api.addRoutes({
      path: HEALTH_PATH,
      methods: [HttpMethod.GET],
      integration: new HttpLambdaIntegration('Health', health),
    });
    this.accessLogs = new LogGroup(this, 'AccessLogs', {
      retention: config.logRetentionDays as RetentionDays,
      removalPolicy: config.isRetained ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    this.stage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: REQUESTS_A_SECOND, burstLimit: BURST },
      accessLogSettings: { destination: new LogGroupLogDestination(this.accessLogs), format: accessLog() },
    });
    throttleHealth(this.stage);
    // A stage that names a route is refused while there is none: https://github.com/aws/serverless-application-model/issues/2479
    this.stage.node.addDependency(...healthRoutes);
    this.webhookUrl = `${this.api.apiEndpoint}${WEBHOOK_PATH}`;
    this.healthUrl = `${this.api.apiEndpoint}${HEALTH_PATH}`;
  }
}

function throttleHealth(stage: HttpStage): void {
  const { node } = stage;
  const cfnStage = node.defaultChild as CfnStage;
  cfnStage.routeSettings = {
    [`GET ${HEALTH_PATH}`]: {
      ThrottlingRateLimit: HEALTH_REQUESTS_A_SECOND,
      ThrottlingBurstLimit: HEALTH_REQUESTS_A_SECOND * 2,
    },
  };
}

function accessLog(): AccessLogFormat {
  const fields = {
    time: '$context.requestTime',
    request_id: '$context.requestId',
    source_ip: '$context.identity.sourceIp',
    route: '$context.routeKey',
    status: '$context.status',
    latency_ms: '$context.responseLatency',
    integration_latency_ms: '$context.integrationLatency',
    integration_error: '$context.integrationErrorMessage',
    response_bytes: '$context.responseLength',
  };
  return AccessLogFormat.custom(JSON.stringify(fields));
}
