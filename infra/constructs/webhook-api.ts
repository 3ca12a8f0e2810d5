import { Aws, Fn, RemovalPolicy } from 'aws-cdk-lib';
import type { CfnStage } from 'aws-cdk-lib/aws-apigatewayv2';
import {
  CfnApiMapping,
  HttpApi,
  HttpMethod,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
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
    const webhookPath = `${WEBHOOK_PATH}/${stackUuid()}`;
    new HttpRoute(this.api, 'WebhookRoute', {
      httpApi: this.api,
      routeKey: HttpRouteKey.with(webhookPath, HttpMethod.POST),
      integration: new HttpLambdaIntegration('Webhook', webhook),
    });
    const healthRoutes = this.api.addRoutes({
      path: HEALTH_PATH,
      methods: [HttpMethod.GET],
      integration: new HttpLambdaIntegration('Health', health),
    });
    this.accessLogs = new LogGroup(this, 'AccessLogs', {
      // Log delivery writes what it may into one policy of the account, which is soon full of groups without this prefix.
      // The stack's own id in the name: one that stayed from an earlier stack is in nobody's way.
      logGroupName: `/aws/vendedlogs/apigateway/${config.stackName}-${stackUuid()}`,
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
    this.webhookUrl = `${this.#origin(config.domainName)}${webhookPath}`;
    this.healthUrl = `${this.api.apiEndpoint}${HEALTH_PATH}`;
  }

  /** A domain name, its certificate and its DNS record are older than any stack that is mapped to it, and outlive it. */
  #origin(domainName: string | undefined): string {
    if (domainName === undefined) return this.api.apiEndpoint;
    const mapping = new CfnApiMapping(this, 'Mapping', {
      domainName,
      apiId: this.api.apiId,
      stage: this.stage.stageName,
    });
    mapping.node.addDependency(this.stage);
    return `https://${domainName}`;
  }
}

/**
 * Nobody can guess it: as a path it is known to Telegram and to those who may read the stack. Strangers who know the API, by `/health`, meet no route and no
 * function behind it, and spend nothing of the route's own limit, which is Telegram's alone. The secret still decides.
 */
function stackUuid(): string {
  // arn:aws:cloudformation:REGION:ACCOUNT:stack/NAME/UUID
  return Fn.select(2, Fn.split('/', Aws.STACK_ID));
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
    // In place of its words, which come unescaped: a quotation mark in them would end the line's JSON.
    lambda_status: '$context.integration.integrationStatus',
    response_bytes: '$context.responseLength',
  };
  return AccessLogFormat.custom(JSON.stringify(fields));
}
