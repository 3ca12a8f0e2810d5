import { readFileSync } from 'node:fs';
import { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { BotStack } from '../../infra/bot-stack.ts';
import { BUNDLING } from '../../infra/bundling.ts';
import { stageOf } from '../../infra/stage.ts';
import { cdkContext, type Statement } from './synthesised.ts';
import { unbundledApp } from './unbundled-app.ts';

interface Resource {
  Properties: Record<string, unknown>;
}

function stackWith(context: Record<string, string>): Template {
  const stage = stageOf({ ...cdkContext(), stage: 'dev', ...context });
  return Template.fromStack(new BotStack(unbundledApp(), stage));
}

function only(template: Template, type: string): Resource['Properties'] {
  const found = Object.values(template.findResources(type)) as Resource[];
  expect(found).toHaveLength(1);
  return found[0]!.Properties;
}

/** A value as long as CloudFormation may make it: names of up to 64 characters; regions and domains are shorter. */
function deployed(value: unknown): string {
  if (typeof value === 'string') return value;
  const { Ref, 'Fn::Join': join } = value as { Ref?: string; 'Fn::Join'?: [string, unknown[]] };
  if (join !== undefined) return join[1].map(deployed).join(join[0]);
  return 'x'.repeat(Ref?.startsWith('AWS::') ? 16 : 64);
}

describe('a deployment', () => {
  let ordinary: Template;
  let despiteAlarms: Template;
  beforeAll(() => {
    ordinary = stackWith({});
    despiteAlarms = stackWith({ deployDespiteAlarms: 'true' });
  });

  const group = (template: Template) => only(template, 'AWS::CodeDeploy::DeploymentGroup');

  it('is kept back and taken back by alarms', () => {
    expect(group(ordinary)).toMatchObject({
      AlarmConfiguration: { Enabled: true },
      AutoRollbackConfiguration: { Events: expect.arrayContaining(['DEPLOYMENT_STOP_ON_ALARM']) as string[] },
    });
  });

  it('of a fix is not kept back by the alarm of the defect when it says so, and still goes through the hook', () => {
    const { AlarmConfiguration, AutoRollbackConfiguration } = group(despiteAlarms);
    expect(AlarmConfiguration).toMatchObject({ Enabled: false });
    const { Events } = AutoRollbackConfiguration as { Events: string[] };
    expect([...Events].sort()).toEqual(['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_REQUEST']);
    const aliases = Object.values(despiteAlarms.findResources('AWS::Lambda::Alias'));
    expect(JSON.stringify(aliases)).toContain('BeforeAllowTrafficHook');
  });

  it('changes nothing but its own rules by saying so', () => {
    const others = (template: Template) =>
      Object.entries(template.toJSON().Resources as Record<string, { Type: string }>).filter(
        ([, { Type }]) => Type !== 'AWS::CodeDeploy::DeploymentGroup',
      );
    expect(others(despiteAlarms)).toEqual(others(ordinary));
  });

  it('has no function with more variables than Lambda takes when its settings are as long as they may be', () => {
    let context: Record<string, string> = {};
    const fits = (count: number): boolean => {
      const adminUserIds = Array.from({ length: count }, () => '1').join();
      try {
        stageOf({ ...cdkContext(), stage: 'dev', adminUserIds });
        context = { adminUserIds };
        return true;
      } catch {
        return false;
      }
    };
    let count = 0;
    while (fits(count + 1)) count += 1;
    expect(count).toBeGreaterThan(1_000);
    const functions = Object.values(stackWith(context).findResources('AWS::Lambda::Function')) as Resource[];
    const sizes = functions.map(({ Properties }) => {
      const { Variables = {} } = (Properties['Environment'] ?? {}) as { Variables?: Record<string, unknown> };
      const told = Object.entries(Variables).map(([name, value]) => [name, deployed(value)]);
      return Buffer.byteLength(JSON.stringify(Object.fromEntries(told)));
    });
    expect(sizes).toHaveLength(6);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(4_096);
    expect(Math.max(...sizes)).toBeGreaterThan(3_700);
  });

  it('runs on the Node.js that .nvmrc names, which its bundles are made for', () => {
    const major = readFileSync(new URL('../../.nvmrc', import.meta.url), 'utf8').trim();
    const functions = Object.values(ordinary.findResources('AWS::Lambda::Function')) as Resource[];
    expect(functions.map(({ Properties }) => Properties['Runtime'])).toEqual(
      Array<string>(6).fill(`nodejs${major}.x`),
    );
    expect(BUNDLING.target).toBe(`node${major}`);
  });

  it('registers anew when its table is another one', () => {
    const [table] = Object.keys(ordinary.findResources('AWS::DynamoDB::GlobalTable'));
    expect(only(ordinary, 'Custom::TelegramWebhook')['TableName']).toEqual({ Ref: table });
  });

  it('moves the webhook to a domain name that it maps to the API before, and to nothing that needs DNS', () => {
    const named = stackWith({ domainName: 'bot.example.com' });
    const [stage] = Object.keys(named.findResources('AWS::ApiGatewayV2::Stage'));
    const mappings = Object.entries(named.findResources('AWS::ApiGatewayV2::ApiMapping'));
    expect(mappings).toHaveLength(1);
    const [mapping, { Properties, DependsOn }] = mappings[0] as [string, Resource & { DependsOn: string[] }];
    expect(Properties).toMatchObject({ DomainName: 'bot.example.com', Stage: '$default' });
    expect(DependsOn).toContain(stage);
    const [webhook] = Object.values(named.findResources('Custom::TelegramWebhook')) as (Resource & {
      DependsOn: string[];
    })[];
    expect(webhook!.DependsOn).toContain(mapping);
    expect(JSON.stringify(webhook!.Properties['WebhookUrl'])).toContain(
      'https://bot.example.com/telegram/webhook/',
    );
    expect(Object.keys(named.findResources('AWS::CertificateManager::Certificate'))).toEqual([]);
    ordinary.resourceCountIs('AWS::ApiGatewayV2::ApiMapping', 0);
  });

  it('decrypts its secrets with a key of one’s own, and nothing else with it', () => {
    const secretsKeyArn = 'arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d';
    const encrypted = stackWith({ secretsKeyArn, account: '123456789012', region: 'eu-central-1' });
    encrypted.hasOutput('SecretsKeyArn', { Value: secretsKeyArn });
    const policies = Object.entries(encrypted.findResources('AWS::IAM::Policy')) as [
      string,
      { Properties: { PolicyDocument: { Statement: Statement[] } } },
    ][];
    const decrypting = policies.flatMap(([id, { Properties }]) =>
      Properties.PolicyDocument.Statement.filter(({ Action }) => Action === 'kms:Decrypt').map(
        (statement) => [/^[A-Z][a-z]+/.exec(id)![0], statement] as const,
      ),
    );
    expect(decrypting.map(([name]) => name).sort()).toEqual([
      ...['Importer', 'Registration', 'Rollout', 'Watchdog', 'Webhook'],
    ]);
    const [, token] = decrypting.find(([name]) => name === 'Importer')!;
    expect(token).toMatchObject({ Effect: 'Allow', Resource: secretsKeyArn });
    expect(JSON.stringify(token.Condition)).toMatch(
      /StringEquals.*PARAMETER_ARN.*:ssm:eu-central-1:123456789012:parameter\/agent-factory-bot\/dev\/telegram-bot-token/,
    );
    expect(JSON.stringify(ordinary.findResources('AWS::IAM::Policy'))).not.toContain('kms:');
  });

  it('goes to the account and region that its stage names, whatever the credentials of the day', () => {
    const stages = { prod: { account: '123456789012', region: 'eu-central-1' } };
    const { account, region } = new BotStack(
      unbundledApp(),
      stageOf({ ...cdkContext(), stages, stage: 'prod' }),
    );
    expect([account, region]).toEqual(['123456789012', 'eu-central-1']);
  });

  it('has no request to the registration carried out that CloudFormation has given up', () => {
    const { ServiceTimeout } = only(ordinary, 'Custom::TelegramWebhook');
    const functions = ordinary.findResources('AWS::Lambda::Function');
    const registration = Object.keys(functions).find((id) => id.startsWith('Registration'));
    const configs = Object.values(ordinary.findResources('AWS::Lambda::EventInvokeConfig')) as Resource[];
    const own = configs.find(
      ({ Properties }) => (Properties['FunctionName'] as { Ref: string }).Ref === registration,
    );
    expect(own?.Properties['MaximumEventAgeInSeconds']).toBe(Number(ServiceTimeout));
    expect(Number(ServiceTimeout)).toBe(240);
  });
});
