import { deriveWebhookSecret } from '../telegram/webhook-secret.ts';
import { SettingsError, type Settings } from './settings.ts';

export interface TelegramSecrets {
  token: string;
  /** Part of the token, and no secret. */
  botId: string;
  webhookSecret: string;
  previousWebhookSecret?: string;
}

/** Reads SecureString parameters by name; those that do not exist are left out of the answer. */
export type ReadParameters = (names: string[]) => Promise<Map<string, string>>;

/** How long secrets are trusted before they are read again: what a rotation has to wait for. */
export const SECRETS_CACHED_MS = 300_000;

/**
 * The bot token and the webhook secrets: from the environment where set, otherwise from SSM, read at run time and
 * cached. Without a webhook secret of its own the bot derives one from its token.
 */
export class SecretsReader {
  readonly #telegram: Settings['telegram'];
  readonly #readParameters: ReadParameters;
  readonly #nowMs: () => number;
  #cached: { secrets: Promise<TelegramSecrets>; readAtMs: number } | undefined;

  constructor(options: {
    telegram: Settings['telegram'];
    readParameters: ReadParameters;
    nowMs: () => number;
  }) {
    this.#telegram = options.telegram;
    this.#readParameters = options.readParameters;
    this.#nowMs = options.nowMs;
  }

  /** @throws SettingsError that names the variable or parameter at fault, never its value */
  read(): Promise<TelegramSecrets> {
    const nowMs = this.#nowMs();
    if (this.#cached !== undefined && nowMs - this.#cached.readAtMs < SECRETS_CACHED_MS)
      return this.#cached.secrets;
    const former = this.#cached?.secrets;
    const secrets = this.#read().catch((error: unknown) => {
      // Known secrets are better than none while SSM cannot be asked.
      if (former !== undefined && !(error instanceof SettingsError)) return former;
      this.#cached = undefined;
      throw error;
    });
    this.#cached = { secrets, readAtMs: nowMs };
    return secrets;
  }

  async #read(): Promise<TelegramSecrets> {
    const settings = this.#telegram;
    const wanted = [
      settings.token === undefined ? settings.tokenParameter : undefined,
      settings.webhookSecret === undefined ? settings.webhookSecretParameter : undefined,
      settings.previousWebhookSecret === undefined ? settings.previousWebhookSecretParameter : undefined,
    ].filter((name) => name !== undefined);
    const parameters = wanted.length > 0 ? await this.#readParameters(wanted) : new Map<string, string>();
    const pick = (value: string | undefined, name: string | undefined): string | undefined =>
      value ?? (name === undefined ? undefined : parameters.get(name));

    const token = pick(settings.token, settings.tokenParameter);
    if (token === undefined) throw new SettingsError(missingToken(settings.tokenParameter));
    const botId = /^(\d{1,16}):[A-Za-z0-9_-]+$/.exec(token)?.[1];
    if (botId === undefined) {
      throw new SettingsError(
        `The SSM parameter ${settings.tokenParameter} does not hold a bot token (123456:ABC...)`,
      );
    }
    const own = pick(settings.webhookSecret, settings.webhookSecretParameter);
    assertSecret(own, settings.webhookSecretParameter);
    const previousWebhookSecret = pick(
      settings.previousWebhookSecret,
      settings.previousWebhookSecretParameter,
    );
    assertSecret(previousWebhookSecret, settings.previousWebhookSecretParameter);
    return { token, botId, webhookSecret: own ?? deriveWebhookSecret(token), previousWebhookSecret };
  }
}

/** Whether a token is configured at all, by value or by parameter name. */
export function hasToken(settings: Settings): boolean {
  return settings.telegram.token !== undefined || settings.telegram.tokenParameter !== undefined;
}

function missingToken(parameter: string | undefined): string {
  return parameter === undefined
    ? 'No bot token: set TELEGRAM_BOT_TOKEN, or TELEGRAM_BOT_TOKEN_PARAMETER to the name of an SSM SecureString'
    : `There is no SSM parameter ${parameter}: store the bot token in it with \`bot secrets set token\` (--stage NAME before the first deployment, --stack NAME after it)`;
}

function assertSecret(secret: string | undefined, parameter: string | undefined): void {
  if (secret === undefined || /^[A-Za-z0-9_-]{1,256}$/.test(secret)) return;
  throw new SettingsError(
    `The SSM parameter ${parameter} does not hold a webhook secret: 1 to 256 characters of A-Z, a-z, 0-9, _ and -`,
  );
}
