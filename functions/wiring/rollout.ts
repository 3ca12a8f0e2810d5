import type { Logger } from '@aws-lambda-powertools/logger';
import { CALL_BUDGETS, PROBE_CALL } from '../aws/call-budgets.ts';
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
  const table = { client: createDocumentClient({ budget: CALL_BUDGETS.rollout }), tableName };
  const secrets = new SecretsReader({ telegram, readParameters, nowMs: Date.now });
  return {
    logger,
    probe: () =>
      probeVersion({
        secrets: () => secrets.read(),
        leasesOf: (scope) => new DynamoLeaseStore({ ...table, scope }),
        invoke: async (event) =>
          (await repeatRefused(
            () => invokeFunction(probedFunction, event, AbortSignal.timeout(PROBE_CALL.withinMs)),
            { pauseMs: PROBE_CALL.refusedPauseMs, until: AbortSignal.timeout(PROBE_CALL.refusedForMs) },
          )) as ProbeResult,
        nowMs: Date.now,
      }),
    report: reportHook,
  };
}
