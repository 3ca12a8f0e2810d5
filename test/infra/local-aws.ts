import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Invocation } from './lambda-runtime.ts';
import { listOf, type Statement } from './synthesised.ts';

/** Ill, silent, or of the opinion that the request is wrong. */
export type Fate = 'error' | 'hang' | 'refuse';

/** The part of AWS that one function sees: DynamoDB through its own role's permissions, SSM, Lambda and CodeDeploy. */
export interface LocalAws {
  /** For the environment of a bundle. */
  env: Record<string, string>;
  /** Requests that the role's statements do not allow; answered as AWS does. */
  denied: string[];
  reports: unknown[];
  /** Requests to DynamoDB whose body matches get this fate, until it is lifted. */
  disturb(pattern: RegExp, fate: Fate): () => void;
  close(): Promise<void>;
}

export interface LocalAwsOptions {
  dynamoDb: string;
  statements: readonly Statement[];
  /** SSM's parameters by name; a map, so that a test can rotate them. */
  parameters: ReadonlyMap<string, string>;
  invoke?: LambdaInvoke;
}

/** How an invocation ends, or the name of the error that Lambda refuses it with. */
export type LambdaInvoke = (
  functionName: string,
  event: unknown,
) => Promise<Invocation | { refusedAs: string }>;

type Body = Record<string, unknown>;

export async function startLocalAws(options: LocalAwsOptions): Promise<LocalAws> {
  const { statements, parameters } = options;
  const denied: string[] = [];
  const reports: unknown[] = [];
  const disturbances = new Set<{ pattern: RegExp; fate: Fate }>();

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const raw = await bodyOf(request);
    const target = String(request.headers['x-amz-target'] ?? '');
    const send = (status: number, body: unknown, headers: Record<string, string> = {}): void => {
      response
        .writeHead(status, { 'content-type': 'application/x-amz-json-1.1', ...headers })
        .end(JSON.stringify(body));
    };
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const [, functionName] = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(path) ?? [];
    if (functionName !== undefined) {
      if (request.headers['x-amz-invocation-type'] === 'Event') {
        void options.invoke?.(functionName, JSON.parse(raw));
        return send(202, null);
      }
      const ending = (await options.invoke?.(functionName, JSON.parse(raw))) ?? { error: '{}' };
      if ('refusedAs' in ending) return send(403, {}, { 'x-amzn-errortype': ending.refusedAs });
      if (ending.error === undefined) return send(200, ending.result);
      return send(200, { errorType: 'Error' }, { 'x-amz-function-error': 'Unhandled' });
    }
    const body = JSON.parse(raw) as Body;
    if (target.startsWith('AmazonSSM.')) {
      const found = (body['Names'] as string[]).filter((name) => parameters.has(name));
      return send(200, { Parameters: found.map((Name) => ({ Name, Value: parameters.get(Name) })) });
    }
    if (target.startsWith('CodeDeploy_')) {
      reports.push(body);
      return send(200, {});
    }
    const operation = target.replace(/^DynamoDB_\d+\./, '');
    if (!allows(statements, operation, partitionKeysOf(operation, body))) {
      denied.push(`${operation} on ${partitionKeysOf(operation, body).join(', ')}`);
      return send(400, {
        __type: 'com.amazonaws.dynamodb.v20120810#AccessDeniedException',
        message: 'not authorized',
      });
    }
    for (const { pattern, fate } of disturbances) {
      if (!pattern.test(raw)) continue;
      if (fate === 'error') return send(500, { __type: 'InternalServerError' });
      if (fate === 'refuse') return send(400, { __type: 'com.amazon.coral.validate#ValidationException' });
      return;
    }
    const { 'content-length': _length, host: _host, connection: _connection, ...headers } = request.headers;
    const forwarded = await fetch(options.dynamoDb, {
      method: 'POST',
      headers: headers as Record<string, string>,
      body: raw,
    });
    response.writeHead(forwarded.status, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(await forwarded.text());
  };
  const server = createServer(
    (request, response) => void answer(request, response).catch(() => response.destroy()),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    env: {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    },
    denied,
    reports,
    disturb: (pattern, fate) => {
      const disturbance = { pattern, fate };
      disturbances.add(disturbance);
      return () => disturbances.delete(disturbance);
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** IAM's answer, for the actions and the condition that these roles have. */
function allows(statements: readonly Statement[], operation: string, keys: string[]): boolean {
  return statements.some(({ Action, Condition }) => {
    if (!listOf(Action).includes(`dynamodb:${operation}`)) return false;
    const patterns = listOf(Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys']);
    return keys.every((key) => patterns.some((pattern) => isLike(key, pattern)));
  });
}

export function isLike(text: string, pattern: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(text);
}

type Keyed = { pk: { S: string } };

function partitionKeysOf(operation: string, body: Body): string[] {
  if (operation === 'Query') {
    const [, name = ''] = /pk = (:\w+)/.exec(String(body['KeyConditionExpression'])) ?? [];
    return [(body['ExpressionAttributeValues'] as Record<string, { S: string }>)[name]?.S ?? ''];
  }
  if (operation === 'BatchGetItem') {
    const tables = body['RequestItems'] as Record<string, { Keys: Keyed[] }>;
    return Object.values(tables).flatMap(({ Keys }) => Keys.map(({ pk }) => pk.S));
  }
  if (operation === 'BatchWriteItem') {
    type Write = { PutRequest?: { Item: Keyed }; DeleteRequest?: { Key: Keyed } };
    const writes = Object.values(body['RequestItems'] as Record<string, Write[]>).flat();
    return writes.map(
      ({ PutRequest, DeleteRequest }) => (PutRequest?.Item ?? DeleteRequest?.Key)?.pk.S ?? '',
    );
  }
  return [((body['Key'] ?? body['Item']) as Keyed).pk.S];
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
