import { randomBytes } from 'node:crypto';
import { Argument, Option, type Command } from 'commander';
import { GrammyError, HttpError } from 'grammy/web';
import { STAGE_NAME, STAGE_NAME_RULE } from '../../../deployment/stage-name.ts';
import { putSecureString, ssmParameters } from '../../../local/ssm-parameters.ts';
import { SECRETS_CACHED_MS } from '../../../settings/secrets.ts';
import { telegramApi } from '../../../telegram/bot-identity.ts';
import { deriveWebhookSecret } from '../../../telegram/webhook-secret.ts';
import { defineCommand, type Invocation } from '../../define-command.ts';
import { commandForThisBot, commandLine } from '../../invocation.ts';
import type { Output } from '../../output.ts';
import { secretFromOperator } from '../../secret-input.ts';
import { readSettings, type Settings } from '../../../settings/settings.ts';
import { stageSettings } from '../../stage-settings.ts';
import type { Target } from '../../target.ts';
import { CommandError, UsageError } from '../../usage-error.ts';

interface SetOptions {
  generate?: boolean;
  stage?: string;
  keyId?: string;
}

/** `bot secrets set` */
export function define(command: Command): void {
  command
    .addArgument(new Argument('<which>', 'the secret to store').choices(['token', 'webhook']))
    .addOption(
      new Option(
        '--stage <name>',
        'a stage that is not deployed yet; uses the default parameter names',
      ).conflicts('stack'),
    )
    .option(
      '--key-id <id>',
      'KMS key that encrypts it (default: that of the stack, or secretsKeyArn of the stage in cdk.json)',
    )
    .option('--generate', 'make a new random webhook secret instead of asking for one');
  defineCommand<SetOptions>(command, {
    examples: [
      ['token --stack AgentFactoryBot-prod < token.txt', 'from standard input'],
      [
        'webhook --generate --stack AgentFactoryBot-prod',
        'a new secret; the former stays valid until the next',
      ],
    ],
    run: set,
  });
}

async function set({ options, args, output, target }: Invocation<SetOptions>): Promise<number> {
  const { settings, keyId } = await placeOf(options, target);
  const put: Put = (name, value) => putSecureString(name, value, options.keyId ?? keyId);
  return args[0] === 'token'
    ? setToken(settings, put, output)
    : setWebhookSecret(settings, put, options, output);
}

type Put = (name: string, value: string) => Promise<void>;

interface Place {
  settings: Settings;
  /** The KMS key that the functions may use. */
  keyId?: string;
}

/**
 * A stack says what its parameters are called. With a stage no stack is asked for: the token has to be there before
 * the first deployment.
 */
async function placeOf({ stage }: SetOptions, target: () => Promise<Target>): Promise<Place> {
  if (stage === undefined) {
    const { settings, deployment } = await target();
    return { settings, keyId: deployment?.secretsKeyArn };
  }
  if (!STAGE_NAME.test(stage)) throw new UsageError(`--stage ${STAGE_NAME_RULE}, not ${stage}`);
  const { parameters, secretsKeyArn, telegramApiRoot } = stageSettings(stage);
  const settings = readSettings({
    ...process.env,
    TELEGRAM_BOT_TOKEN_PARAMETER: parameters.token,
    TELEGRAM_WEBHOOK_SECRET_PARAMETER: parameters.webhookSecret,
    TELEGRAM_WEBHOOK_SECRET_PREVIOUS_PARAMETER: parameters.previousWebhookSecret,
    ...(telegramApiRoot !== undefined && { TELEGRAM_API_ROOT: telegramApiRoot }),
  });
  return { settings, keyId: secretsKeyArn };
}

function required(name: string | undefined, variable: string): string {
  if (name !== undefined) return name;
  throw new UsageError(
    `Say where to store it: --stage NAME, --stack NAME, or ${variable}. ` +
      'A bot of this machine reads its token from the environment, or from the file of `bot service install`',
  );
}

async function setToken({ telegram }: Settings, put: Put, output: Output): Promise<number> {
  const parameter = required(telegram.tokenParameter, 'TELEGRAM_BOT_TOKEN_PARAMETER');
  const token = await secretFromOperator('The bot token, as @BotFather shows it');
  if (!/^\d{1,16}:[A-Za-z0-9_-]{1,128}$/.test(token))
    throw new CommandError('That is not a bot token: it looks like 123456:ABC..., as @BotFather shows it');
  const username = await usernameOf(token, telegram.apiRoot, output);
  await put(parameter, token);
  output.line(`✅ Token${username === undefined ? '' : ` of @${username}`} stored in ${parameter}`);
  output.line(`Functions that run notice it within ${SECRETS_CACHED_MS / 60_000} minutes.`);
  output.json({ parameter, bot: username ?? null });
  return 0;
}

/** A token that Telegram refuses is not stored; one that cannot be tried is. */
async function usernameOf(token: string, apiRoot: string, output: Output): Promise<string | undefined> {
  try {
    return (await telegramApi({ token, apiRoot }).getMe()).username;
  } catch (error) {
    if (error instanceof GrammyError && [401, 404].includes(error.error_code))
      throw new CommandError(
        `Telegram refused that token (${error.error_code} ${error.description}). Nothing was stored: paste the one that @BotFather shows (/mybots, API Token)`,
      );
    if (!(error instanceof HttpError)) throw error;
    output.note('⚠️  Telegram cannot be reached from here, so the token was not tried');
    return undefined;
  }
}

async function setWebhookSecret(
  { telegram }: Settings,
  put: Put,
  options: SetOptions,
  output: Output,
): Promise<number> {
  const parameter = required(telegram.webhookSecretParameter, 'TELEGRAM_WEBHOOK_SECRET_PARAMETER');
  const previous = required(
    telegram.previousWebhookSecretParameter,
    'TELEGRAM_WEBHOOK_SECRET_PREVIOUS_PARAMETER',
  );
  const tokenParameter = required(telegram.tokenParameter, 'TELEGRAM_BOT_TOKEN_PARAMETER');
  const secret =
    options.generate === true
      ? randomBytes(32).toString('hex')
      : await secretFromOperator('The new webhook secret (1 to 256 of A-Z, a-z, 0-9, _ and -)');
  if (!/^[A-Za-z0-9_-]{1,256}$/.test(secret))
    throw new CommandError('A webhook secret is 1 to 256 characters of A-Z, a-z, 0-9, _ and -');
  const known = await ssmParameters()([parameter, tokenParameter]);
  const token = known.get(tokenParameter);
  const former = known.get(parameter) ?? (token === undefined ? undefined : deriveWebhookSecret(token));
  // First, so that what Telegram still sends is accepted at every moment.
  if (former !== undefined && former !== secret) await put(previous, former);
  await put(parameter, secret);
  output.line(`✅ Webhook secret stored in ${parameter}`);
  output.line(
    `Telegram still sends the former one, which stays valid. In ${SECRETS_CACHED_MS / 60_000} minutes, when every function knows the new one:`,
  );
  const next =
    options.stage === undefined
      ? commandForThisBot('webhook set')
      : commandLine('webhook set --stack', [`AgentFactoryBot-${options.stage}`]);
  output.line(`  ${next}`);
  output.json({ parameter, previous_kept: former !== undefined });
  return 0;
}
