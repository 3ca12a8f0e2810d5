import { AwsClient } from 'aws4fetch';

const TIMEOUT_MS = 3_000;
const RETRIES = 2;

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

export interface SignedCall {
  service: Service;
  path?: string;
  headers: Record<string, string>;
  body: object;
  /** Instead of the ordinary time limit. */
  signal?: AbortSignal;
}

/**
 * One POST to AWS with the credentials of the environment, which Lambda sets.
 * @throws AwsCallError, and the errors of fetch
 */
export async function signedCall(call: SignedCall, env: NodeJS.ProcessEnv = process.env): Promise<Response> {
  const { service, path = '/', headers, body, signal = AbortSignal.timeout(TIMEOUT_MS) } = call;
  const region = env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? 'us-east-1';
  const client = new AwsClient({
    accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '',
    sessionToken: env['AWS_SESSION_TOKEN'],
    service,
    region,
    retries: RETRIES,
  });
  const url = `${endpointOf(service, region, env)}${path}`;
  const response = await client.fetch(url, { method: 'POST', headers, body: JSON.stringify(body), signal });
  if (response.ok) return response;
  throw new AwsCallError(service, await codeOf(response));
}

/** A call in the JSON protocol, whose operation is a header. */
export async function jsonCall(
  service: Service,
  options: { operation: string; body: object },
): Promise<unknown> {
  const { operation, body } = options;
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': operation };
  return (await signedCall({ service, headers, body })).json();
}

function endpointOf(service: Service, region: string, env: NodeJS.ProcessEnv): string {
  const given = env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] ?? env['AWS_ENDPOINT_URL'];
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return given?.replace(/\/+$/, '') ?? `https://${service}.${region}.${domain}`;
}

async function codeOf(response: Response): Promise<string> {
  const named = response.headers.get('x-amzn-errortype')?.split(':')[0];
  if (named !== undefined) return named;
  const { __type: type } = (await response.json().catch(() => ({}))) as { __type?: string };
  return type?.split('#').at(-1) ?? String(response.status);
}
