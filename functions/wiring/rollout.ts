import type { Logger } from '@aws-lambda-powertools/logger';
import { reportHook } from '../aws/code-deploy.ts';
import { invokeFunction } from '../aws/lambda-invoke.ts';
import { repeatRefused } from '../aws/repeat-refused.ts';
import { readParameters } from '../aws/ssm-parameters.ts';
import { createDocumentClient } from '../dynamodb/client.ts';
import { DynamoLeaseStore } from '../dynamodb/lease-store.ts';
import { probeVersion } from '../deployment/pre-traffic-hook.ts';
import type { ProbeResult } from '../deployment/probe.ts';
import { SecretsReader } from '../settings/secrets.ts';
import { readSettings } from '../settings/settings.ts';
import { Telemetry } from '../telemetry/telemetry.ts';
import { serviceNameOf } from './service-name.ts';

/** More than a cold start and the function's own limit. */
export const PROBE_TIMEOUT_MS = 40_000;

/**
 * How long Lambda may refuse the probe before that is held against the deployment. The hook's permission names the new
 * version, so it is seconds old; and a small account's concurrency is used up by ordinary traffic.
 */
export const REFUSED_FOR_MS = 60_000;
const REFUSED_PAUSE_MS = 2_000;

export interface RolloutFunction {
  probe: () => Promise<string | undefined>;
  report: typeof reportHook;
  logger: Logger;
}

/** Everything behind the pre-traffic hook. */
export function rolloutFunction(env: NodeJS.ProcessEnv): RolloutFunction {
  const settings = readSettings(env, ['TABLE_NAME', 'PROBED_FUNCTION']);
  const { tableName, telegram, logLevel, probedFunction = '' } = settings;
  const { logger } = new Telemetry({ logLevel, serviceName: serviceNameOf(env) });
  const table = { client: createDocumentClient({ requestTimeoutMs: 3_000 }), tableName };
  const secrets = new SecretsReader({ telegram, readParameters, nowMs: Date.now });
  return {
    logger,
    probe: () =>
      probeVersion({
        secrets: () => secrets.read(),
        leasesOf: (scope) => new DynamoLeaseStore({ ...table, scope }),
        invoke: async (event) =>
          (await repeatRefused(
            () => invokeFunction(probedFunction, event, AbortSignal.timeout(PROBE_TIMEOUT_MS)),
            { pauseMs: REFUSED_PAUSE_MS, until: AbortSignal.timeout(REFUSED_FOR_MS) },
          )) as ProbeResult,
        nowMs: Date.now,
      }),
    report: reportHook,
  };
}
