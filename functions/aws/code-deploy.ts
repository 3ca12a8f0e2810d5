import { jsonCall } from './signed-call.ts';

/** Tells CodeDeploy how a lifecycle hook went. @throws AwsCallError; AwsSilentError */
export async function reportHook(hook: {
  deploymentId: string;
  executionId: string;
  passed: boolean;
}): Promise<void> {
  await jsonCall('codedeploy', {
    operation: 'CodeDeploy_20141006.PutLifecycleEventHookExecutionStatus',
    body: {
      deploymentId: hook.deploymentId,
      lifecycleEventHookExecutionId: hook.executionId,
      status: hook.passed ? 'Succeeded' : 'Failed',
    },
  });
}
