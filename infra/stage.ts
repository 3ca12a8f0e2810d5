import * as v from 'valibot';
import { readSettings, SettingsError } from '../functions/settings/settings.ts';
import {
  parametersOf,
  STAGE_NAME,
  STAGE_NAME_RULE,
  stackNameOf,
} from '../functions/deployment/stage-name.ts';
import { connectionsFor } from '../functions/telegram/webhook-state.ts';
import { own, type Rollout, VARIABLES } from './context-schema.ts';
import { timeoutLadder } from './timeouts.ts';
import { MAX_VARIABLES_BYTES, variablesBytes } from './variables.ts';

/** The context says something that cannot be deployed; the message names every key at fault. */
export class ContextError extends Error {
  override readonly name = 'ContextError';
}

/** Every setting of a deployment; infra/README.md has the same table in words. */
export interface StageConfig {
  readonly stage: string;
  readonly stackName: string;
  /** Data outlives the stack, which refuses to be deleted by mistake; all but what cdk.json calls disposable. */
  readonly isRetained: boolean;
  readonly alarmEmail?: string;
  readonly pageEmail?: string;
  /** For the whole account, a month; `alarmEmail` hears at four fifths of it, and when it will be exceeded. */
  readonly monthlyBudgetUsd?: number;
  /** Where people read infra/RUNBOOK.md: its address, or its path in the checkout. */
  readonly runbook: string;
  /** An API Gateway domain name that is there already; Telegram gets it in place of the API's own address. */
  readonly domainName?: string;
  readonly partitions: number;
  readonly takeOverWebhook: boolean;
  readonly secretsRevision: string;
  readonly reservedConcurrency?: number;
  readonly tracing: boolean;
  /** How fast traffic moves to a new version; alarms take it back only while it moves, which all at once it does not. */
  readonly rollout: Rollout;
  /** For one deployment: no alarm keeps it back or takes it back. */
  readonly deployDespiteAlarms: boolean;
  readonly logRetentionDays: number;
  readonly parameters: {
    readonly token: string;
    readonly webhookSecret: string;
    readonly previousWebhookSecret: string;
  };
  /** The variables of every function that handles updates or reads settings, checked as the functions will check them. */
  readonly environment: Readonly<Record<string, string>>;
  readonly handlerDeadlineMs: number;
  /** Where it is deployed, whatever the credentials of the day would choose. */
  readonly env: { readonly account?: string; readonly region?: string };
  /** A KMS key of one's own, with which the secrets are encrypted. */
  readonly secretsKeyArn?: string;
  readonly adminUserIds: readonly number[];
}

/** Every key of the context that is ours. */
export const CONTEXT_KEYS: ReadonlySet<string> = new Set([
  ...Object.keys(own.entries),
  ...Object.keys(VARIABLES),
]);

/**
 * The one reading of the context. A value of `-c` comes before the stage's own in cdk.json.
 * @param context as the app has it, CDK's own keys among it
 * @throws ContextError that names every wrong, unknown or missing key
 */
export function stageOf(context: Readonly<Record<string, unknown>>): StageConfig {
  const { stages = {}, ...given } = context;
  if (given['stage'] === undefined) throw wrong(['stage is missing: name one, as in `-c stage=prod`']);
  if (given['disposable'] !== undefined) {
    // A deployment that forgets the switch would otherwise keep what the one before deletes, or delete what it keeps.
    throw wrong(['disposable stands below stages.<stage> in cdk.json, where each deployment finds it']);
  }
  const ofStage = stageSettings(stages, given['stage']);
  const merged = { ...ofStage, ...Object.fromEntries(Object.entries(given).filter(([key]) => isOurs(key))) };
  const texts = Object.fromEntries(Object.entries(merged).map(([key, value]) => [key, textOf(value)]));

  const problems = Object.keys(texts)
    .filter((key) => !CONTEXT_KEYS.has(key))
    .map((key) => `${key} is not known${nearest(key)}`);
  const parsed = v.safeParse(own, texts);
  for (const { path, message } of parsed.issues ?? []) problems.push(`${String(path?.[0]?.key)} ${message}`);
  const {
    partitions = 1,
    reservedConcurrency,
    monthlyBudgetUsd,
    alarmEmail,
  } = parsed.success ? parsed.output : {};
  if (monthlyBudgetUsd !== undefined && alarmEmail === undefined)
    problems.push('monthlyBudgetUsd needs alarmEmail: nobody would be told');
  const connections = connectionsFor(partitions);
  if (reservedConcurrency !== undefined && reservedConcurrency < connections) {
    problems.push(
      `reservedConcurrency (${reservedConcurrency}) takes at least ${connections}: Telegram opens so many connections for ${partitions} partitions`,
    );
  }
  const variables = environmentOf(texts, problems);
  if (!parsed.success || problems.length > 0) throw wrong(problems);

  const {
    stage,
    disposable,
    account,
    region,
    tokenParameter,
    webhookSecretParameter,
    previousWebhookSecretParameter,
    runbookUrl,
    ...rest
  } = parsed.output;
  const settings = readSettings(variables);
  const parameters = parametersOf(stage);
  const config: StageConfig = {
    ...rest,
    stage,
    stackName: stackNameOf(stage),
    isRetained: !disposable,
    env: { ...(account !== undefined && { account }), ...(region !== undefined && { region }) },
    runbook: runbookUrl ?? 'infra/RUNBOOK.md',
    parameters: {
      token: tokenParameter ?? parameters.token,
      webhookSecret: webhookSecretParameter ?? parameters.webhookSecret,
      previousWebhookSecret: previousWebhookSecretParameter ?? parameters.previousWebhookSecret,
    },
    environment: variables,
    handlerDeadlineMs: settings.handlerDeadlineMs,
    adminUserIds: settings.adminUserIds,
  };
  const bytes = variablesBytes(config);
  if (bytes > MAX_VARIABLES_BYTES) {
    throw wrong([
      `${longestOf(texts)} is too long: all settings and names together take up to ${bytes} bytes of a function's variables, and Lambda allows ${MAX_VARIABLES_BYTES}`,
    ]);
  }
  return config;
}

/**
 * The keys that the CDK's command keeps for itself beside an app's context: `cdk cli-telemetry`, `cdk acknowledge`. The
 * rest of its keys have a colon or an @ in them.
 */
const KEYS_OF_COMMAND = new Set(['cli-telemetry', 'acknowledged-issue-numbers']);

function isOurs(key: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_-]*$/.test(key) && !KEYS_OF_COMMAND.has(key);
}

/** The stage's settings in cdk.json, which has to know it: a name that was mistyped is no new deployment. */
function stageSettings(stages: unknown, given: unknown): Record<string, unknown> {
  if (typeof stages !== 'object' || stages === null || Array.isArray(stages)) {
    throw wrong(['stages takes an object of stages, each an object of settings']);
  }
  const stage = textOf(given);
  if (!STAGE_NAME.test(stage)) throw wrong([`stage ${STAGE_NAME_RULE}`]);
  if (!Object.hasOwn(stages, stage)) throw wrong([unknownStage(stage, Object.keys(stages))]);
  const settings: unknown = (stages as Record<string, unknown>)[stage];
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) {
    throw wrong([`stages.${stage} takes an object of settings`]);
  }
  return settings as Record<string, unknown>;
}

function unknownStage(stage: string, known: string[]): string {
  return (
    `stage ${stage} is not among the stages of cdk.json (${known.join(', ') || 'none'}): add "${stage}": {} below "stages" there, ` +
    `or "${stage}": { "disposable": true } when its table and logs may be deleted with it`
  );
}

/** `-c` gives text, cdk.json anything. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(String).join(',');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function environmentOf(texts: Record<string, string>, problems: string[]): Record<string, string> {
  const variables = Object.fromEntries(
    Object.entries(VARIABLES).flatMap(([key, name]) =>
      texts[key] === undefined ? [] : [[name, texts[key]]],
    ),
  );
  try {
    timeoutLadder(readSettings(variables).handlerDeadlineMs);
  } catch (error) {
    if (error instanceof SettingsError) {
      problems.push(
        ...error.message
          .split('\n')
          .slice(1)
          .map((line) => withKeys(line.trim())),
      );
    } else if (error instanceof RangeError) problems.push(`handlerDeadlineMs does not fit: ${error.message}`);
    else throw error;
  }
  return variables;
}

function longestOf(texts: Record<string, string>): string {
  const [longest] = Object.entries(texts).sort(([, one], [, other]) => other.length - one.length);
  return longest![0];
}

function withKeys(problem: string): string {
  return Object.entries(VARIABLES).reduce((text, [key, name]) => text.replaceAll(name, key), problem);
}

function nearest(key: string): string {
  const same = [...CONTEXT_KEYS].find(
    (known) => plain(known) === plain(key) || plain(known).startsWith(plain(key).slice(0, 5)),
  );
  return same === undefined ? '' : `: did you mean ${same}?`;
}

function plain(key: string): string {
  return key.toLowerCase().replace(/[^a-z0-9]/g, '');
}

function wrong(problems: string[]): ContextError {
  return new ContextError(
    `The context is wrong (infra/README.md has a table of it):\n${problems.map((line) => `  ${line}`).join('\n')}`,
  );
}
