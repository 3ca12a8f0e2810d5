import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { HEALTH_PATH, WEBHOOK_PATH } from '../http/paths.ts';
import { readSettings, SettingsError, type Settings } from '../settings/settings.ts';
import { readStack, type StackOutputs } from './stack.ts';
import { UsageError } from './usage-error.ts';

/** Which bot a command is about; `target-options.ts` has which command takes which. */
export interface TargetOptions {
  port?: string;
  data?: string;
  table?: string;
  stack?: string;
  url?: string;
  bot?: string;
}

/** A bot that runs in AWS. */
export interface Deployment {
  /** For people. */
  name: string;
  stack?: string;
  webhookUrl: string;
  healthUrl: string;
  /** As the stack says; `/health` says what really answers. */
  version?: string;
  /** The KMS key that encrypts its secrets; absent: SSM's own. */
  secretsKeyArn?: string;
  /** The log groups of its functions, by the names of the stack's outputs; absent for a bare URL. */
  logGroups?: Record<string, string>;
}

/** The bot that a command is about. */
export interface Target {
  env: Record<string, string | undefined>;
  settings: Settings;
  /** Absent: a process on this machine. */
  deployment?: Deployment;
  /** False for a bare --url: its table is not known. */
  hasStore: boolean;
  /** The one that is meant, where several have run over one store. */
  botId?: string;
}

/**
 * Makes of options and environment what a command needs to know. A stack brings its own table and the names of its
 * own secrets: a token in the environment, or a parameter's name, is another bot's. So is its Bot API server, where the
 * stack names one.
 * @throws UsageError also for a variable that is wrong; CommandError
 */
export async function resolveTarget(
  options: TargetOptions,
  environment: Record<string, string | undefined>,
): Promise<Target> {
  const target = await placeOf(options, environment);
  return options.bot === undefined ? target : { ...target, botId: options.bot };
}

async function placeOf(
  options: TargetOptions,
  environment: Record<string, string | undefined>,
): Promise<Target> {
  const { port, data, table, stack, url } = options;
  const env = {
    ...environment,
    ...(port !== undefined && { PORT: port }),
    ...(data !== undefined && { BOT_DATA: data }),
    ...(table !== undefined && { TABLE_NAME: table }),
  };
  if (stack === undefined && url === undefined) return { env, settings: settingsOf(env), hasStore: true };
  if (url !== undefined) {
    const hasStore = env['TABLE_NAME'] !== undefined;
    return { env, settings: settingsOf(env), hasStore, deployment: deploymentAt(url) };
  }
  const outputs = await readStack(stack!);
  const { tableName, telegramApiRoot, webhookUrl, healthUrl, version, secretsKeyArn, logGroups } = outputs;
  const stackEnv = {
    ...withoutSecrets(env),
    ...parametersOf(outputs),
    ...(telegramApiRoot !== undefined && { TELEGRAM_API_ROOT: telegramApiRoot }),
    TABLE_NAME: tableName,
  };
  return {
    env: stackEnv,
    settings: settingsOf(stackEnv),
    hasStore: true,
    deployment: { name: stack!, stack: stack!, webhookUrl, healthUrl, version, secretsKeyArn, logGroups },
  };
}

/** Whether the store of a bot on this machine was ever begun: asking about it must not create it. */
export function storeExists({ env, settings }: Target): boolean {
  return env['TABLE_NAME'] !== undefined || existsSync(join(settings.dataFolder, 'store'));
}

/** A variable that is wrong stays wrong however often a service starts again, as an option does. */
function settingsOf(env: Record<string, string | undefined>): Settings {
  try {
    const settings = readSettings(env);
    // Told to operators, and compared: which folder it is must not depend on where one stands.
    return { ...settings, dataFolder: resolve(settings.dataFolder) };
  } catch (error) {
    throw error instanceof SettingsError ? new UsageError(error.message, { cause: error }) : error;
  }
}

function deploymentAt(url: string): Deployment {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new UsageError(`--url takes an address such as https://abc.execute-api.eu-west-1.amazonaws.com`);
  const given = url.replace(/\/+$/, '');
  // The path of a stack's webhook ends with the stack's id.
  const [, base = given, path = ''] =
    new RegExp(`^(.*?)(${HEALTH_PATH}|${WEBHOOK_PATH}(?:/[\\w-]+)?)$`).exec(given) ?? [];
  const webhookPath = path.startsWith(WEBHOOK_PATH) ? path : WEBHOOK_PATH;
  return { name: base, webhookUrl: `${base}${webhookPath}`, healthUrl: `${base}${HEALTH_PATH}` };
}

const SECRETS = ['TELEGRAM_BOT_TOKEN', 'TELEGRAM_WEBHOOK_SECRET', 'TELEGRAM_WEBHOOK_SECRET_PREVIOUS'];

function withoutSecrets(env: Record<string, string | undefined>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !SECRETS.includes(name)));
}

function parametersOf({ parameters }: StackOutputs): Record<string, string> {
  return {
    TELEGRAM_BOT_TOKEN_PARAMETER: parameters.token,
    TELEGRAM_WEBHOOK_SECRET_PARAMETER: parameters.webhookSecret,
    TELEGRAM_WEBHOOK_SECRET_PREVIOUS_PARAMETER: parameters.previousWebhookSecret,
  };
}
