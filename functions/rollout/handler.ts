import { rolloutFunction } from '../wiring/rollout.ts';

interface LifecycleEvent {
  DeploymentId: string;
  LifecycleEventHookExecutionId: string;
}

const { probe, report, logger } = rolloutFunction(process.env);

/** CodeDeploy's hook before traffic. It is always told how it went: it waits an hour for silence. */
export async function handler(event: LifecycleEvent): Promise<void> {
  const problem = await probe();
  if (problem === undefined) logger.info('probe-passed');
  else logger.error('probe-failed', { reason: problem });
  await report({
    deploymentId: event.DeploymentId,
    executionId: event.LifecycleEventHookExecutionId,
    passed: problem === undefined,
  });
}
