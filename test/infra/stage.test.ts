import { describe, expect, it } from 'vitest';
import { ContextError, stageOf } from '../../infra/stage.ts';
import { timeoutLadder } from '../../infra/timeouts.ts';
import { cdkContext } from './synthesised.ts';

describe('the context of a deployment', () => {
  it('needs nothing but a stage', () => {
    expect(stageOf({ ...cdkContext(), stage: 'prod' })).toMatchObject({
      stackName: 'AgentFactoryBot-prod',
      isRetained: true,
      partitions: 1,
      rollout: 'all-at-once',
      deployDespiteAlarms: false,
      parameters: { token: '/agent-factory-bot/prod/telegram-bot-token' },
    });
  });

  it('lets a stage of cdk.json have settings, and -c have the last word', () => {
    const context = { stages: { dev: { logLevel: 'DEBUG', adminUserIds: [7, 8] } }, stage: 'dev' };
    expect(stageOf(context).environment).toMatchObject({ LOG_LEVEL: 'DEBUG', ADMIN_USER_IDS: '7,8' });
    expect(stageOf({ ...context, logLevel: 'ERROR' }).environment['LOG_LEVEL']).toBe('ERROR');
  });

  it('keeps the data of prod and staging, and of nobody else', () => {
    const kept = ['prod', 'staging', 'dev', 'try-out'].map((stage) => stageOf({ stage }).isRetained);
    expect(kept).toEqual([true, true, false, false]);
  });

  it('reserves as much as there are partitions, or more', () => {
    const { reservedConcurrency } = stageOf({ stage: 'dev', partitions: '4', reservedConcurrency: '4' });
    expect(reservedConcurrency).toBe(4);
  });

  it('leaves the keys of CDK alone', () => {
    expect(() =>
      stageOf({ stage: 'dev', 'aws:cdk:enable-path-metadata': true, '@aws-cdk/core:x': true }),
    ).not.toThrow();
    // As `cdk cli-telemetry --disable` and `cdk acknowledge` write them into cdk.context.json.
    expect(() =>
      stageOf({ stage: 'dev', 'cli-telemetry': false, 'acknowledged-issue-numbers': [34_892] }),
    ).not.toThrow();
  });

  it.each([
    [{}, /stage is missing.*-c stage=prod/],
    [{ stage: 'Prod!' }, /stage takes prod, staging, dev/],
    [{ stage: 'dev', alarmMail: 'a@b.de' }, /alarmMail is not known.*alarmEmail/],
    [{ stage: 'dev', 'alarm-email': 'a@b.de' }, /alarm-email is not known.*alarmEmail/],
    [{ stage: 'dev', partitions: '101' }, /partitions takes a whole number from 1 to 100/],
    [{ stage: 'dev', partitions: '0' }, /partitions takes a whole number from 1 to 100/],
    [
      { stage: 'dev', partitions: '4', reservedConcurrency: '3' },
      /reservedConcurrency \(3\) takes at least the partitions \(4\)/,
    ],
    [{ stage: 'dev', alarmEmail: 'nobody' }, /alarmEmail takes an e-mail address/],
    [{ stage: 'dev', tracing: 'yes' }, /tracing takes true or false/],
    [{ stage: 'dev', deployDespiteAlarms: '1' }, /deployDespiteAlarms takes true or false/],
    [{ stage: 'dev', rollout: 'big-bang' }, /rollout takes one of all-at-once, canary, linear/],
    [{ stage: 'dev', tokenParameter: '' }, /tokenParameter takes the name of an SSM parameter/],
    [{ stage: 'dev', logLevel: 'loud' }, /logLevel takes one of DEBUG/],
    [{ stage: 'dev', adminUserIds: 'me' }, /adminUserIds takes Telegram user ids/],
    [{ stage: 'dev', handlerDeadlineMs: '28000' }, /handlerDeadlineMs does not fit: apiGatewayMs/],
    [{ stage: 'dev', handlerDeadlineMs: '4000' }, /handlerDeadlineMs does not fit: handlerMs/],
    [{ stage: 'dev', stages: { dev: 'fast' } }, /stages\.dev takes an object/],
    [{ stage: 'dev', stages: [] }, /stages takes an object/],
  ])('refuses %j', (context, message) => {
    expect(() => stageOf(context)).toThrow(ContextError);
    expect(() => stageOf(context)).toThrow(message);
  });

  it('refuses lists that do not fit into a function’s variables, and names the longest', () => {
    const ids = (count: number) => Array.from({ length: count }, (_, at) => 1_000_000_000 + at);
    expect(() => stageOf({ stage: 'prod', allowedUserIds: ids(200), adminUserIds: ids(50) })).not.toThrow();
    const long = { stage: 'prod', allowedUserIds: ids(250), adminUserIds: ids(100) };
    expect(() => stageOf(long)).toThrow(ContextError);
    expect(() => stageOf(long)).toThrow(/allowedUserIds is too long: .* \d{4} bytes .* allows 4096/);
    const longName = `/${'n'.repeat(200)}`.repeat(8);
    expect(() => stageOf({ stage: 'prod', adminUserIds: ids(250), tokenParameter: longName })).toThrow(
      /adminUserIds is too long/,
    );
  });

  it('names everything that is wrong at once', () => {
    const context = { stage: 'dev', partitions: 'many', logLevel: 'loud', colour: 'red' };
    expect(() => stageOf(context)).toThrow(/colour[^]*partitions[^]*logLevel/);
  });
});

describe('the timeout ladder', () => {
  it.each([6_000, 12_000, 26_000])('rises from a call to Telegram with a deadline of %i ms', (handlerMs) => {
    const { callMs, functionMs, apiGatewayMs, telegramMs } = timeoutLadder(handlerMs);
    const steps = [callMs, handlerMs, functionMs, apiGatewayMs, telegramMs];
    expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b));
  });

  it('gives the function whole seconds', () => {
    expect(timeoutLadder(12_345).functionMs).toBe(16_000);
  });
});
