import { GrammyError } from 'grammy/web';
import { stackNameOf } from '../../deployment/stage-name.ts';
import { ssmParameters } from '../../local/ssm-parameters.ts';
import { readSettings } from '../../settings/settings.ts';
import { telegramApi } from '../../telegram/bot-identity.ts';
import { hostOf, readWebhook } from '../../telegram/webhook-state.ts';

import { explain } from '../explain.ts';
import { concurrencyReservedFor, unreservedConcurrency } from '../lambda-limits.ts';
import { stageSettings, type StageSettings } from '../stage-settings.ts';
import { commandLine } from '../invocation.ts';
import { findStack, type FoundStack } from '../stack.ts';
import { failed, ok, warning, type Verdict } from './verdict.ts';

/** Written by `cdk bootstrap`, and read by every deployment: https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping.html */
const BOOTSTRAP_VERSION = '/cdk-bootstrap/hnb659fds/version';

/** A new account's limit: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const LEAST_CONCURRENCY = 10;

/** Lambda lets nobody reserve the last of them: https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html */
const NEVER_RESERVED = 100;

/**
 * Finds the obstacles to a stage's deployment before anything is created. A check that the caller's role may not make
 * reports that it did not look, and holds nothing up.
 */
export async function examineStage(stage: string, environment: NodeJS.ProcessEnv): Promise<Verdict[]> {
  const settings = stageSettings(stage);
  const { token: parameter } = settings.parameters;
  const verdicts: Verdict[] = settingsVerdicts(stage, settings, environment);
  if (verdicts.length > 0) return verdicts;
  const look = async <T>(check: string, ask: () => Promise<T>): Promise<{ seen: T } | undefined> => {
    try {
      return { seen: await ask() };
    } catch (error) {
      verdicts.push(
        isDenied(error) ? NOT_LOOKED_AT(check) : failed(check, 'it does not work', textOf(error)),
      );
      return undefined;
    }
  };

  const read = ssmParameters();
  const bootstrap = await look('Bootstrap', () => read([BOOTSTRAP_VERSION]));
  if (bootstrap !== undefined) verdicts.push(bootstrapVerdict(bootstrap.seen.get(BOOTSTRAP_VERSION), stage));
  // Without credentials or a region nothing else can be asked.
  else if (verdicts.some(({ verdict }) => verdict === 'failed')) return verdicts;

  const stack = await look('Stack', () => findStack(stackNameOf(stage)));
  if (stack !== undefined) verdicts.push(stackVerdict(stackNameOf(stage), stack.seen));
  const concurrency = await look('Concurrency', () =>
    concurrencyVerdict(settings, stack?.seen?.outputs.get('WebhookFunction')),
  );
  if (concurrency !== undefined) verdicts.push(concurrency.seen);

  const parameters = await look('Token', () => read([parameter]));
  if (parameters === undefined) return verdicts;
  const token = parameters.seen.get(parameter);
  if (token === undefined) {
    verdicts.push(failed('Token', `there is no SSM parameter ${parameter}`, storeToken(stage)));
    return verdicts;
  }
  const apiRoot = settings.telegramApiRoot ?? stack?.seen?.outputs.get('TelegramApiRoot');
  const api = telegramApi({ token, apiRoot: apiRoot ?? readSettings(environment).telegram.apiRoot });
  const me = await look('Token', () => api.getMe().catch(undefinedWhenRefused));
  if (me === undefined) return verdicts;
  if (me.seen === undefined) {
    verdicts.push(failed('Token', `Telegram refuses the one in ${parameter}`, storeToken(stage)));
    return verdicts;
  }
  verdicts.push(ok('Token', `@${me.seen.username}`));
  const webhook = await look('Webhook', () => readWebhook(api));
  if (webhook !== undefined)
    verdicts.push(webhookVerdict(webhook.seen.url, stack?.seen?.outputs.get('WebhookUrl'), settings));
  return verdicts;
}

/** In another region all that follows would be another stage's. */
function settingsVerdicts(
  stage: string,
  { isKnown, region }: StageSettings,
  environment: NodeJS.ProcessEnv,
): Verdict[] {
  if (isKnown === false)
    return [
      failed(
        'Stage',
        `cdk.json has no stage ${stage}`,
        `Add "${stage}": {} below "stages", or correct the name`,
      ),
    ];
  const here = environment['AWS_REGION'];
  if (region === undefined || here === undefined || here === region) return [];
  return [
    failed('Region', `AWS_REGION is ${here}, and the stage's region ${region}`, `Set AWS_REGION=${region}`),
  ];
}

function bootstrapVerdict(version: string | undefined, stage: string): Verdict {
  if (version !== undefined) return ok('Bootstrap', `version ${version}`);
  return failed(
    'Bootstrap',
    'this account and region were never bootstrapped',
    `Run npx cdk bootstrap -c stage=${stage}`,
  );
}

function stackVerdict(name: string, stack: FoundStack | undefined): Verdict {
  if (stack === undefined || stack.status === 'REVIEW_IN_PROGRESS')
    return ok('Stack', `${name} does not exist: this will be its first deployment`);
  const { status } = stack;
  if (status.endsWith('_IN_PROGRESS'))
    return failed(
      'Stack',
      `${name} is ${status}`,
      'Another deployment is under way: wait until it has ended',
    );
  if (['ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'CREATE_FAILED', 'DELETE_FAILED'].includes(status))
    return failed(
      'Stack',
      `${name} is ${status}`,
      'infra/RUNBOOK.md, “The first deployment failed”, says how to remove it and what to keep',
    );
  if (status.endsWith('_FAILED'))
    return failed(
      'Stack',
      `${name} is ${status}`,
      'infra/RUNBOOK.md, “A deployment went wrong”, says how the way back is ended',
    );
  return ok('Stack', `${name} is ${status}`);
}

/** Only what the stage reserves beyond its present reservation is new; Lambda refuses too much of it late in a deployment. */
async function concurrencyVerdict(
  { reservedConcurrency }: StageSettings,
  webhookFunction: string | undefined,
): Promise<Verdict> {
  const unreserved = await unreservedConcurrency();
  const found = `${unreserved} functions may run at once in this account and region`;
  const more = 'ask for a higher quota of “Concurrent executions” (Service Quotas, Lambda)';
  if (unreserved < LEAST_CONCURRENCY)
    return failed('Concurrency', found, `Give up what other functions reserve, or ${more}`);
  if (reservedConcurrency === undefined) return ok('Concurrency', found);
  const before = webhookFunction === undefined ? 0 : await concurrencyReservedFor(webhookFunction);
  const left = unreserved - Math.max(0, reservedConcurrency - before);
  if (reservedConcurrency <= before || left >= NEVER_RESERVED)
    return ok('Concurrency', `${found}, and this stage may reserve ${reservedConcurrency} of them`);
  return failed(
    'Concurrency',
    `${found}: reservedConcurrency ${reservedConcurrency} would leave ${left} to the others, and Lambda refuses less than ${NEVER_RESERVED}`,
    `Take reservedConcurrency out of cdk.json, or ${more}`,
  );
}

function webhookVerdict(url: string, own: string | undefined, { takesOverWebhook }: StageSettings): Verdict {
  if (url === '') return ok('Webhook', 'none is set');
  if (url !== own && takesOverWebhook)
    return ok('Webhook', `somebody else’s, at ${hostOf(url)}: cdk.json says to take it over`);
  if (url === own) return ok('Webhook', `this stage's, at ${hostOf(url)}`);
  return failed(
    'Webhook',
    `somebody else’s, at ${hostOf(url)}: the deployment would be refused`,
    'Give this stage a bot of its own, or stop the other, or take it over with `-c takeOverWebhook=true`',
  );
}

const storeToken = (stage: string): string =>
  `Store the one that @BotFather shows: ${commandLine(`secrets set token --stage ${stage}`)}`;

const NOT_LOOKED_AT = (check: string): Verdict =>
  warning(check, 'this role may not look at it', 'Run the same with a role that may, if you doubt it');

function undefinedWhenRefused(error: unknown): undefined {
  if (error instanceof GrammyError && [401, 404].includes(error.error_code)) return undefined;
  throw error;
}

/** SSM, CloudFormation and Lambda each have a name of their own for it. */
function isDenied(error: unknown): boolean {
  return error instanceof Error && /^AccessDenied/.test('code' in error ? String(error.code) : error.name);
}

function textOf(error: unknown): string {
  return explain(error, { args: [], debug: false }).replace(/^❌ /, '');
}
