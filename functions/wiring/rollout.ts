import { CodeDeployClient, PutLifecycleEventHookExecutionStatusCommand } from '@aws-sdk/client-codedeploy';
import type { Logger } from '@aws-lambda-powertools/logger';
import { createDocumentClient } from '../dynamodb/client.ts';
import { DynamoLeaseStore } from '../dynamodb/lease-store.ts';
import { probeVersion } from '../rollout/hook.ts';
import type { ProbeResult } from '../rollout/probe.ts';
import { SecretsReader } from '../settings/secrets.ts';
import { readSettings } from '../settings/settings.ts';
import { ssmParameters } from '../settings/ssm.ts';
import { Telemetry } from '../telemetry/telemetry.ts';
import { invokeFunction } from './invoke-function.ts';
import { serviceNameOf } from './service-name.ts';

export interface RolloutFunction {
  probe: () => Promise<string | undefined>;
  report: (hook: { deploymentId: string; executionId: string; passed: boolean }) => Promise<void>;
  logger: Logger;
}

/** Everything behind the pre-traffic hook. */
export function rolloutFunction(env: NodeJS.ProcessEnv): RolloutFunction {
  const settings = readSettings(env, ['TABLE_NAME', 'PROBED_FUNCTION']);
  const { tableName, telegram, logLevel, probedFunction = '' } = settings;
  const { logger } = new Telemetry({ logLevel, serviceName: serviceNameOf(env) });
  const table = { client: createDocumentClient({ requestTimeoutMs: 3_000 }), tableName };
  const secrets = new SecretsReader({ telegram, readParameters: ssmParameters(), nowMs: Date.now });
  const codeDeploy = new CodeDeployClient({ maxAttempts: 5 });
  return {
    logger,
    probe: () =>
      probeVersion({
        secrets: () => secrets.read(),
        leasesOf: (scope) => new DynamoLeaseStore({ ...table, scope }),
        invoke: async (event) => (await invokeFunction(probedFunction, event)) as ProbeResult,
        nowMs: Date.now,
      }),
    report: async ({ deploymentId, executionId, passed }) => {
      await codeDeploy.send(
        new PutLifecycleEventHookExecutionStatusCommand({
          deploymentId,
          lifecycleEventHookExecutionId: executionId,
          status: passed ? 'Succeeded' : 'Failed',
        }),
      );
    },
  };
}
