import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

export interface Invocation {
  result?: unknown;
  error?: string;
}

/** One execution environment: a process with the bundle in it, fed through Lambda's Runtime API. */
export interface LambdaEnvironment {
  invoke(event: unknown): Promise<Invocation>;
  /** Its output so far, standard output and standard error together. */
  output(): string;
  /** As Lambda does between invocations; a machine may do it in the middle of one. */
  freeze(): void;
  thaw(): void;
  /** As Lambda does when time is up. */
  kill(): Promise<void>;
}

export interface EnvironmentOptions {
  bundle: string;
  env: Record<string, string>;
  /** Default 15 s, as the webhook function has. */
  timeoutMs?: number;
}

const RUNTIME = fileURLToPath(new URL('./runtime-client.mjs', import.meta.url));

interface Pending {
  event: unknown;
  done: (invocation: Invocation) => void;
}

/** Starts a bundle as Lambda would: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html */
export async function startEnvironment(options: EnvironmentOptions): Promise<LambdaEnvironment> {
  const { bundle, env, timeoutMs = 15_000 } = options;
  const queue: Pending[] = [];
  const under = new Map<string, Pending>();
  let waiting: ServerResponse | undefined;
  let count = 0;
  let output = '';
  let dead: string | undefined;

  const hand = (): void => {
    const next = queue[0];
    if (waiting === undefined || next === undefined) return;
    queue.shift();
    count += 1;
    const id = `request-${count}`;
    under.set(id, next);
    const deadline = String(Date.now() + timeoutMs);
    waiting.writeHead(200, { 'lambda-runtime-aws-request-id': id, 'lambda-runtime-deadline-ms': deadline });
    waiting.end(JSON.stringify(next.event));
    waiting = undefined;
  };
  const settle = (id: string, invocation: Invocation): void => {
    under.get(id)?.done(invocation);
    under.delete(id);
  };
  const fail = (error: string): void => {
    dead = error;
    for (const { done } of [...queue.splice(0), ...under.values()]) done({ error });
    under.clear();
  };
  const server = createServer((request, response) => {
    const [, , runtime, kind = '', id = '', what] = (request.url ?? '').split('/');
    if (runtime === 'runtime' && kind === 'invocation' && id === 'next') {
      waiting = response;
      return hand();
    }
    void bodyOf(request).then((body) => {
      response.writeHead(202).end('{}');
      if (kind === 'init') return fail(body);
      settle(id, what === 'response' ? { result: JSON.parse(body) as unknown } : { error: body });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const child: ChildProcess = spawn(process.execPath, [RUNTIME, bundle], {
    env: { PATH: process.env['PATH'], AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (data: Buffer) => (output += data.toString()));
  const exited = once(child, 'exit').then(() => fail(`the process ended: ${output.slice(-2_000)}`));
  return {
    invoke: (event) =>
      new Promise((done) => {
        if (dead !== undefined) return done({ error: dead });
        queue.push({ event, done });
        hand();
      }),
    output: () => output,
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
      server.closeAllConnections();
      server.close();
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
