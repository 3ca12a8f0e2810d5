import * as v from 'valibot';
import { MAX_PARTITIONS } from '../functions/lease/limits.ts';
import type { SettingName } from '../functions/settings/settings.ts';

/** Chats seldom meet in so many, and one that is stuck holds few others up; test/bench/README.md has measured it. */
const DEFAULT_PARTITIONS = '32';

const ROLLOUTS = ['all-at-once', 'canary', 'linear'] as const;
export type Rollout = (typeof ROLLOUTS)[number];

/** The days of retention that CloudWatch Logs takes. */
const RETENTIONS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731];

/** Context keys that become a variable of the functions, with the variable's own rules. */
export const VARIABLES = {
  logLevel: 'LOG_LEVEL',
  allowedUserIds: 'ALLOWED_USER_IDS',
  adminUserIds: 'ADMIN_USER_IDS',
  rateLimitPerMinute: 'RATE_LIMIT_PER_MINUTE',
  scriptTtlDays: 'SCRIPT_TTL_DAYS',
  recordGaps: 'RECORD_GAPS',
  weeklyNote: 'WEEKLY_NOTE',
  maxAttempts: 'MAX_ATTEMPTS',
  maxClockSkewMs: 'MAX_CLOCK_SKEW_MS',
  handlerDeadlineMs: 'HANDLER_DEADLINE_MS',
  telegramApiRoot: 'TELEGRAM_API_ROOT',
} as const satisfies Record<string, SettingName>;

const wholeNumber = (from: number, to: number) => {
  const message = `takes a whole number from ${from} to ${to}`;
  return v.pipe(
    v.string(),
    v.regex(/^\d{1,6}$/, message),
    v.transform(Number),
    v.minValue(from, message),
    v.maxValue(to, message),
  );
};

const flag = v.pipe(
  v.picklist(['true', 'false'], 'takes true or false'),
  v.transform((text) => text === 'true'),
);

/** The rule of SSM for names that begin with a slash, as a role's permission names them. */
const parameterName = v.pipe(
  v.string(),
  v.regex(/^(\/[A-Za-z0-9_.-]{1,200}){1,15}$/, 'takes the name of an SSM parameter, such as /my-bot/token'),
);

export const own = v.object({
  stage: v.string(),
  disposable: v.optional(flag, 'false'),
  alarmEmail: v.optional(v.pipe(v.string(), v.email('takes an e-mail address'))),
  pageEmail: v.optional(v.pipe(v.string(), v.email('takes an e-mail address'))),
  monthlyBudgetUsd: v.optional(wholeNumber(1, 100_000)),
  runbookUrl: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^https:\/\/[^\s"<>#()]{3,200}$/, 'takes an https address without a fragment'),
    ),
  ),
  domainName: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^([a-z0-9-]{1,63}\.){1,8}[a-z]{2,63}$/, 'takes a host name in small letters'),
    ),
  ),
  account: v.optional(v.pipe(v.string(), v.regex(/^\d{12}$/, 'takes the twelve digits of an account'))),
  region: v.optional(
    v.pipe(v.string(), v.regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'takes a region, such as eu-central-1')),
  ),
  secretsKeyArn: v.optional(
    v.pipe(
      v.string(),
      v.regex(
        /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/,
        'takes the ARN of a KMS key, not of an alias',
      ),
    ),
  ),
  partitions: v.optional(wholeNumber(1, MAX_PARTITIONS), DEFAULT_PARTITIONS),
  takeOverWebhook: v.optional(flag, 'false'),
  secretsRevision: v.optional(
    v.pipe(v.string(), v.regex(/^[A-Za-z0-9_.-]{1,64}$/, 'takes 1 to 64 of A-Z, a-z, 0-9, _, . and -')),
    '1',
  ),
  reservedConcurrency: v.optional(wholeNumber(1, 1_000)),
  tracing: v.optional(flag, 'false'),
  rollout: v.optional(v.picklist(ROLLOUTS, `takes one of ${ROLLOUTS.join(', ')}`), 'all-at-once'),
  deployDespiteAlarms: v.optional(flag, 'false'),
  logRetentionDays: v.optional(
    v.pipe(wholeNumber(1, 731), v.picklist(RETENTIONS, `takes one of ${RETENTIONS.join(', ')}`)),
    '30',
  ),
  tokenParameter: v.optional(parameterName),
  webhookSecretParameter: v.optional(parameterName),
  previousWebhookSecretParameter: v.optional(parameterName),
});
