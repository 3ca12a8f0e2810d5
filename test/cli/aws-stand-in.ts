import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StoredParameter {
  value: string;
  type: string;
  keyId?: string;
}

/** CloudFormation's, SSM's and Lambda's answers to what the command asks: no emulator of them is installed. */
export async function awsStandIn(options: {
  stacks: Record<string, Record<string, string>>;
  parameters: Map<string, StoredParameter>;
  /** The statuses of stacks that are anything but `UPDATE_COMPLETE`. */
  statuses?: Map<string, string>;
  /** Functions that may run at once. */
  account?: { unreserved: number };
  /** The part of them that is reserved for a function, by its name. */
  reserved?: ReadonlyMap<string, number>;
  /** The services that the caller's role may not use. */
  denied?: Set<'ssm' | 'cloudformation' | 'lambda'>;
}): Promise<{ endpoint: string; close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const target = request.headers['x-amz-target'];
      const service = request.method === 'GET' ? 'lambda' : target === undefined ? 'cloudformation' : 'ssm';
      if (options.denied?.has(service) === true) {
        response.statusCode = service === 'ssm' ? 400 : 403;
        response.end(
          service === 'cloudformation' ? deniedStack() : JSON.stringify({ __type: 'AccessDeniedException' }),
        );
        return;
      }
      if (service === 'lambda') {
        const [, functionName] =
          /^\/2019-09-30\/functions\/([^/]+)\/concurrency$/.exec(request.url ?? '') ?? [];
        if (functionName !== undefined) {
          response.end(JSON.stringify({ ReservedConcurrentExecutions: options.reserved?.get(functionName) }));
          return;
        }
        const { unreserved = 1_000 } = options.account ?? {};
        response.end(JSON.stringify({ AccountLimit: { UnreservedConcurrentExecutions: unreserved } }));
        return;
      }
      if (target !== undefined) {
        response.setHeader('content-type', 'application/x-amz-json-1.1');
        response.end(JSON.stringify(ssm(String(target), JSON.parse(body) as SsmRequest, options.parameters)));
        return;
      }
      const name = new URLSearchParams(body).get('StackName') ?? '';
      const outputs = options.stacks[name];
      response.statusCode = outputs === undefined ? 400 : 200;
      response.setHeader('content-type', 'text/xml');
      response.end(
        outputs === undefined
          ? missingStack(name)
          : describedStack(name, outputs, options.statuses?.get(name) ?? 'UPDATE_COMPLETE'),
      );
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

interface SsmRequest {
  Names?: string[];
  Name?: string;
  Value?: string;
  Type?: string;
  KeyId?: string;
}

function ssm(target: string, request: SsmRequest, parameters: Map<string, StoredParameter>): object {
  if (target === 'AmazonSSM.PutParameter') {
    const { Name = '', Value: value = '', Type: type = '', KeyId: keyId } = request;
    parameters.set(Name, { value, type, ...(keyId !== undefined && { keyId }) });
    return { Version: 1, Tier: 'Standard' };
  }
  const names = request.Names ?? [];
  const found = names.filter((name) => parameters.has(name));
  return {
    Parameters: found.map((name) => ({
      Name: name,
      Value: parameters.get(name)!.value,
      Type: 'SecureString',
    })),
    InvalidParameters: names.filter((name) => !parameters.has(name)),
  };
}

function describedStack(name: string, outputs: Record<string, string>, status: string): string {
  const members = Object.entries(outputs).map(
    ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  );
  return `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member>
<StackName>${name}</StackName><StackStatus>${status}</StackStatus><CreationTime>2026-01-01T00:00:00Z</CreationTime>
<Outputs>${members.join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;
}

function missingStack(name: string): string {
  return `<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error><Type>Sender</Type><Code>ValidationError</Code>
<Message>Stack with id ${name} does not exist</Message></Error><RequestId>1</RequestId></ErrorResponse>`;
}

function deniedStack(): string {
  return `<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error><Type>Sender</Type><Code>AccessDenied</Code>
<Message>User is not authorized</Message></Error><RequestId>1</RequestId></ErrorResponse>`;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += String(chunk);
  return body;
}
