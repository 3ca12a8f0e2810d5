import * as v from 'valibot';
import { isOwnNetwork } from './own-network.ts';

/** An update's own time is at most this long, since Lambda's for the webhook is half a minute. */
export const MAX_HANDLER_DEADLINE_MS = 28_000;

/** One or more environment variables are wrong; the message names each of them and says what it takes. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly forOperator = true;
}

const wholeNumber = (from: number, to: number) =>
  v.pipe(
    v.string(),
    v.trim(),
    v.regex(/^\d{1,12}$/, `takes a whole number from ${from} to ${to}`),
    v.transform(Number),
    v.minValue(from, `takes a whole number from ${from} to ${to}`),
    v.maxValue(to, `takes a whole number from ${from} to ${to}`),
  );

const userIds = v.pipe(
  v.string(),
  v.transform((text) => text.split(/[\s,]+/).filter((part) => part !== '')),
  v.array(
    v.pipe(v.string(), v.regex(/^\d{1,16}$/, 'takes Telegram user ids (numbers), separated by commas')),
  ),
  v.transform((ids) => ids.map(Number)),
);

const httpUrl = v.pipe(
  v.string(),
  v.trim(),
  v.url('takes a URL such as https://api.telegram.org'),
  v.regex(/^https?:\/\//, 'takes an http or https URL'),
  v.transform((url) => url.replace(/\/+$/, '')),
);

/** The token is a part of every address below it. */
const apiRoot = v.pipe(
  httpUrl,
  v.check(
    (url) => !url.startsWith('http:') || !URL.canParse(url) || isOwnNetwork(new URL(url).hostname),
    'sends the token in clear over http: take https, or a host of your own network',
  ),
);

const secretToken = v.pipe(
  v.string(),
  v.regex(
    /^[A-Za-z0-9_-]{1,256}$/,
    'takes 1 to 256 characters of A-Z, a-z, 0-9, _ and -; it must not be empty',
  ),
);

const parameterName = v.pipe(
  v.string(),
  v.regex(/^\/?[A-Za-z0-9_.\-/]{1,1000}$/, 'takes the name of an SSM parameter'),
);

/** `name` or `name:version` */
const functionName = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9_-]{1,64}(:[A-Za-z0-9_$-]{1,128})?$/, 'takes the name of a Lambda function'),
);

const tableName = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9_.-]{3,255}$/, 'takes a DynamoDB table name: 3 to 255 of A-Z, a-z, 0-9, _, . and -'),
);

const flag = v.pipe(
  v.picklist(['on', 'off'], 'takes on or off'),
  v.transform((value) => value === 'on'),
);

const LOG_LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR', 'SILENT'] as const;

const logLevel = v.pipe(
  v.string(),
  v.toUpperCase(),
  v.picklist(LOG_LEVELS, `takes one of ${LOG_LEVELS.join(', ')}`),
);

const botToken = v.pipe(
  v.string(),
  v.minLength(1, 'is set, but empty: give it the token that @BotFather shows, or unset it'),
  v.check(
    (token) => token.trim() === token,
    'has a space or a line break at an end: take only the token itself',
  ),
  v.check(
    (token) => !/^["'].*["']$/.test(token),
    'has quotes around it, which belong to the shell: leave them out',
  ),
  v.regex(/^\d{1,16}:[A-Za-z0-9_-]{1,128}$/, 'takes a bot token as @BotFather gives it, 123456:ABC...'),
);

/** The variables that the stack (infra/) sets where a function needs them. */
const ofStack = {
  HEALTH_URL: v.optional(httpUrl),
  IMPORTER_FUNCTION_NAME: v.optional(functionName),
  PROBED_FUNCTION: v.optional(functionName),
};

/** The variables that people set, each with its rule and its default; README.md has the same table in words. */
export const VARIABLES = {
  TELEGRAM_BOT_TOKEN: v.optional(botToken),
  TELEGRAM_BOT_TOKEN_PARAMETER: v.optional(parameterName),
  TELEGRAM_WEBHOOK_SECRET: v.optional(secretToken),
  TELEGRAM_WEBHOOK_SECRET_PARAMETER: v.optional(parameterName),
  TELEGRAM_WEBHOOK_SECRET_PREVIOUS: v.optional(secretToken),
  TELEGRAM_WEBHOOK_SECRET_PREVIOUS_PARAMETER: v.optional(parameterName),
  TELEGRAM_API_ROOT: v.optional(apiRoot, 'https://api.telegram.org'),
  TABLE_NAME: v.optional(tableName, 'agent-factory-bot'),
  MAX_CLOCK_SKEW_MS: v.optional(wholeNumber(10, 60_000), '1000'),
  HANDLER_DEADLINE_MS: v.optional(wholeNumber(1_000, MAX_HANDLER_DEADLINE_MS), '12000'),
  MAX_ATTEMPTS: v.optional(wholeNumber(1, 100), '5'),
  ALLOWED_USER_IDS: v.optional(userIds, ''),
  ADMIN_USER_IDS: v.optional(userIds, ''),
  RATE_LIMIT_PER_MINUTE: v.optional(wholeNumber(1, 10_000), '10'),
  SCRIPT_TTL_DAYS: v.optional(wholeNumber(1, 3_650), '90'),
  RECORD_GAPS: v.optional(flag, 'on'),
  WEEKLY_NOTE: v.optional(flag, 'on'),
  LOG_LEVEL: v.optional(logLevel, 'INFO'),
  PORT: v.optional(wholeNumber(0, 65_535), '9876'),
  LISTEN_ADDRESS: v.optional(
    v.pipe(
      v.string(),
      v.trim(),
      v.regex(/^[A-Za-z0-9.:_-]{1,253}$/, 'takes an address of this machine, such as 127.0.0.1 or 0.0.0.0'),
    ),
  ),
  BOT_DATA: v.optional(v.pipe(v.string(), v.minLength(1, 'takes a folder')), '.data'),
  BOT_HOST_ID: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[A-Za-z0-9_.-]{1,64}$/, 'takes 1 to 64 characters of A-Z, a-z, 0-9, _, . and -'),
    ),
  ),
};

const environment = v.object({ ...VARIABLES, ...ofStack });

export type SettingName = keyof typeof environment.entries;

export type Settings = ReturnType<typeof toSettings>;

/**
 * Reads and checks the environment, all of it at once.
 * @param required variables that have no sensible default where this runs, e.g. `TABLE_NAME` on Lambda
 * @throws SettingsError that names every wrong variable
 */
export function readSettings(
  env: Record<string, string | undefined>,
  required: readonly SettingName[] = [],
): Settings {
  const problems: string[] = [];
  for (const name of required) if (env[name] === undefined) problems.push(`${name} is not set`);
  const parsed = v.safeParse(environment, env);
  const told = new Set<string>();
  for (const issue of parsed.issues ?? []) {
    const name = issue.path?.map((item) => String(item.key))[0] ?? 'environment';
    if (told.has(name)) continue;
    told.add(name);
    // A secret, or what was meant to be one, is not repeated.
    const isSecret = /TOKEN|SECRET/.test(name);
    problems.push(`${name} ${issue.message}${isSecret ? '' : ` (it is ${JSON.stringify(env[name])})`}`);
  }
  if (parsed.success) {
    const { MAX_CLOCK_SKEW_MS: skewMs, HANDLER_DEADLINE_MS: deadlineMs } = parsed.output;
    if (skewMs * 4 > deadlineMs) {
      problems.push(
        `MAX_CLOCK_SKEW_MS (${skewMs}) takes at most a quarter of HANDLER_DEADLINE_MS (${deadlineMs})`,
      );
    }
  }
  if (problems.length > 0 || !parsed.success) {
    throw new SettingsError(`The configuration is wrong:\n${problems.map((line) => `  ${line}`).join('\n')}`);
  }
  return toSettings(parsed.output);
}

/** The variables under the names that the program knows them by. */
function toSettings(env: v.InferOutput<typeof environment>) {
  return {
    telegram: {
      token: env.TELEGRAM_BOT_TOKEN,
      tokenParameter: env.TELEGRAM_BOT_TOKEN_PARAMETER,
      /** Current first; the previous one is accepted while Telegram may still send it. */
      webhookSecret: env.TELEGRAM_WEBHOOK_SECRET,
      webhookSecretParameter: env.TELEGRAM_WEBHOOK_SECRET_PARAMETER,
      previousWebhookSecret: env.TELEGRAM_WEBHOOK_SECRET_PREVIOUS,
      previousWebhookSecretParameter: env.TELEGRAM_WEBHOOK_SECRET_PREVIOUS_PARAMETER,
      apiRoot: env.TELEGRAM_API_ROOT,
    },
    tableName: env.TABLE_NAME,
    maxClockSkewMs: env.MAX_CLOCK_SKEW_MS,
    handlerDeadlineMs: env.HANDLER_DEADLINE_MS,
    maxAttempts: env.MAX_ATTEMPTS,
    /** Empty: everybody is served. */
    allowedUserIds: env.ALLOWED_USER_IDS,
    adminUserIds: env.ADMIN_USER_IDS,
    rateLimitPerMinute: env.RATE_LIMIT_PER_MINUTE,
    scriptTtlDays: env.SCRIPT_TTL_DAYS,
    recordGaps: env.RECORD_GAPS,
    /** The bot tells administrators once a week of new atoms, gaps and feedback. */
    weeklyNote: env.WEEKLY_NOTE,
    logLevel: env.LOG_LEVEL,
    port: env.PORT,
    /** Where the local HTTP contract is reached; every loopback address without it. */
    host: env.LISTEN_ADDRESS,
    dataFolder: env.BOT_DATA,
    hostId: env.BOT_HOST_ID,
    /** The address of `GET /health`, as the watchdog asks it. */
    healthUrl: env.HEALTH_URL,
    /** The function that imports uploads; without one they are not set up. */
    importerFunction: env.IMPORTER_FUNCTION_NAME,
    /** The version of the webhook function that the pre-traffic hook tries. */
    probedFunction: env.PROBED_FUNCTION,
  };
}
