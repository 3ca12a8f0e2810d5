import { CALL_BUDGETS } from '../aws/call-budgets.ts';
import { readParameters } from '../aws/ssm-parameters.ts';
import { profileOf } from '../bot/menus.ts';
import { createDocumentClient } from '../dynamodb/client.ts';
import { DynamoLeaseStore } from '../dynamodb/lease-store.ts';
import { DynamoRegistrationStore } from '../dynamodb/registration-store.ts';
import type { RegistrationDeps } from '../deployment/register.ts';
import { SecretsReader } from '../settings/secrets.ts';
import { readSettings } from '../settings/settings.ts';
import { METRICS } from '../telemetry/metric-names.ts';
import { Telemetry } from '../telemetry/telemetry.ts';
import { telegramApi } from '../telegram/bot-identity.ts';
import { UNANSWERED_AGAIN, waitsForItsTurn } from '../telegram/deployment-patience.ts';
import { retryUnanswered } from '../telegram/retry-unanswered.ts';
import { serviceNameOf } from './service-name.ts';
import { statusStoreOf } from './stores.ts';

/**
 * Everything behind the registration function, for one request that ends with the signal. `vouch` says of a new stage what the
 * watchdog will say of it each minute, before it has begun: nobody is kept waiting, since nobody was let in.
 * @throws SettingsError
 */
export function registrationFunction(
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): { deps: RegistrationDeps; vouch: () => void } {
  const settings = readSettings(env, ['TABLE_NAME']);
  const { tableName, telegram, logLevel } = settings;
  const telemetry = new Telemetry({ logLevel, serviceName: serviceNameOf(env) });
  const client = createDocumentClient({ budget: CALL_BUDGETS.registration });
  const table = { client, tableName };
  const secrets = new SecretsReader({ telegram, readParameters, nowMs: Date.now });
  const deps: RegistrationDeps = {
    secrets: () => secrets.read(),
    apiOf: ({ token }) => {
      const api = telegramApi({ token, apiRoot: telegram.apiRoot });
      api.config.use(
        waitsForItsTurn({ rethrowServerErrors: false }),
        // Every call of a registration may be repeated.
        retryUnanswered(UNANSWERED_AGAIN),
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
    log: (message, details) => telemetry.logger.info(message, details),
  };
  const vouch = (): void => {
    telemetry.count(METRICS.served);
    telemetry.flush();
  };
  return { deps, vouch };
}
