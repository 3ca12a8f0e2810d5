import { autoRetry } from '@grammyjs/auto-retry';
import { readParameters } from '../aws/ssm-parameters.ts';
import { profileOf } from '../bot/menus.ts';
import { createDocumentClient } from '../dynamodb/client.ts';
import { DynamoLeaseStore } from '../dynamodb/lease-store.ts';
import { DynamoRegistrationStore } from '../dynamodb/registration-store.ts';
import type { RegistrationDeps } from '../deployment/register.ts';
import { SecretsReader } from '../settings/secrets.ts';
import { readSettings } from '../settings/settings.ts';
import { Telemetry } from '../telemetry/telemetry.ts';
import { telegramApi } from '../telegram/bot-identity.ts';
import { retryUnanswered } from '../telegram/retry-unanswered.ts';
import { serviceNameOf } from './service-name.ts';
import { statusStoreOf } from './stores.ts';

/** Telegram takes one setWebhook a second, and refuses the earlier of two at once. */
const MAX_RETRIES = 3;
const LONGEST_RETRY_SECONDS = 5;
const UNANSWERED_PAUSE_MS = 500;

/** Everything behind the registration function, for one request that ends with the signal. @throws SettingsError */
export function registrationFunction(
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): { deps: RegistrationDeps } {
  const settings = readSettings(env, ['TABLE_NAME']);
  const { tableName, telegram, logLevel } = settings;
  const { logger } = new Telemetry({ logLevel, serviceName: serviceNameOf(env) });
  const client = createDocumentClient({ requestTimeoutMs: 3_000 });
  const table = { client, tableName };
  const secrets = new SecretsReader({ telegram, readParameters, nowMs: Date.now });
  const deps: RegistrationDeps = {
    secrets: () => secrets.read(),
    apiOf: ({ token }) => {
      const api = telegramApi({ token, apiRoot: telegram.apiRoot });
      // Http errors are retried by the latter, which stops: https://github.com/grammyjs/auto-retry does not.
      api.config.use(
        autoRetry({
          maxRetryAttempts: MAX_RETRIES,
          maxDelaySeconds: LONGEST_RETRY_SECONDS,
          rethrowHttpErrors: true,
        }),
        // Every call of a registration may be repeated.
        retryUnanswered({ retries: MAX_RETRIES, pauseMs: UNANSWERED_PAUSE_MS }),
      );
      return api;
    },
    apiRoot: telegram.apiRoot,
    leasesOf: (botId) => new DynamoLeaseStore({ ...table, scope: botId }),
    status: statusStoreOf(table),
    registrations: new DynamoRegistrationStore(table),
    profile: profileOf(settings),
    nowMs: Date.now,
    signal,
    log: (message, details) => logger.info(message, details),
  };
  return { deps };
}
