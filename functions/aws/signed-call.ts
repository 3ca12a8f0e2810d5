import { AwsClient } from 'aws4fetch';
import { SIGNED_CALL } from './call-budgets.ts';

export type Service = 'ssm' | 'lambda' | 'codedeploy';

/** AWS answered with an error; its name is AWS's own, and it says nothing of the request's content. */
export class AwsCallError extends Error {
  override readonly name = 'AwsCallError';
  readonly code: string;

  constructor(service: Service, code: string) {
    super(`${service} answered ${code}`);
    this.code = code;
  }
}

/** AWS could not be asked or did not answer; what was asked for may have been done all the same. */
class AwsSilentError extends Error {
  override readonly name = 'AwsSilentError';

  constructor(service: Service, cause: unknown) {
    super(`${service} did not answer: ${cause instanceof Error ? cause.name : 'unknown error'}`, { cause });
  }
}

/** Answers that blame what was sent, so that asking again cannot help. */
const MISTAKES = new Set([
  'InvalidParameterValueException',
  'InvalidRequestContentException',
  'RequestTooLargeException',
  'SerializationException',
  'UnsupportedMediaTypeException',
  'ValidationException',
]);

/** Whether AWS, the network or a permission is at fault, and not what was asked: later it may succeed. */
export function isAwsUnavailable(error: unknown): error is AwsCallError | AwsSilentError {
  return error instanceof AwsSilentError || (error instanceof AwsCallError && !MISTAKES.has(error.code));
}

export interface SignedCall {
  service: Service;
  path?: string;
  headers: Record<string, string>;
  body: object;
  /** Instead of the ordinary time limit. */
  signal?: AbortSignal;
}

export interface AwsAnswer {
  headers: Headers;
  body: string;
}

/**
 * One POST to AWS with the credentials of the environment, which Lambda sets.
 * @throws AwsCallError; AwsSilentError; what the caller's signal was aborted with
 */
export async function signedCall(call: SignedCall, env: NodeJS.ProcessEnv = process.env): Promise<AwsAnswer> {
  const { service, path = '/', headers, body, signal = AbortSignal.timeout(SIGNED_CALL.withinMs) } = call;
  const region = env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? 'us-east-1';
  const client = new AwsClient({
    accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '',
    sessionToken: env['AWS_SESSION_TOKEN'],
    service,
    region,
    retries: SIGNED_CALL.retries,
  });
  const url = `${endpointOf(service, region, env)}${path}`;
  let response: Response;
  let answer: AwsAnswer;
  try {
    response = await client.fetch(url, { method: 'POST', headers, body: JSON.stringify(body), signal });
    answer = { headers: response.headers, body: await response.text() };
  } catch (error) {
    if (call.signal?.aborted) throw error;
    throw new AwsSilentError(service, error);
  }
  if (response.ok) return answer;
  throw new AwsCallError(service, codeOf(answer) ?? String(response.status));
}

/** A call in the JSON protocol, whose operation is a header. @throws AwsCallError; AwsSilentError */
export async function jsonCall(
  service: Service,
  options: { operation: string; body: object },
): Promise<unknown> {
  const { operation, body } = options;
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': operation };
  return JSON.parse((await signedCall({ service, headers, body })).body);
}

function endpointOf(service: Service, region: string, env: NodeJS.ProcessEnv): string {
  const given = env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] ?? env['AWS_ENDPOINT_URL'];
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return given?.replace(/\/+$/, '') ?? `https://${service}.${region}.${domain}`;
}

/** In a header or in the body, as the protocol has it; a proxy's error page has neither. */
function codeOf({ headers, body }: AwsAnswer): string | undefined {
  const named = headers.get('x-amzn-errortype')?.split(':')[0];
  if (named !== undefined || !body.startsWith('{')) return named;
  const { __type: type } = JSON.parse(body) as { __type?: string };
  return type?.split('#').at(-1);
}
