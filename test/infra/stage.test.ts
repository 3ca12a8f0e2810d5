import { describe, expect, it } from 'vitest';
import { ContextError, type StageConfig, stageOf } from '../../infra/stage.ts';
import { timeoutLadder } from '../../infra/timeouts.ts';
import { cdkContext } from './synthesised.ts';

/** The stages that the project's cdk.json knows. */
const STAGES = { prod: {}, dev: { disposable: true } };

function devWith(context: Record<string, unknown>): StageConfig {
  return stageOf({ stages: STAGES, stage: 'dev', ...context });
}

describe('the context of a deployment', () => {
  it('needs nothing but a stage', () => {
    expect(stageOf({ ...cdkContext(), stage: 'prod' })).toMatchObject({
      stackName: 'AgentFactoryBot-prod',
      isRetained: true,
      partitions: 32,
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

  it('keeps the data of every stage but those that cdk.json calls disposable', () => {
    const stages = { prod: {}, production: { logLevel: 'DEBUG' }, dev: { disposable: true } };
    const kept = Object.keys(stages).map((stage) => stageOf({ stages, stage }).isRetained);
    expect(kept).toEqual([true, true, false]);
    const ofTheProject = ['prod', 'staging', 'dev'].map(
      (stage) => stageOf({ ...cdkContext(), stage }).isRetained,
    );
    expect(ofTheProject).toEqual([true, true, false]);
  });

  it.each(['pro', 'production', 'constructor'])(
    'refuses the unknown stage %s and says how to add it',
    (stage) => {
      expect(() => stageOf({ ...cdkContext(), stage })).toThrow(ContextError);
      expect(() => stageOf({ ...cdkContext(), stage })).toThrow(
        `stage ${stage} is not among the stages of cdk.json (prod, staging, dev): add "${stage}": {} below "stages" there`,
      );
    },
  );

  it('lets nobody make a stage disposable, or kept, for one deployment', () => {
    for (const disposable of ['true', 'false']) {
      expect(() => stageOf({ ...cdkContext(), stage: 'prod', disposable })).toThrow(
        /below stages.<stage> in cdk.json/,
      );
    }
  });

  it('reserves as much as Telegram opens connections, or more', () => {
    const { reservedConcurrency } = devWith({ partitions: '16', reservedConcurrency: '4' });
    expect(reservedConcurrency).toBe(4);
  });

  it('leaves the keys of CDK alone', () => {
    expect(() => devWith({ 'aws:cdk:enable-path-metadata': true, '@aws-cdk/core:x': true })).not.toThrow();
    // As `cdk cli-telemetry --disable` and `cdk acknowledge` write them into cdk.context.json.
    expect(() => devWith({ 'cli-telemetry': false, 'acknowledged-issue-numbers': [34_892] })).not.toThrow();
  });

  it.each([
    [{ stage: undefined }, /stage is missing.*-c stage=prod/],
    [{ stage: 'Prod!' }, /stage takes a name of 2 to 21/],
    [{ alarmMail: 'a@b.de' }, /alarmMail is not known.*alarmEmail/],
    [{ 'alarm-email': 'a@b.de' }, /alarm-email is not known.*alarmEmail/],
    [{ partitions: '101' }, /partitions takes a whole number from 1 to 100/],
    [{ partitions: '0' }, /partitions takes a whole number from 1 to 100/],
    [
      { partitions: '16', reservedConcurrency: '3' },
      /reservedConcurrency \(3\) takes at least 4: Telegram opens so many connections for 16 partitions/,
    ],
    [{ alarmEmail: 'nobody' }, /alarmEmail takes an e-mail address/],
    [{ tracing: 'yes' }, /tracing takes true or false/],
    [{ deployDespiteAlarms: '1' }, /deployDespiteAlarms takes true or false/],
    [{ rollout: 'big-bang' }, /rollout takes one of all-at-once, canary, linear/],
    [{ tokenParameter: '' }, /tokenParameter takes the name of an SSM parameter/],
    [{ logLevel: 'loud' }, /logLevel takes one of DEBUG/],
    [{ adminUserIds: 'me' }, /adminUserIds takes Telegram user ids/],
    [{ handlerDeadlineMs: '28000' }, /handlerDeadlineMs does not fit: apiGatewayMs/],
    [{ handlerDeadlineMs: '4000' }, /handlerDeadlineMs does not fit: handlerMs/],
    [{ stages: { dev: 'fast' } }, /stages\.dev takes an object/],
    [{ stages: [] }, /stages takes an object/],
  ])('refuses %j', (context, message) => {
    expect(() => devWith(context)).toThrow(ContextError);
    expect(() => devWith(context)).toThrow(message);
  });

  it('refuses lists that do not fit into a function’s variables, and names the longest', () => {
    const ids = (count: number) => Array.from({ length: count }, (_, at) => 1_000_000_000 + at);
    expect(() => devWith({ stage: 'prod', allowedUserIds: ids(200), adminUserIds: ids(50) })).not.toThrow();
    const long = { stage: 'prod', allowedUserIds: ids(250), adminUserIds: ids(100) };
    expect(() => devWith(long)).toThrow(ContextError);
    expect(() => devWith(long)).toThrow(/allowedUserIds is too long: .* \d{4} bytes .* allows 4096/);
    const longName = `/${'n'.repeat(200)}`.repeat(8);
    expect(() => devWith({ stage: 'prod', adminUserIds: ids(250), tokenParameter: longName })).toThrow(
      /adminUserIds is too long/,
    );
  });

  it('names everything that is wrong at once', () => {
    const context = { partitions: 'many', logLevel: 'loud', colour: 'red' };
    expect(() => devWith(context)).toThrow(/colour[^]*partitions[^]*logLevel/);
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
