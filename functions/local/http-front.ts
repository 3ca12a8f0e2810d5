import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { HealthReport } from '../status/report.ts';
import { jsonReply, type HttpReply, type HttpRequest } from '../http/http.ts';
import { MAX_BODY_BYTES } from '../http/receive.ts';
import { HEALTH_PATH, WEBHOOK_PATH } from '../http/paths.ts';
import { refusedAsStranger } from './loopback.ts';

/** The port is taken; the message says by whom where that can be told. */
export class PortInUseError extends Error {
  override readonly name = 'PortInUseError';
}

export interface HttpFront {
  port: number;
  /** Waits for the requests that have arrived whole; one that is still arriving is cut off. */
  close(): Promise<void>;
}

/** The HTTP contract on loopback, the same as API Gateway serves it. */
export async function startHttpFront(options: {
  port: number;
  receive: (request: HttpRequest) => Promise<HttpReply>;
  health: () => Promise<HealthReport>;
  /** Under which names it may be asked for its health; any, where it was opened to the network on purpose. */
  names?: 'loopback' | 'any';
}): Promise<HttpFront> {
  const inHand = new Set<Promise<void>>();
  const server = createServer((request, response) => {
    void readBody(request)
      .then((body) => {
        const answered = respond({ request, body, response }, options).catch(() => void response.destroy());
        inHand.add(answered);
        return answered.finally(() => inHand.delete(answered));
      })
      .catch(() => response.destroy());
  });
  server.keepAliveTimeout = 65_000;
  await listen(server, options.port);
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      await Promise.all(inHand);
      server.closeAllConnections();
      await closed;
    },
  };
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new PortInUseError(
      `Port ${port} is in use by another program: choose another one with --port, or stop that program`,
    );
  }
}

async function respond(
  exchange: { request: IncomingMessage; body: Uint8Array; response: ServerResponse },
  options: Parameters<typeof startHttpFront>[0],
): Promise<void> {
  const { request, body, response } = exchange;
  const pathname = pathOf(request.url ?? '/');
  // The webhook has its secret, and may come through a proxy under any name.
  const stranger =
    pathname === WEBHOOK_PATH
      ? undefined
      : refusedAsStranger(request.headers, { ownPage: true, ...(options.names && { names: options.names }) });
  let reply: HttpReply;
  if (pathname === WEBHOOK_PATH && request.method === 'POST') {
    reply = await options.receive({ headers: headersOf(request), body });
  } else if (stranger !== undefined) {
    reply = jsonReply(403, { error: stranger });
  } else if (pathname === HEALTH_PATH && (request.method === 'GET' || request.method === 'HEAD')) {
    const report = await options.health();
    reply = jsonReply(report.status === 'running' ? 200 : 503, report);
  } else {
    const known = pathname === WEBHOOK_PATH || pathname === HEALTH_PATH;
    reply = jsonReply(known ? 405 : 404, { error: known ? 'method not allowed' : 'not found' });
  }
  // Its caller has hung up meanwhile.
  if (response.destroyed) return;
  response.writeHead(reply.status, reply.headers);
  await new Promise<void>((resolve) => {
    response.on('close', resolve);
    response.end(request.method === 'HEAD' ? undefined : reply.body);
  });
}

/** `undefined` for what is no path, such as `//`. */
function pathOf(target: string): string | undefined {
  return URL.canParse(target, 'http://localhost') ? new URL(target, 'http://localhost').pathname : undefined;
}

function headersOf(request: IncomingMessage): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(',') : value,
    ]),
  );
}

/** One byte more than the limit is enough for the contract to refuse it; the rest is not kept. */
async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    if (length <= MAX_BODY_BYTES) chunks.push(chunk);
    length += chunk.length;
  }
  return Buffer.concat(chunks).subarray(0, MAX_BODY_BYTES + 1);
}
