import { signedCall, type AwsAnswer } from './signed-call.ts';

/** A function's name, or `name:version`. */
export type FunctionName = string;

/**
 * Invokes a function and waits for its answer, as long as the signal lets it.
 * @throws AwsCallError; AwsSilentError; what the signal was aborted with; Error when the function failed, which says
 *   no more than the kind of its error
 */
export async function invokeFunction(
  name: FunctionName,
  event: object,
  signal: AbortSignal,
): Promise<unknown> {
  const response = await invoke(name, event, 'RequestResponse', signal);
  const answer: unknown = JSON.parse(response.body);
  if (!response.headers.has('x-amz-function-error')) return answer;
  const { errorType = 'unknown' } = answer as { errorType?: string };
  throw new Error(`the function ended with an error of its own: ${errorType}`);
}

/**
 * Hands an event to a function that runs on by itself.
 * @param signal instead of the ordinary time limit
 * @throws AwsCallError; AwsSilentError; what the signal was aborted with
 */
export async function beginFunction(name: FunctionName, event: object, signal?: AbortSignal): Promise<void> {
  await invoke(name, event, 'Event', signal);
}

function invoke(
  name: FunctionName,
  event: object,
  type: 'RequestResponse' | 'Event',
  signal?: AbortSignal,
): Promise<AwsAnswer> {
  const [functionName = '', version] = name.split(':');
  const qualifier = version === undefined ? '' : `?Qualifier=${encodeURIComponent(version)}`;
  return signedCall({
    service: 'lambda',
    path: `/2015-03-31/functions/${encodeURIComponent(functionName)}/invocations${qualifier}`,
    headers: { 'content-type': 'application/json', 'x-amz-invocation-type': type },
    body: event,
    ...(signal && { signal }),
  });
}
