import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOOK_LIMIT_MS } from '../../functions/deployment/watchdog-round.ts';
import { buildId } from '../../functions/settings/build-id.ts';
import { CALL_BUDGETS, longestCallMs, PROBE_CALL } from '../../functions/aws/call-budgets.ts';
import { CONTEXT_KEYS } from '../../infra/stage.ts';
import { timeoutLadder } from '../../infra/timeouts.ts';
import { describeBundles } from './bundles.ts';
import { isLike } from './local-aws.ts';
import {
  functionNamed,
  listOf,
  resourcesOf,
  statementsOf,
  SYNTHESISED_COMMIT,
  synthesise,
  synthesiseStages,
  type Resource,
  type Synthesised,
  type Template,
} from './synthesised.ts';

const FUNCTIONS = ['Webhook', 'Health', 'Watchdog', 'Registration', 'Rollout', 'Importer'];
/** The parameters that each of them reads; none but the webhook function accepts a former secret. */
const SECRETS_READ: Record<string, string[]> = {
  Webhook: ['telegram-bot-token', 'telegram-webhook-secret', 'telegram-webhook-secret-previous'],
  Watchdog: ['telegram-bot-token', 'telegram-webhook-secret'],
  Registration: ['telegram-bot-token', 'telegram-webhook-secret'],
  Rollout: ['telegram-bot-token', 'telegram-webhook-secret'],
  Importer: ['telegram-bot-token'],
  Health: [],
};
const readText = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');
const RUNBOOK = readText('infra/RUNBOOK.md');

const API_ROOT = 'https://bots.example.com';
const RUNBOOK_URL = 'https://wiki.example.com/bot/runbook';

/** Every key of the context at something else than its default, but for those that have a stage of their own here. */
const EVERY_SETTING = {
  pageEmail: 'night@example.com',
  runbookUrl: RUNBOOK_URL,
  tokenParameter: '/my/own/token',
  webhookSecretParameter: '/my/own/secret',
  previousWebhookSecretParameter: '/my/own/former-secret',
  secretsRevision: '2',
  domainName: 'bot.example.com',
  account: '123456789012',
  region: 'eu-central-1',
  secretsKeyArn: 'arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d',
  partitions: '3',
  takeOverWebhook: 'true',
  rollout: 'canary',
  deployDespiteAlarms: 'true',
  reservedConcurrency: '5',
  tracing: 'true',
  logRetentionDays: '7',
  logLevel: 'DEBUG',
  allowedUserIds: '1,2',
  adminUserIds: '1',
  rateLimitPerMinute: '5',
  scriptTtlDays: '30',
  recordGaps: 'off',
  weeklyNote: 'off',
  maxAttempts: '4',
  maxClockSkewMs: '500',
  handlerDeadlineMs: '10000',
  telegramApiRoot: API_ROOT,
};

const BUILD = buildId({ BUILD_COMMIT: SYNTHESISED_COMMIT });

let dev: Synthesised;
let prodElsewhere: Synthesised;
let prod: Synthesised;
let template: Template;

// cdk-nag runs with every synth: a finding that nobody has argued for would end these.
beforeAll(async () => {
  const context = { alarmEmail: 'ops@example.com', monthlyBudgetUsd: '25' };
  [{ dev, prod }, prodElsewhere] = await Promise.all([
    synthesiseStages({ dev: EVERY_SETTING, prod: context }, { bundled: 'prod' }),
    synthesise('prod', { context, elsewhere: true }),
  ]);
  template = prod.template;
}, 240_000);

afterAll(() => {
  for (const synth of [dev, prod, prodElsewhere]) synth?.remove();
});

function only(type: string, from: Template = template): Resource {
  const found = resourcesOf(from, type);
  expect(found).toHaveLength(1);
  return found[0]![1];
}

describe('synth', () => {
  it('has been tried with every setting there is, tracing among them', () => {
    const tried = [...Object.keys(EVERY_SETTING), 'stage', 'alarmEmail', 'monthlyBudgetUsd', 'disposable'];
    expect(new Set(tried)).toEqual(CONTEXT_KEYS);
    for (const [, { Properties }] of resourcesOf(dev.template, 'AWS::Lambda::Function'))
      expect(Properties['TracingConfig']).toEqual({ Mode: 'Active' });
  });

  it('makes the same template and the same assets twice, from two paths', () => {
    const assets = ({ folder }: Synthesised) =>
      readdirSync(folder)
        .filter((name) => name.startsWith('asset.'))
        .sort();
    expect(prodElsewhere.template).toEqual(prod.template);
    expect(assets(prodElsewhere)).toEqual(assets(prod));
    expect(assets(prod)).toHaveLength(FUNCTIONS.length);
  });

  it('puts no path of the machine, and no secret, into the template or a bundle', () => {
    const files = [
      JSON.stringify(template),
      ...FUNCTIONS.flatMap((name) => prod.filesOf(name)).map((file) => readFileSync(file, 'utf8')),
    ];
    const root = fileURLToPath(new URL('../..', import.meta.url));
    for (const text of files) {
      expect(text).not.toContain(root);
      expect(text).not.toMatch(/\b\d{8,10}:[A-Za-z0-9_-]{35}\b/);
    }
  });

  it('puts the build id into the bundles that tell their version', () => {
    for (const name of ['Webhook', 'Health'])
      expect(readFileSync(prod.bundleOf(name), 'utf8')).toContain(`"${BUILD}"`);
  });

  it('keeps the webhook bundle below 670 KB, as the READMEs say, and without a source map', () => {
    const files = prod.filesOf('Webhook');
    expect(files.reduce((bytes, file) => bytes + statSync(file).size, 0)).toBeLessThan(670 * 1024);
    expect(readText('infra/README.md')).toContain('The webhook bundle has at most 670 KB');
    expect(readText('test/bench/README.md')).toMatch(/\| webhook bundle +\| 670 KB /);
    for (const file of files) expect(readFileSync(file, 'utf8')).not.toContain('sourceMappingURL');
  });

  it('reads tables and archives in the importer alone', () => {
    const readers = FUNCTIONS.filter((name) =>
      prod.filesOf(name).some((file) => readFileSync(file, 'utf8').includes('CSV_QUOTE_NOT_CLOSED')),
    );
    expect(readers).toEqual(['Importer']);
  });
});

describe('the functions', () => {
  it.each(FUNCTIONS)('%s runs on Node 24, on arm64, logs JSON, and has a log group that forgets', (name) => {
    const [, { Properties: properties }] = functionNamed(template, name);
    expect(properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      LoggingConfig: { LogFormat: 'JSON' },
    });
    const { LogGroup } = properties['LoggingConfig'] as { LogGroup: { Ref: string } };
    expect(template.Resources[LogGroup.Ref]?.Properties['RetentionInDays']).toBe(30);
  });

  it('have the table, the service and their level in their environment, and only the names of secrets', () => {
    const [, webhook] = functionNamed(template, 'Webhook');
    const { Variables } = webhook.Properties['Environment'] as { Variables: Record<string, unknown> };
    expect(Variables).toMatchObject({
      POWERTOOLS_SERVICE_NAME: 'AgentFactoryBot-prod',
      TELEGRAM_BOT_TOKEN_PARAMETER: '/agent-factory-bot/prod/telegram-bot-token',
    });
    expect(Object.keys(Variables)).not.toContain('TELEGRAM_BOT_TOKEN');
  });

  it('give the webhook function the time that the ladder says', () => {
    const [, webhook] = functionNamed(template, 'Webhook');
    expect(webhook.Properties['Timeout']).toBe(timeoutLadder(12_000).functionMs / 1_000);
    expect(webhook.Properties['ReservedConcurrentExecutions']).toBeUndefined();
    expect(functionNamed(dev.template, 'Webhook')[1].Properties['ReservedConcurrentExecutions']).toBe(5);
  });
});

describe('the table', () => {
  it('is on demand, forgets by TTL, can be restored, and survives every stack that is not disposable', () => {
    const table = only('AWS::DynamoDB::GlobalTable');
    expect(table.DeletionPolicy).toBe('Retain');
    expect(table.Properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      TimeToLiveSpecification: { AttributeName: 'expires_at', Enabled: true },
      Replicas: [
        {
          DeletionProtectionEnabled: true,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        },
      ],
    });
    const disposable = only('AWS::DynamoDB::GlobalTable', dev.template);
    expect(disposable.DeletionPolicy).toBe('Delete');
    expect(disposable.Properties).toMatchObject({ Replicas: [{ DeletionProtectionEnabled: false }] });
  });
});

describe('permissions', () => {
  const tableStatements = (name: string) =>
    statementsOf(template, name).filter(({ Action }) =>
      listOf(Action).some((action) => action.startsWith('dynamodb:')),
    );
  const actionsOn = (name: string, key: string): string[] =>
    tableStatements(name)
      .filter(({ Condition }) =>
        listOf(Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys']).some((pattern) =>
          isLike(key, pattern),
        ),
      )
      .flatMap(({ Action }) => listOf(Action).map((action) => action.replace('dynamodb:', '')))
      .sort();

  it.each(FUNCTIONS)('%s touches items by partition key only, and may not scan', (name) => {
    for (const statement of tableStatements(name)) {
      expect(
        listOf(statement.Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys']),
      ).not.toHaveLength(0);
      expect(listOf(statement.Action)).not.toContain('dynamodb:Scan');
      expect(listOf(statement.Action).join()).not.toContain('*');
    }
  });

  it('the health function reads, writes nothing, and cannot get the token', () => {
    for (const key of ['UPDATE#1#2', 'KB#CURRENT', 'STATUS', 'STATUS#1']) {
      expect(actionsOn('Health', key)).toEqual(['GetItem']);
    }
    expect(actionsOn('Health', 'LEASE#1')).toEqual(['GetItem', 'Query']);
    expect(actionsOn('Health', 'KB#3')).toEqual([]);
    expect(JSON.stringify(statementsOf(template, 'Health'))).not.toContain('ssm:');
  });

  it('the webhook function may not write atoms, statuses or layouts of others', () => {
    expect(actionsOn('Webhook', 'KB#3')).toEqual(['BatchGetItem', 'GetItem', 'Query']);
    expect(actionsOn('Webhook', 'KB#CURRENT')).toEqual(['BatchGetItem', 'GetItem', 'Query']);
    expect(actionsOn('Webhook', 'STATUS#1')).toEqual(['GetItem']);
    expect(actionsOn('Webhook', 'LEASE#1')).toEqual(['GetItem', 'Query', 'UpdateItem']);
    expect(actionsOn('Webhook', 'SCRIPT#1-2')).toEqual(['DeleteItem', 'GetItem', 'UpdateItem']);
    expect(actionsOn('Webhook', 'SCRIPTS#5')).toEqual(['DeleteItem', 'PutItem', 'Query']);
  });

  it('only the registration says whose table it is', () => {
    const writers = FUNCTIONS.filter((name) => actionsOn(name, 'STATUS').includes('UpdateItem'));
    expect(writers).toEqual(['Registration']);
  });

  it('nobody deletes an outcome, and only the webhook function takes an update off the list of parked ones', () => {
    for (const name of FUNCTIONS) {
      expect(actionsOn(name, 'UPDATE#1#2')).not.toContain('DeleteItem');
      expect(actionsOn(name, 'DEAD#1')).toEqual(
        { Webhook: ['DeleteItem', 'PutItem', 'Query'], Watchdog: ['Query'] }[name] ?? [],
      );
    }
  });

  it('only the importer writes the knowledge base', () => {
    const writers = FUNCTIONS.filter((name) =>
      actionsOn(name, 'KB#3').some((action) => /Put|Write|Update|Delete/.test(action)),
    );
    expect(writers).toEqual(['Importer']);
  });

  it('the pre-traffic hook touches the synthetic lease alone', () => {
    expect(actionsOn('Rollout', 'LEASE#42#synthetic')).toEqual(['GetItem', 'PutItem', 'Query', 'UpdateItem']);
    expect(actionsOn('Rollout', 'LEASE#42')).toEqual([]);
    expect(actionsOn('Rollout', 'UPDATE#42#1')).toEqual([]);
  });

  it.each(Object.entries(SECRETS_READ))('%s reads %j, by their exact names', (name, secrets) => {
    const reading = statementsOf(template, name).filter(({ Action }) =>
      listOf(Action).join().includes('ssm:'),
    );
    expect(reading.flatMap(({ Action }) => listOf(Action))).toEqual(
      secrets.length === 0 ? [] : ['ssm:GetParameters'],
    );
    const resources = reading.flatMap(({ Resource }) => listOf(Resource).map((one) => JSON.stringify(one)));
    expect(resources.join()).not.toContain('*');
    expect(resources.map((one) => /([a-z-]+)"\]\]\}$/.exec(one)?.[1])).toEqual(secrets);
  });
});

describe('the API', () => {
  it('has two routes, to aliases, throttled, with an access log that has no body in it', () => {
    expect(
      resourcesOf(template, 'AWS::ApiGatewayV2::Route')
        .map(([, { Properties }]) => Properties['RouteKey'])
        .sort((one) => (typeof one === 'string' ? 1 : -1)),
    ).toEqual([
      // Behind the stack's own id, which strangers do not know.
      {
        'Fn::Join': [
          '',
          ['POST /telegram/webhook/', { 'Fn::Select': [2, { 'Fn::Split': ['/', { Ref: 'AWS::StackId' }] }] }],
        ],
      },
      'GET /health',
    ]);
    expect(only('Custom::TelegramWebhook').Properties['WebhookUrl']).toEqual(
      template.Outputs['WebhookUrl']!.Value,
    );
    expect(JSON.stringify(template.Outputs['WebhookUrl'])).toContain('AWS::StackId');
    expect(JSON.stringify(template.Outputs['HealthUrl'])).not.toContain('AWS::StackId');
    for (const [, { Properties }] of resourcesOf(template, 'AWS::ApiGatewayV2::Integration')) {
      const { Ref } = Properties['IntegrationUri'] as { Ref: string };
      expect(template.Resources[Ref]?.Type).toBe('AWS::Lambda::Alias');
    }
    const { Properties: stage, DependsOn } = only('AWS::ApiGatewayV2::Stage');
    expect(stage).toMatchObject({
      DefaultRouteSettings: { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 },
    });
    // API Gateway refuses a stage with settings for a route that is not there yet.
    const settled = Object.keys(stage['RouteSettings'] as object);
    const waitedFor = listOf(DependsOn)
      .map((id) => template.Resources[id]!)
      .filter(({ Type }) => Type === 'AWS::ApiGatewayV2::Route')
      .map(({ Properties }) => Properties['RouteKey']);
    expect(settled).toEqual(['GET /health']);
    expect(waitedFor).toEqual(settled);
    const { Format } = stage['AccessLogSettings'] as { Format: string };
    expect(Object.keys(JSON.parse(Format) as object)).toContain('status');
    expect(Format).not.toMatch(/body|header|authorizer/i);
  });
});

describe('the registration', () => {
  /** The version of a function that the second step names. */
  const serving = (of: Template): string => {
    const { Serving } = only('Custom::TelegramWebhook', of).Properties as {
      Serving: { 'Fn::GetAtt': [string, string] };
    };
    return Serving['Fn::GetAtt'][0];
  };

  it('sets the webhook after everything that has to answer first', () => {
    const resource = only('Custom::TelegramWebhook');
    expect(resource.Properties).toMatchObject({
      Version: BUILD,
      Partitions: '32',
      TakeOverWebhook: 'false',
    });
    expect(resource.Properties['DesiredStateHash']).toMatch(/^[0-9a-f]{64}$/);
    expect(template.Resources[serving(template)]?.Properties['FunctionName']).toEqual({
      Ref: functionNamed(template, 'Webhook')[0],
    });
    const awaited = listOf(resource.DependsOn).map((id) => template.Resources[id]?.Type);
    expect(awaited).toEqual(
      expect.arrayContaining([
        'AWS::Lambda::Alias',
        'AWS::ApiGatewayV2::Stage',
        'AWS::ApiGatewayV2::Route',
        'AWS::IAM::Policy',
      ]),
    );
  });

  it('asks for what may be refused before anything that serves is touched', () => {
    /** All that a resource waits for, however far back. */
    const awaitedBy = (id: string, seen = new Set<string>()): Set<string> => {
      const { DependsOn, Properties } = template.Resources[id]!;
      const named = [...JSON.stringify(Properties).matchAll(/"(?:Ref|Fn::GetAtt)":\[?"(\w+)"/g)].map(
        ([, to]) => to!,
      );
      for (const next of [...listOf(DependsOn), ...named])
        if (next in template.Resources && !seen.has(next)) awaitedBy(next, seen.add(next));
      return seen;
    };
    const [[preparation]] = resourcesOf(template, 'Custom::TelegramPreparation') as [[string, Resource]];
    const serving = [
      'AWS::Lambda::Function',
      'AWS::Lambda::Version',
      'AWS::Lambda::Alias',
      'AWS::Logs::LogGroup',
    ]
      .flatMap((type) => resourcesOf(template, type))
      .map(([id]) => id)
      .filter((id) => !/^(Registration|WebhookApiAccessLogs)/.test(id));
    expect(serving.length).toBeGreaterThan(12);
    expect(serving.filter((id) => !awaitedBy(id).has(preparation))).toEqual([]);
    expect(serving.filter((id) => awaitedBy(preparation).has(id))).toEqual([]);
  });

  it('is asked again when anything of the desired state changes, and only then', () => {
    const hash = (of: Template) => only('Custom::TelegramWebhook', of).Properties['DesiredStateHash'];
    expect(hash(prodElsewhere.template)).toBe(hash(template));
    expect(hash(dev.template)).not.toBe(hash(template));
    // And by its second step, which notes since when a deployment serves, with each other version of the function.
    expect(serving(prodElsewhere.template)).toBe(serving(template));
    expect(serving(dev.template)).not.toBe(serving(template));
  });
});

describe('the budget', () => {
  it('is of the whole account, and there where a stage asks for one', () => {
    expect(resourcesOf(dev.template, 'AWS::Budgets::Budget')).toEqual([]);
    const { Properties } = only('AWS::Budgets::Budget');
    expect(Properties).toMatchObject({
      Budget: { BudgetType: 'COST', TimeUnit: 'MONTHLY', BudgetLimit: { Amount: 25, Unit: 'USD' } },
      NotificationsWithSubscribers: [
        { Notification: { NotificationType: 'ACTUAL', Threshold: 80 } },
        { Notification: { NotificationType: 'FORECASTED', Threshold: 100 } },
      ],
    });
    expect(JSON.stringify(Properties)).toContain('ops@example.com');
    expect(JSON.stringify(Properties)).not.toContain('CostFilters');
  });
});

describe('the versions', () => {
  it('stay for an alias to go back to, but for those of a deployment that failed', () => {
    const versions = resourcesOf(template, 'AWS::Lambda::Version');
    expect(versions).toHaveLength(2);
    for (const [, { DeletionPolicy, UpdateReplacePolicy }] of versions) {
      expect({ DeletionPolicy, UpdateReplacePolicy }).toEqual({
        DeletionPolicy: 'RetainExceptOnCreate',
        UpdateReplacePolicy: 'Retain',
      });
    }
  });
});

describe('the rollout', () => {
  it('goes through CodeDeploy: a hook first, alarms meanwhile, back by itself', () => {
    const [, alias] = resourcesOf(template, 'AWS::Lambda::Alias').find(([id]) => id.startsWith('Webhook'))!;
    expect(alias.UpdatePolicy).toMatchObject({
      CodeDeployLambdaAliasUpdate: { BeforeAllowTrafficHook: { Ref: functionNamed(template, 'Rollout')[0] } },
    });
    const group = only('AWS::CodeDeploy::DeploymentGroup').Properties;
    expect(group).toMatchObject({
      AutoRollbackConfiguration: {
        Enabled: true,
        Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_REQUEST', 'DEPLOYMENT_STOP_ON_ALARM'],
      },
      DeploymentConfigName: 'CodeDeployDefault.LambdaAllAtOnce',
    });
    expect((group['AlarmConfiguration'] as { Alarms: unknown[] }).Alarms).toHaveLength(3);
    expect(only('AWS::CodeDeploy::DeploymentGroup', dev.template).Properties['DeploymentConfigName']).toBe(
      'CodeDeployDefault.LambdaCanary10Percent5Minutes',
    );
  });
});

describe('the hook', () => {
  it('has time left to report when Lambda refused the probe as long as it may, and then took as long as it may', () => {
    const [, { Properties }] = functionNamed(template, 'Rollout');
    const spare = Number(Properties['Timeout']) * 1_000 - PROBE_CALL.refusedForMs - PROBE_CALL.withinMs;
    expect(spare).toBeGreaterThanOrEqual(15_000);
    expect(spare).toBeGreaterThan(longestCallMs(CALL_BUDGETS.rollout));
  });
});

describe('the watchdog', () => {
  it('goes its round every minute, and repeats none', () => {
    const rule = only('AWS::Events::Rule').Properties;
    expect(rule['ScheduleExpression']).toBe('rate(1 minute)');
    expect(rule['Targets']).toMatchObject([{ RetryPolicy: { MaximumRetryAttempts: 0 } }]);
  });

  it('has time left to tell what it saw when a look took all of its own', () => {
    const [, { Properties }] = functionNamed(template, 'Watchdog');
    expect(Number(Properties['Timeout']) * 1_000 - LOOK_LIMIT_MS).toBeGreaterThanOrEqual(5_000);
  });
});

describe('alarms', () => {
  const propertiesOf = (type: string) => resourcesOf(template, type).map(([, { Properties }]) => Properties);
  const onMetrics = () => propertiesOf('AWS::CloudWatch::Alarm');
  const composites = () => propertiesOf('AWS::CloudWatch::CompositeAlarm');
  const alarms = () => [...onMetrics(), ...composites()];
  const idOf = (alarm: Record<string, unknown>) => String(alarm['AlarmName']).split('-').at(-1)!;
  const alarmOf = (id: string) => alarms().find((alarm) => idOf(alarm) === id);
  const topicOf = (kind: 'Pages' | 'Tickets') => {
    const [only, another] = resourcesOf(template, 'AWS::SNS::Topic').filter(([id]) => id.includes(kind));
    expect(another).toBeUndefined();
    return { Ref: only![0] };
  };
  /** The alarms that a composite is made of. */
  const partsOf = (id: string): string[] =>
    [...JSON.stringify(alarmOf(id)!['AlarmRule']).matchAll(/"Fn::GetAtt":\["(\w+)"/g)].map(([, part]) =>
      idOf(template.Resources[part!]!.Properties),
    );

  it('each say what they mean, and treat silence on purpose', () => {
    expect(alarms().length).toBeGreaterThan(20);
    for (const alarm of alarms())
      expect(alarm['AlarmDescription']).toMatch(/^[A-Z].{20,}\. What to do: infra\/RUNBOOK\.md#[a-z]+$/);
    for (const alarm of onMetrics())
      expect(['notBreaching', 'breaching', 'ignore']).toContain(alarm['TreatMissingData']);
  });

  it('each reach somebody by one way: a topic of their severity, or as a part of one alarm that does', () => {
    const parts = [...partsOf('UsersNotServed'), ...partsOf('Degraded')];
    expect(new Set(parts).size).toBe(parts.length);
    for (const alarm of onMetrics()) {
      const told = parts.includes(idOf(alarm)) ? undefined : [topicOf('Tickets')];
      expect(alarm['AlarmActions'], idOf(alarm)).toEqual(told);
      expect(alarm['OKActions'], idOf(alarm)).toEqual(told);
    }
    expect(alarmOf('UsersNotServed')).toMatchObject({
      AlarmActions: [topicOf('Pages')],
      OKActions: [topicOf('Pages')],
    });
    expect(alarmOf('Degraded')).toMatchObject({
      AlarmActions: [topicOf('Tickets')],
      OKActions: [topicOf('Tickets')],
    });
  });

  it('have one page of all pages, which keeps the ticket of all symptoms back', () => {
    const [page] = resourcesOf(template, 'AWS::CloudWatch::CompositeAlarm').find(([id]) =>
      id.includes('UsersNotServed'),
    )!;
    expect(alarmOf('Degraded')).toMatchObject({ ActionsSuppressor: { 'Fn::GetAtt': [page, 'Arn'] } });
    // The page that comes last of them has to come in time.
    expect(alarmOf('Degraded')!['ActionsSuppressorWaitPeriod']).toBeGreaterThan(
      60 * Number(alarmOf('ServiceDown')!['EvaluationPeriods']),
    );
  });

  it('leave the service as it was seen last where the watchdog cannot tell, and notice when it does not look at all', () => {
    expect(alarmOf('ServiceDown')).toMatchObject({ TreatMissingData: 'ignore' });
    expect(alarmOf('WatchdogSilent')).toMatchObject({
      MetricName: 'Served',
      Statistic: 'SampleCount',
      TreatMissingData: 'breaching',
    });
  });

  it('each have their section in the runbook, and each such section its alarm', () => {
    const anchors = alarms()
      .map(({ AlarmDescription }) => String(AlarmDescription).split('#').at(-1))
      .sort();
    const sections = alarmSections().map((section) => section.split('\n')[0]!.toLowerCase());
    expect(anchors).toEqual(sections.sort());
  });

  it('say there whom they reach, what they mean, where to look and what to do', () => {
    for (const section of alarmSections()) {
      expect(section).toMatch(
        /^\w+\n\n(Page|Ticket|Symptom)\. [A-Z`][^]+?\n\n- \*\*Look\*\*: .{9,}[^]*\n- \*\*Do\*\*: .{9,}/,
      );
      const [, id = '', kind = ''] = /^(\w+)\n\n(\w+)\./.exec(section)!;
      const parts = { Page: partsOf('UsersNotServed'), Symptom: partsOf('Degraded') }[kind];
      if (parts === undefined || id === 'UsersNotServed')
        expect(alarmOf(id)?.['AlarmActions'], id).toEqual([topicOf(kind === 'Page' ? 'Pages' : 'Tickets')]);
      else expect(parts).toContain(id);
    }
  });

  it('have something to be done about each', () => {
    for (const section of alarmSections())
      expect(section).not.toMatch(/nothing to do|\*\*Do\*\*: (nothing|wait)\b/i);
  });

  it('go to an address only when one is given, and pages to another where there is one', () => {
    const subscribed = propertiesOf('AWS::SNS::Subscription');
    expect(subscribed).toHaveLength(2);
    for (const one of subscribed)
      expect(one).toMatchObject({ Protocol: 'email', Endpoint: 'ops@example.com' });
    const ofDev = resourcesOf(dev.template, 'AWS::SNS::Subscription').map(
      ([, { Properties }]) => Properties['Endpoint'],
    );
    expect(ofDev).toEqual(['night@example.com']);
  });

  it('name the address of the runbook where there is one', () => {
    const [, { Properties }] = resourcesOf(dev.template, 'AWS::CloudWatch::CompositeAlarm')[0]!;
    expect(Properties['AlarmDescription']).toContain(`What to do: ${RUNBOOK_URL}#`);
  });
});

/** The section of the runbook on each alarm, its heading first. */
function alarmSections(): string[] {
  const [, ofAlarms = ''] = RUNBOOK.split(/^## Alarms$/m);
  return (ofAlarms.split(/^## /m)[0] ?? '').split(/^### /m).slice(1);
}

describe('a name that the runbook gives', () => {
  it('is an output of the stack', () => {
    const named = [...RUNBOOK.matchAll(/(?:\$\(out |`logs |`out |^out )(\w+)/gm)].map(([, name]) => name!);
    expect(named.length).toBeGreaterThan(20);
    for (const name of named.filter((each) => each !== '$1')) expect(template.Outputs).toHaveProperty(name);
  });

  it('is a command of the operator', () => {
    const folder = fileURLToPath(new URL('../../functions/cli/commands', import.meta.url));
    const typed = [...RUNBOOK.matchAll(/(?:`|^)bot ([a-z]+)(?: ([a-z]+))?/gm)];
    expect(typed.length).toBeGreaterThan(20);
    for (const [, command = '', sub = ''] of typed) {
      expect(existsSync(`${folder}/${command}.ts`), command).toBe(true);
      if (existsSync(`${folder}/${command}`))
        expect(existsSync(`${folder}/${command}/${sub}.ts`), `${command} ${sub}`).toBe(true);
    }
  });

  it('is a title of the dashboard, or a heading', () => {
    const dashboard = JSON.stringify(resourcesOf(template, 'AWS::CloudWatch::Dashboard'));
    const headings = [...RUNBOOK.matchAll(/^###? (.+)$/gm)].map(([, title]) => title!);
    const named = [...RUNBOOK.matchAll(/(?<![\w`])_([A-Z][^_\n]+)_(?!\w)/g)].map(([, title]) => title!);
    expect(named.length).toBeGreaterThan(10);
    for (const title of named.filter((each) => !headings.includes(each) && each !== 'Rotating'))
      expect(dashboard).toContain(title);
  });
});

describe('the stack', () => {
  it('says where everything is', () => {
    expect(Object.keys(template.Outputs)).toEqual(
      expect.arrayContaining(['WebhookUrl', 'HealthUrl', 'TableName', 'DashboardUrl', 'Version']),
    );
    expect(template.Outputs['Version']?.Value).toBe(BUILD);
  });

  it('says what the operator’s command needs of the context', () => {
    expect(template.Outputs['TokenParameter']?.Value).toBe('/agent-factory-bot/prod/telegram-bot-token');
    expect(template.Outputs['TelegramApiRoot']).toBeUndefined();
    expect(dev.template.Outputs['TelegramApiRoot']?.Value).toBe(API_ROOT);
  });

  it('says what the logs of each function are called', () => {
    for (const name of FUNCTIONS) {
      const [, { Properties: properties }] = functionNamed(template, name);
      const { LogGroup } = properties['LoggingConfig'] as { LogGroup: { Ref: string } };
      expect(template.Outputs[`${name}LogGroup`]?.Value).toEqual(LogGroup);
    }
  });

  it('tags what it makes', () => {
    const [, topic] = resourcesOf(template, 'AWS::SNS::Topic')[0]!;
    const tags = topic.Properties['Tags'];
    expect(tags).toEqual(
      expect.arrayContaining([
        { Key: 'stage', Value: 'prod' },
        { Key: 'application', Value: 'agent-factory-bot' },
      ]),
    );
  });
});

describeBundles(() => prod);
